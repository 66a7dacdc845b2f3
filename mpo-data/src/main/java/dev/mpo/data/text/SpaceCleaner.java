package dev.mpo.data.text;

import java.util.List;

/** Removes spaces before English punctuation and contractions, as the original tokenizers do when asked to. */
final class SpaceCleaner {

    private static final List<String> PUNCTUATION = List.of(".", "?", "!", ",");
    private static final List<String> CONTRACTIONS = List.of("n't", "'m", "'s", "'ve", "'re");

    private SpaceCleaner() {}

    static String clean(String text) {
        String clean = text;
        for (String mark : PUNCTUATION) {
            clean = clean.replace(" " + mark, mark);
        }
        clean = clean.replace(" ' ", "'");
        for (String contraction : CONTRACTIONS) {
            clean = clean.replace(" " + contraction, contraction);
        }
        return clean;
    }
}
