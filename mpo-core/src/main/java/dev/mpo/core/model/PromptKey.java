package dev.mpo.core.model;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * What a prompt consists of, as far as two prompts can be compared: its tokens, where its image tokens stand, and the
 * content of its tiles.
 */
final class PromptKey {

    /** The pixels of a tile by their SHA-256. */
    record Tile(String digest) {}

    private final int[] ids;
    private final int[] imageRows;
    private final List<Tile> tiles;

    private PromptKey(int[] ids, int[] imageRows, List<Tile> tiles) {
        this.ids = ids;
        this.imageRows = imageRows;
        this.tiles = tiles;
    }

    static PromptKey of(PackedBatch prompt) {
        List<Tile> tiles = new ArrayList<>();
        int size = prompt.tileSize() * prompt.tileSize() * 3;
        MessageDigest sha = sha256();
        for (int i = 0; i < prompt.numTiles(); i++) {
            sha.update(prompt.tiles(), i * size, size);
            tiles.add(new Tile(HexFormat.of().formatHex(sha.digest())));
        }
        return new PromptKey(prompt.ids(), prompt.imageRows(), tiles);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    List<Tile> tiles() {
        return tiles;
    }

    int length() {
        return ids.length;
    }

    /** Returns how many leading tokens are the same in both, whose image tokens stand for the same pixels. */
    int commonLength(PromptKey other) {
        int mismatch = Arrays.mismatch(ids, other.ids);
        int common = mismatch < 0 ? ids.length : mismatch;
        int same = 0;
        while (same < Math.min(tiles.size(), other.tiles.size())
                && tiles.get(same).equals(other.tiles.get(same))) {
            same++;
        }
        int rows = same == 0 ? 0 : same * (imageRows.length / tiles.size());
        return rows < imageRows.length ? Math.min(common, imageRows[rows]) : common;
    }
}
