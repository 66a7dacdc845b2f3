package dev.mpo.core.generate;

/**
 * What a model continues: token ids, and the pixels of the tiles whose placeholders are among them.
 *
 * @param ids token ids, at least one; the last may be inside an answer, which is then continued
 * @param tiles pixels, [numTiles, tileSize, tileSize, 3]
 * @param numTiles number of tiles
 * @param tileSize side of a tile in pixels
 */
@SuppressWarnings("ArrayRecordComponent") // handed on, never compared
public record Prompt(int[] ids, byte[] tiles, int numTiles, int tileSize) {

    /** Checks that there is a token. */
    public Prompt {
        if (ids.length == 0) {
            throw new IllegalArgumentException("a prompt has at least one token");
        }
    }

    /** Returns a prompt without images. */
    public static Prompt ofText(int... ids) {
        return new Prompt(ids, new byte[0], 0, 1);
    }
}
