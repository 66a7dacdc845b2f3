package dev.mpo.data.synth;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Three sets of questions about pictures of coloured shapes, drawn by the program itself: few to learn the task from,
 * many to answer oneself, and some to be examined with. No two share a picture, and no text-only question of the
 * examination occurs elsewhere.
 *
 * @param imageRoot the folder that picture names start from
 * @param taught questions whose reasoning is shown to the learner
 * @param asked questions of which it is only known what the right answer is
 * @param heldOut questions for the examination
 */
public record QuestionSets(
        Path imageRoot, List<ReasonedQuestion> taught, List<ReasonedQuestion> asked, List<ReasonedQuestion> heldOut) {

    /** Copies the lists. */
    public QuestionSets {
        taught = List.copyOf(taught);
        asked = List.copyOf(asked);
        heldOut = List.copyOf(heldOut);
    }

    /**
     * How much to draw.
     *
     * @param seed decides every picture and text
     * @param taught number of questions with reasoning, at least 25 so that each kind of question occurs
     * @param asked number of questions with answers alone, at least 25
     * @param heldOut number of questions of the examination, at least 25
     * @param pictureSize side of a square picture in pixels, at least 56
     */
    public record Options(long seed, int taught, int asked, int heldOut, int pictureSize) {

        private static final int FEWEST = 25;

        /** Checks the ranges. */
        public Options {
            if (taught < FEWEST || asked < FEWEST || heldOut < FEWEST) {
                throw new IllegalArgumentException(
                        "need at least 25 questions in each set: " + taught + ", " + asked + ", " + heldOut);
            }
        }
    }

    /** Draws the questions and writes their pictures below {@code folder/images}, which is created when absent. */
    public static QuestionSets write(Path folder, Options options) {
        PictureWorld world = new PictureWorld(options.pictureSize(), options.seed());
        Map<QuestionKind, List<Example>> heldOut =
                ExampleDraw.draw(world, options.heldOut(), QuestionKind::reasonedPercent, Set.of());
        Set<String> reserved = new HashSet<>(ExampleDraw.textQuestions(heldOut));
        Map<QuestionKind, List<Example>> taught =
                ExampleDraw.draw(world, options.taught(), QuestionKind::reasonedPercent, reserved);
        Map<QuestionKind, List<Example>> asked =
                ExampleDraw.draw(world, options.asked(), QuestionKind::reasonedPercent, reserved);
        Path root = folder.resolve("images");
        return new QuestionSets(
                root,
                written(root, "taught", taught),
                written(root, "asked", asked),
                written(root, "heldout", heldOut));
    }

    private static List<ReasonedQuestion> written(Path root, String split, Map<QuestionKind, List<Example>> drawn) {
        try {
            Files.createDirectories(root.resolve(split));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write pictures below " + root, e);
        }
        List<ReasonedQuestion> questions = new ArrayList<>();
        drawn.forEach((kind, examples) -> {
            for (int i = 0; i < examples.size(); i++) {
                Example example = examples.get(i);
                String prefix = split + "/" + kind.dataset();
                questions.add(new ReasonedQuestion(
                        kind.dataset(),
                        ExampleDraw.writePictures(root, prefix, i, example.pictures()),
                        example.question(),
                        example.right(),
                        example.wrong()));
            }
        });
        return questions;
    }
}
