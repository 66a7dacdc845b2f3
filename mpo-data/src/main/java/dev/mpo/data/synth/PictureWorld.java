package dev.mpo.data.synth;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;

/**
 * A source of random pictures that never returns the same picture twice, so that two sets taken from one world are
 * disjoint. The sequence is a pure function of the seed.
 */
final class PictureWorld {

    private static final int MAX_TRIES = 1000;

    private final int size;
    private final Random random;
    private final Set<Picture> seen = new HashSet<>();

    /** Creates a world of square pictures (and wide ones, twice as broad) with the given side in pixels. */
    PictureWorld(int size, long seed) {
        if (size < 56) {
            throw new IllegalArgumentException("a picture needs at least 56 pixels a side, got " + size);
        }
        this.size = size;
        this.random = new Random(seed);
    }

    /** Returns the generator that decides everything in this world, for choices that go with a picture. */
    Random random() {
        return random;
    }

    /** Returns a square picture with one shape of a random form and colour. */
    Picture single() {
        return single(any(ShapeColour.values()));
    }

    /** Returns a square picture with one shape of a random form in the given colour. */
    Picture single(ShapeColour colour) {
        return unseen(() -> picture(size, List.of(place(any(ShapeKind.values()), colour, 0, 0, size, size))));
    }

    /** Returns a square picture with one to three shapes of one form and colour, each in its own quarter. */
    Picture several(int count) {
        return unseen(() -> {
            ShapeKind kind = any(ShapeKind.values());
            ShapeColour colour = any(ShapeColour.values());
            List<Integer> quarters = new ArrayList<>(List.of(0, 1, 2, 3));
            int half = size / 2;
            List<Shape> shapes = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                int quarter = quarters.remove(random.nextInt(quarters.size()));
                shapes.add(place(kind, colour, (quarter % 2) * half, (quarter / 2) * half, half, half));
            }
            return picture(size, shapes);
        });
    }

    /** Returns a picture twice as wide as high, with one shape in its left half and one in its right half. */
    Picture wide(ShapeColour left, ShapeColour right) {
        return unseen(() -> picture(
                2 * size,
                List.of(
                        place(any(ShapeKind.values()), left, 0, 0, size, size),
                        place(any(ShapeKind.values()), right, size, 0, size, size))));
    }

    /** Returns a random element. */
    <T> T any(T[] values) {
        return values[random.nextInt(values.length)];
    }

    /** Returns a random element other than the given one. */
    <T> T other(T[] values, T than) {
        T candidate;
        do {
            candidate = any(values);
        } while (candidate.equals(than));
        return candidate;
    }

    private Picture picture(int width, List<Shape> shapes) {
        return new Picture(width, size, 225 + random.nextInt(31), shapes);
    }

    /** Places a shape inside a cell so that a margin stays free; its radius is 5/16 to 7/16 of the cell. */
    private Shape place(ShapeKind kind, ShapeColour colour, int cellX, int cellY, int cellWidth, int cellHeight) {
        int side = Math.min(cellWidth, cellHeight);
        int smallest = side * 5 / 16;
        int radius = smallest + random.nextInt(side / 8 + 1);
        int freeX = cellWidth - 2 * radius - 1;
        int freeY = cellHeight - 2 * radius - 1;
        int centreX = cellX + radius + random.nextInt(Math.max(1, freeX));
        int centreY = cellY + radius + random.nextInt(Math.max(1, freeY));
        return new Shape(kind, colour, centreX, centreY, radius);
    }

    private Picture unseen(Supplier<Picture> draw) {
        for (int i = 0; i < MAX_TRIES; i++) {
            Picture picture = draw.get();
            if (seen.add(picture)) {
                return picture;
            }
        }
        throw new IllegalStateException("no new picture in " + MAX_TRIES + " tries: fewer pairs or larger pictures");
    }
}
