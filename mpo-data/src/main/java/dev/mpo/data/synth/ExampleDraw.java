package dev.mpo.data.synth;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToIntFunction;

/** Draws examples of all kinds in their shares, and writes their pictures. */
final class ExampleDraw {

    private ExampleDraw() {}

    /**
     * Draws the kinds in turn, each its share of the examples, and leaves out text-only questions that are reserved.
     */
    static Map<QuestionKind, List<Example>> draw(
            PictureWorld world, int examples, ToIntFunction<QuestionKind> percent, Set<String> reserved) {
        Map<QuestionKind, List<Example>> drawn = new EnumMap<>(QuestionKind.class);
        int left = examples;
        for (QuestionKind kind : QuestionKind.values()) {
            int share = kind == QuestionKind.COLOUR ? 0 : examples * percent.applyAsInt(kind) / 100;
            drawn.put(kind, draw(world, kind, share, reserved));
            left -= share;
        }
        drawn.put(QuestionKind.COLOUR, draw(world, QuestionKind.COLOUR, left, reserved));
        return drawn;
    }

    private static List<Example> draw(PictureWorld world, QuestionKind kind, int count, Set<String> reserved) {
        List<Example> examples = new ArrayList<>();
        while (examples.size() < count) {
            Example example = kind.pose(world);
            if (!example.pictures().isEmpty() || !reserved.contains(example.question())) {
                examples.add(example);
            }
        }
        return examples;
    }

    /** Returns the text-only questions, which no other set may ask. */
    static Set<String> textQuestions(Map<QuestionKind, List<Example>> drawn) {
        Set<String> questions = new HashSet<>();
        drawn.getOrDefault(QuestionKind.TEXT, List.of()).forEach(example -> questions.add(example.question()));
        return questions;
    }

    /** Writes the pictures of one example and returns their names below {@code root}. */
    static List<String> writePictures(Path root, String prefix, int number, List<Picture> pictures) {
        List<String> names = new ArrayList<>();
        for (Picture picture : pictures) {
            String name = "%s_%04d_%d.png".formatted(prefix, number, names.size());
            picture.write(root.resolve(name));
            names.add(name);
        }
        return names;
    }
}
