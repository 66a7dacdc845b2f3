package dev.mpo.data.image;

import java.util.Comparator;
import java.util.List;

/**
 * A grid of {@code cols x rows} equal cells, and the rule that chooses one for an image.
 *
 * <p>Among all grids with {@code min <= cols * rows <= max} the one whose aspect ratio {@code cols / rows} is closest
 * to the image's wins. Candidates are tried by growing number of cells; equals keep the iteration order of a Python set
 * (see {@link PythonTupleSet}). When a later grid is exactly as close, it wins only if the image's area exceeds half of
 * that grid's area in pixels. All ratios are IEEE doubles, so that ties are the reference's ties.
 *
 * @param cols cells per row
 * @param rows rows of cells
 */
public record TileGrid(int cols, int rows) {

    private static final TileGrid SINGLE = new TileGrid(1, 1);

    /** Returns the number of cells. */
    public int cells() {
        return cols * rows;
    }

    /**
     * Returns every grid with {@code min} to {@code max} cells in the exact order in which the reference tries them.
     */
    public static List<TileGrid> candidates(int min, int max) {
        PythonTupleSet set = new PythonTupleSet();
        // The reference runs n from min to max and adds every (i, j) up to n: what is new at n has n as its larger
        // side,
        // except at the first n, where everything is new.
        for (int n = min; n <= max; n++) {
            for (int i = 1; i <= n; i++) {
                int first = n == min || i == n ? 1 : n;
                for (int j = first; j <= n && (long) i * j <= max; j++) {
                    if ((long) i * j >= min) {
                        set.add(i, j);
                    }
                }
            }
        }
        return set.inIterationOrder().stream()
                .map(pair -> new TileGrid(pair.first(), pair.second()))
                .sorted(Comparator.comparingInt(TileGrid::cells))
                .toList();
    }

    /**
     * Returns the grid for an image of the given size, cut into tiles of {@code imageSize} pixels.
     *
     * @param candidates the grids to try, in order; an empty list gives a single cell
     */
    public static TileGrid closest(int width, int height, List<TileGrid> candidates, int imageSize) {
        double aspectRatio = (double) width / height;
        double area = (double) width * height;
        double bestDifference = Double.POSITIVE_INFINITY;
        TileGrid best = SINGLE;
        for (TileGrid grid : candidates) {
            double difference = Math.abs(aspectRatio - (double) grid.cols / grid.rows);
            if (difference < bestDifference) {
                bestDifference = difference;
                best = grid;
            } else if (difference == bestDifference && area > 0.5 * imageSize * imageSize * grid.cols * grid.rows) {
                best = grid;
            }
        }
        return best;
    }

    /** Returns the grid that the options give for an image of the given size in pixels. */
    public static TileGrid choose(int width, int height, TileOptions options) {
        if (!options.dynamic()) {
            return SINGLE;
        }
        return closest(width, height, candidates(options.minTiles(), options.maxTiles()), options.imageSize());
    }

    /** Returns the number of tiles that the options give for an image of the given size, the thumbnail included. */
    public static int tileCount(int width, int height, TileOptions options) {
        int cells = choose(width, height, options).cells();
        return cells > 1 && options.useThumbnail() ? cells + 1 : cells;
    }
}
