package dev.mpo.data.image;

import java.io.IOException;

/** Undoes the filters of PNG, by which a row is stored as the difference to a prediction from its neighbours. */
final class PngFilter {

    private PngFilter() {}

    /**
     * Restores a row in place.
     *
     * @param row holds the row from {@code at} on
     * @param above holds the restored row above from {@code aboveAt} on, zeros for the first row
     * @param distance how far to the left the neighbour lies, in bytes
     */
    static void undo(int filter, byte[] row, int at, byte[] above, int aboveAt, int length, int distance)
            throws IOException {
        switch (filter) {
            case 0 -> {}
            case 1 -> sub(row, at, length, distance);
            case 2 -> up(row, at, above, aboveAt, length);
            case 3 -> average(row, at, above, aboveAt, length, distance);
            case 4 -> paeth(row, at, above, aboveAt, length, distance);
            default -> throw new IOException("an unknown filter " + filter);
        }
    }

    private static void sub(byte[] row, int at, int length, int distance) {
        for (int i = at + distance; i < at + length; i++) {
            row[i] += row[i - distance];
        }
    }

    private static void up(byte[] row, int at, byte[] above, int aboveAt, int length) {
        for (int i = 0; i < length; i++) {
            row[at + i] += above[aboveAt + i];
        }
    }

    private static void average(byte[] row, int at, byte[] above, int aboveAt, int length, int distance) {
        int start = Math.min(distance, length);
        for (int i = 0; i < start; i++) {
            row[at + i] += (byte) ((above[aboveAt + i] & 0xff) >> 1);
        }
        for (int i = start; i < length; i++) {
            row[at + i] += (byte) (((row[at + i - distance] & 0xff) + (above[aboveAt + i] & 0xff)) >> 1);
        }
    }

    private static void paeth(byte[] row, int at, byte[] above, int aboveAt, int length, int distance) {
        int start = Math.min(distance, length);
        for (int i = 0; i < start; i++) {
            row[at + i] += above[aboveAt + i];
        }
        if (distance == RgbImage.CHANNELS) {
            paethOfThree(row, at, above, aboveAt, length);
            return;
        }
        for (int i = start; i < length; i++) {
            int left = row[at + i - distance] & 0xff;
            int up = above[aboveAt + i] & 0xff;
            int corner = above[aboveAt + i - distance] & 0xff;
            row[at + i] += (byte) predict(left, up, corner);
        }
    }

    /** The commonest case, with the neighbours of three channels in registers instead of in memory. */
    private static void paethOfThree(byte[] row, int at, byte[] above, int aboveAt, int length) {
        if (length < 3) {
            return;
        }
        int left0 = row[at] & 0xff;
        int left1 = row[at + 1] & 0xff;
        int left2 = row[at + 2] & 0xff;
        int corner0 = above[aboveAt] & 0xff;
        int corner1 = above[aboveAt + 1] & 0xff;
        int corner2 = above[aboveAt + 2] & 0xff;
        for (int i = 3; i + 2 < length; i += 3) {
            int up0 = above[aboveAt + i] & 0xff;
            int up1 = above[aboveAt + i + 1] & 0xff;
            int up2 = above[aboveAt + i + 2] & 0xff;
            left0 = (row[at + i] + predict(left0, up0, corner0)) & 0xff;
            left1 = (row[at + i + 1] + predict(left1, up1, corner1)) & 0xff;
            left2 = (row[at + i + 2] + predict(left2, up2, corner2)) & 0xff;
            row[at + i] = (byte) left0;
            row[at + i + 1] = (byte) left1;
            row[at + i + 2] = (byte) left2;
            corner0 = up0;
            corner1 = up1;
            corner2 = up2;
        }
    }

    private static int predict(int left, int up, int corner) {
        int toLeft = Math.abs(up - corner);
        int toUp = Math.abs(left - corner);
        int toCorner = Math.abs(left + up - 2 * corner);
        int nearer = toLeft <= toUp ? left : up;
        return Math.min(toLeft, toUp) <= toCorner ? nearer : corner;
    }
}
