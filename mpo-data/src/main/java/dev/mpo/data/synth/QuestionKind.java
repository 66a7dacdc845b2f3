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
    COLOUR(50, 15) {
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
                    colour -> "I see one " + noun + ". It is " + colour + ".",
                    shape.colour().word(),
                    wrong.word());
        }
    },
    /** The number of shapes, one to three. */
    COUNT(20, 20) {
        @Override
        Example pose(PictureWorld world) {
            Integer[] counts = {1, 2, 3};
            int right = world.any(counts);
            int wrong = world.other(counts, right);
            return Example.of(
                    List.of(world.several(right)),
                    "How many shapes are there?",
                    "I count %s.",
                    number -> "I count: "
                            + String.join(", ", NUMBERS.subList(1, NUMBERS.indexOf(number) + 1))
                            + ". That makes " + number + ".",
                    NUMBERS.get(right),
                    NUMBERS.get(wrong));
        }
    },
    /** The form of the only shape. */
    SHAPE(12, 20) {
        @Override
        Example pose(PictureWorld world) {
            Picture picture = world.single();
            ShapeKind right = picture.only().kind();
            ShapeKind wrong = world.other(ShapeKind.values(), right);
            return Example.of(
                    List.of(picture),
                    "What shape is this?",
                    "This is a %s.",
                    word -> "It has " + corners(word) + " corners, so it is a " + word + ".",
                    right.word(),
                    wrong.word());
        }
    },
    /** The colour on one side of a wide picture, which takes several tiles. */
    SIDE(8, 20) {
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
                    colour -> otherFirst(askLeft ? "right" : "left", side, colour, left, right),
                    (askLeft ? left : right).word(),
                    (askLeft ? right : left).word());
        }
    },
    /** The colour in one of two pictures. */
    PAIR(6, 20) {
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
                    colour -> otherFirst(askFirst ? "second" : "first", which, colour, first, second),
                    (askFirst ? first : second).word(),
                    (askFirst ? second : first).word());
        }
    },
    /** A question that a sentence answers, without any picture. */
    TEXT(4, 5) {
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
                    word -> "The question says that the " + noun + " are " + word + ".",
                    colour.word(),
                    wrong.word());
        }
    };

    private static final List<String> NUMBERS = List.of("zero", "one", "two", "three", "four", "five", "six");

    private final int percent;
    private final int reasonedPercent;

    QuestionKind(int percent, int reasonedPercent) {
        this.percent = percent;
        this.reasonedPercent = reasonedPercent;
    }

    /** Looks at the thing that was not asked about, then at the one that was. */
    private static String otherFirst(String other, String asked, String answer, ShapeColour one, ShapeColour two) {
        String otherColour = (answer.equals(one.word()) ? two : one).word();
        return "The " + other + " one is " + otherColour + ". The " + asked + " one is " + answer + ".";
    }

    private static String corners(String shape) {
        return switch (ShapeKind.valueOf(shape.toUpperCase(Locale.ROOT))) {
            case CIRCLE -> NUMBERS.get(0);
            case TRIANGLE -> NUMBERS.get(3);
            case SQUARE -> NUMBERS.get(4);
        };
    }

    /** Returns the share of this kind in a data set of pairs, in percent; the kinds add up to 100. */
    int percent() {
        return percent;
    }

    /**
     * Returns the share of this kind among reasoned questions, in percent, more of it hard; the kinds add up to 100.
     */
    int reasonedPercent() {
        return reasonedPercent;
    }

    /** Returns the name of the meta entry that holds this kind. */
    String dataset() {
        return "shapes_" + name().toLowerCase(Locale.ROOT);
    }

    /** Draws the next example of this kind; its pictures are new to the world, its text may repeat. */
    abstract Example pose(PictureWorld world);
}
