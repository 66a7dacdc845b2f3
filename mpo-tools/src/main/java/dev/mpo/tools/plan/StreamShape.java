package dev.mpo.tools.plan;

import dev.mpo.core.config.ModelConfig;
import java.util.ArrayList;
import java.util.List;

/**
 * What the model reads of one pair: how many tiles, tokens and labels, and which tokens attend to which.
 *
 * @param tiles tiles that pass the vision tower
 * @param segments tokens of each segment and of the prefix it continues
 * @param lastRows tokens for which the last layer computes more than keys and values
 * @param scored positions that pass the output head
 */
record StreamShape(int tiles, List<Segment> segments, int lastRows, int scored) {

    /**
     * A run of tokens that attend to a prefix and to themselves.
     *
     * @param tokens its tokens
     * @param prefix tokens before it that it sees
     * @param lastRows its tokens for which the last layer computes everything
     */
    record Segment(int tokens, int prefix, int lastRows) {

        /** Returns the pairs of a token and one that it sees. */
        double visible() {
            return (double) tokens * prefix + tokens * (tokens + 1.0) / 2;
        }

        /** Returns the same for the rows of the last layer. */
        double visibleLast() {
            return (double) lastRows * (prefix + tokens) - lastRows * (lastRows - 1.0) / 2;
        }
    }

    static StreamShape of(ModelConfig config, PairShape pair, boolean branched) {
        int prompt = pair.tiles() * config.imageTokensPerTile() + pair.promptTokens();
        List<Segment> segments = new ArrayList<>();
        if (!branched) {
            int chosen = prompt + pair.chosenTokens();
            int rejected = prompt + pair.rejectedTokens();
            segments.add(new Segment(chosen, 0, chosen));
            segments.add(new Segment(rejected, 0, rejected));
            return new StreamShape(2 * pair.tiles(), segments, chosen + rejected, chosen + rejected - 2);
        }
        // The first label of each branch is predicted from the prompt's end, and no label from a branch's last token.
        segments.add(new Segment(prompt, 0, 1));
        for (int answer : new int[] {pair.chosenTokens(), pair.rejectedTokens()}) {
            if (answer > 1) {
                segments.add(new Segment(answer - 1, prompt, answer - 1));
            }
        }
        int lastRows = segments.stream().mapToInt(Segment::lastRows).sum();
        return new StreamShape(pair.tiles(), segments, lastRows, pair.chosenTokens() + pair.rejectedTokens());
    }

    int tokens() {
        return segments.stream().mapToInt(Segment::tokens).sum();
    }
}
