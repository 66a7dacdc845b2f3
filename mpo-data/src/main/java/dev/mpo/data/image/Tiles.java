package dev.mpo.data.image;

import java.util.Arrays;
import java.util.List;

/**
 * Square 8-bit RGB tiles, stored one after the other as {@code [count][size][size][3]}.
 *
 * <p>Like {@link RgbImage} this hands its array on without copying it, so holders must not change it.
 *
 * @param count number of tiles, 0 for a row without pictures
 * @param size side of a tile in pixels
 * @param pixels {@code count * size * size * 3} bytes
 */
@SuppressWarnings("ArrayRecordComponent") // pixels are bulk data that is handed on, never compared or copied
public record Tiles(int count, int size, byte[] pixels) {

    /** Checks that the array holds exactly {@code count} tiles. */
    public Tiles {
        if (count < 0 || size < 1 || pixels.length != (long) count * size * size * RgbImage.CHANNELS) {
            throw new IllegalArgumentException(
                    count + " tiles of " + size + "x" + size + " do not fit an array of " + pixels.length + " bytes");
        }
    }

    /** Returns no tiles at all, for a row without pictures. */
    public static Tiles none(int size) {
        return new Tiles(0, size, new byte[0]);
    }

    /** Joins the tiles of several images in order; all must have the same size. */
    public static Tiles concat(List<Tiles> parts) {
        return concat(parts, PixelBuffers.none());
    }

    /**
     * As above, with the pixels in an array of the given store, to which the parts are given back if there are many.
     */
    public static Tiles concat(List<Tiles> parts, PixelBuffers buffers) {
        if (parts.isEmpty()) {
            throw new IllegalArgumentException("nothing to join: use Tiles.none(size) for a row without images");
        }
        if (parts.size() == 1) {
            return parts.get(0);
        }
        int size = parts.get(0).size();
        int count = parts.stream().mapToInt(Tiles::count).sum();
        byte[] pixels = buffers.take(Math.multiplyExact(count, tileBytes(size)));
        int at = 0;
        for (Tiles part : parts) {
            if (part.size() != size) {
                throw new IllegalArgumentException("cannot join tiles of " + size + " and " + part.size() + " pixels");
            }
            System.arraycopy(part.pixels(), 0, pixels, at, part.pixels().length);
            at += part.pixels().length;
            buffers.give(part.pixels());
        }
        return new Tiles(count, size, pixels);
    }

    /** Returns a copy of tile {@code index} as an image. */
    public RgbImage tile(int index) {
        if (index < 0 || index >= count) {
            throw new IndexOutOfBoundsException("tile " + index + " of " + count);
        }
        int bytes = tileBytes(size);
        return new RgbImage(size, size, Arrays.copyOfRange(pixels, index * bytes, (index + 1) * bytes));
    }

    /** Returns the bytes of one tile of the given side. */
    static int tileBytes(int size) {
        return RgbImage.byteCount(size, size);
    }
}
