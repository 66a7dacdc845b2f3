package dev.mpo.data.synth;

import java.util.List;
import java.util.Locale;

/**
 * What is asked. Each kind becomes one entry of the meta file.
 *
 * <p>Right and wrong answers have the same distribution given the question alone, so a model that ignores the picture
 * prefers the right one half of the time: accuracy above that was learned from the pixels.
 */
enum QuestionKind {
    /** The colour of the only shape. */
    COLOUR(50) {
        @Override
        Example pose(PictureWorld world) {
            Picture picture = world.single();
            Shape shape = picture.only();
            ShapeColour wrong = world.other(ShapeColour.values(), shape.colour());
            String noun = shape.kind().word();
            return Example.of(
                    List.of(picture),
                    "What colour is the " + noun + "?",
                    "The " + noun + " is %s.",
                    shape.colour().word(),
                    wrong.word());
        }
    },
    /** The number of shapes, one to three. */
    COUNT(20) {
        @Override
        Example pose(PictureWorld world) {
            Integer[] counts = {1, 2, 3};
            int right = world.any(counts);
            int wrong = world.other(counts, right);
            return Example.of(
                    List.of(world.several(right)),
                    "How many shapes are there?",
                    "I count %s.",
                    NUMBERS.get(right),
                    NUMBERS.get(wrong));
        }
    },
    /** The form of the only shape. */
    SHAPE(12) {
        @Override
        Example pose(PictureWorld world) {
            Picture picture = world.single();
            ShapeKind right = picture.only().kind();
            ShapeKind wrong = world.other(ShapeKind.values(), right);
            return Example.of(List.of(picture), "What shape is this?", "This is a %s.", right.word(), wrong.word());
        }
    },
    /** The colour on one side of a wide picture, which takes several tiles. */
    SIDE(8) {
        @Override
        Example pose(PictureWorld world) {
            ShapeColour left = world.any(ShapeColour.values());
            ShapeColour right = world.other(ShapeColour.values(), left);
            boolean askLeft = world.random().nextBoolean();
            String side = askLeft ? "left" : "right";
            return Example.of(
                    List.of(world.wide(left, right)),
                    "What colour is on the " + side + "?",
                    "The " + side + " one is %s.",
                    (askLeft ? left : right).word(),
                    (askLeft ? right : left).word());
        }
    },
    /** The colour in one of two pictures. */
    PAIR(6) {
        @Override
        Example pose(PictureWorld world) {
            ShapeColour first = world.any(ShapeColour.values());
            ShapeColour second = world.other(ShapeColour.values(), first);
            boolean askFirst = world.random().nextBoolean();
            String which = askFirst ? "first" : "second";
            return Example.of(
                    List.of(world.single(first), world.single(second)),
                    "<image>\n<image>\nWhat colour is in the " + which + " picture?",
                    "The " + which + " one is %s.",
                    (askFirst ? first : second).word(),
                    (askFirst ? second : first).word());
        }
    },
    /** A question that a sentence answers, without any picture. */
    TEXT(4) {
        @Override
        Example pose(PictureWorld world) {
            int count = 2 + world.random().nextInt(NUMBERS.size() - 2);
            ShapeColour colour = world.any(ShapeColour.values());
            ShapeColour wrong = world.other(ShapeColour.values(), colour);
            String noun = world.any(ShapeKind.values()).word() + "s";
            return Example.of(
                    List.of(),
                    "I see " + NUMBERS.get(count) + " " + colour.word() + " " + noun + ". What colour are they?",
                    "They are %s.",
                    colour.word(),
                    wrong.word());
        }
    };

    private static final List<String> NUMBERS = List.of("zero", "one", "two", "three", "four", "five", "six");

    private final int percent;

    QuestionKind(int percent) {
        this.percent = percent;
    }

    /** Returns the share of this kind in a data set, in percent; the kinds add up to 100. */
    int percent() {
        return percent;
    }

    /** Returns the name of the meta entry that holds this kind. */
    String dataset() {
        return "shapes_" + name().toLowerCase(Locale.ROOT);
    }

    /** Draws the next example of this kind; its pictures are new to the world, its text may repeat. */
    abstract Example pose(PictureWorld world);
}
