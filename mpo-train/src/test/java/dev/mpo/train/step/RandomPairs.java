package dev.mpo.train.step;

import dev.mpo.data.image.Tiles;
import dev.mpo.data.pair.EncodedPair;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** Preference pairs of random tokens and pixels, of every shape that real ones take. */
final class RandomPairs {

    /** How the two answers of a pair relate. */
    enum Answers {
        /** Different from the first token on, of similar lengths. */
        DIFFERENT,
        /** One is a few tokens long, the other ten times that. */
        UNEQUAL,
        /** One token each. */
        ONE_TOKEN,
        /** They begin alike and part later. */
        SAME_BEGINNING,
        /** One is the beginning of the other. */
        PREFIX,
        /** The same answer twice. */
        EQUAL
    }

    private final Random random;
    private int line;

    RandomPairs(long seed) {
        this.random = new Random(seed);
    }

    /** Draws one to four pairs. */
    List<EncodedPair> batch() {
        List<EncodedPair> pairs = new ArrayList<>();
        int count = 1 + random.nextInt(4);
        while (pairs.size() < count) {
            pairs.add(pair());
        }
        return pairs;
    }

    /** Draws a pair of a random shape. */
    EncodedPair pair() {
        return pair(Answers.values()[random.nextInt(Answers.values().length)]);
    }

    EncodedPair pair(Answers answers) {
        int images = random.nextInt(3) * random.nextInt(2);
        int numTiles = 0;
        List<Integer> prompt = new ArrayList<>(tokens(1 + random.nextInt(6)));
        for (int i = 0; i < images; i++) {
            int tiles = 1 + random.nextInt(2);
            numTiles += tiles;
            prompt.addAll(IntStream.range(0, tiles * RandomModels.TOKENS_PER_TILE)
                    .mapToObj(t -> RandomModels.IMAGE_TOKEN)
                    .toList());
            prompt.addAll(tokens(1 + random.nextInt(4)));
        }
        List<List<Integer>> both = answers(answers);
        int swap = random.nextInt(2);
        return pair(prompt, both.get(swap), both.get(1 - swap), tiles(numTiles));
    }

    private List<List<Integer>> answers(Answers answers) {
        List<Integer> beginning = tokens(1 + random.nextInt(8));
        return switch (answers) {
            case DIFFERENT -> List.of(tokens(3 + random.nextInt(8)), tokens(3 + random.nextInt(8)));
            case UNEQUAL -> List.of(tokens(1 + random.nextInt(3)), tokens(25 + random.nextInt(15)));
            case ONE_TOKEN -> List.of(tokens(1), tokens(1));
            case SAME_BEGINNING ->
                List.of(
                        joined(beginning, tokens(1 + random.nextInt(6))),
                        joined(beginning, tokens(1 + random.nextInt(6))));
            case PREFIX -> List.of(beginning, joined(beginning, tokens(1 + random.nextInt(6))));
            case EQUAL -> List.of(beginning, beginning);
        };
    }

    private EncodedPair pair(List<Integer> prompt, List<Integer> chosen, List<Integer> rejected, Tiles tiles) {
        int unlabelled = random.nextInt(2); // the chat template ends in a token that is not trained
        int[] chosenIds = ids(prompt, chosen, unlabelled);
        int[] rejectedIds = ids(prompt, rejected, unlabelled);
        return new EncodedPair(
                "random",
                line,
                "random.jsonl:" + ++line,
                tiles,
                tiles.count(),
                tiles.count() * RandomModels.TOKENS_PER_TILE,
                chosenIds,
                new int[][] {{prompt.size(), chosenIds.length - unlabelled}},
                rejectedIds,
                new int[][] {{prompt.size(), rejectedIds.length - unlabelled}},
                false,
                false);
    }

    private static int[] ids(List<Integer> prompt, List<Integer> answer, int unlabelled) {
        int[] ids = joined(prompt, answer).stream().mapToInt(id -> id).toArray();
        int[] all = java.util.Arrays.copyOf(ids, ids.length + unlabelled);
        if (unlabelled > 0) {
            all[ids.length] = 1;
        }
        return all;
    }

    private static List<Integer> joined(List<Integer> first, List<Integer> second) {
        List<Integer> all = new ArrayList<>(first);
        all.addAll(second);
        return all;
    }

    private List<Integer> tokens(int count) {
        List<Integer> tokens = new ArrayList<>();
        while (tokens.size() < count) {
            int token = random.nextInt(RandomModels.VOCABULARY);
            if (token != RandomModels.IMAGE_TOKEN) {
                tokens.add(token);
            }
        }
        return tokens;
    }

    private Tiles tiles(int count) {
        byte[] pixels = new byte[count * RandomModels.TILE_SIZE * RandomModels.TILE_SIZE * 3];
        random.nextBytes(pixels);
        return new Tiles(count, RandomModels.TILE_SIZE, pixels);
    }
}
