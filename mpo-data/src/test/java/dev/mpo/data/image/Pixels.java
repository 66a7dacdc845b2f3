package dev.mpo.data.image;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Test pictures defined by formulas, and digests of pixels. */
final class Pixels {

    private Pixels() {}

    static RgbImage pattern(String name, int width, int height) {
        byte[] pixels = new byte[width * height * 3];
        int at = 0;
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                for (int c = 0; c < 3; c++) {
                    pixels[at++] = (byte) value(name, x, y, c);
                }
            }
        }
        return new RgbImage(width, height, pixels);
    }

    private static int value(String name, int x, int y, int c) {
        return switch (name) {
            case "ramp" -> 7 * x + 13 * y + 29 * c + (x * y) % 251;
            case "edges" -> (x / 3 + y / 5 + c) % 2 == 1 ? 255 : 0;
            case "noise" -> noise(x, y, c);
            default -> throw new IllegalArgumentException("no pattern " + name);
        };
    }

    // Wrapping int arithmetic is arithmetic modulo 2^32.
    private static int noise(int x, int y, int c) {
        int v = x * 374761393 + y * 668265263 + c * (int) 2246822519L;
        v = (v ^ (v >>> 13)) * 1274126177;
        return (v ^ (v >>> 16)) & 255;
    }

    static String sha256(RgbImage image) {
        return sha256(image.pixels());
    }

    static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
