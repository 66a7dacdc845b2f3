package dev.mpo.data.image;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The file formats that can be decoded, told apart by their first bytes; file names play no part. */
enum ImageFormat {
    JPEG,
    PNG,
    GIF,
    BMP,
    TIFF,
    WEBP;

    /** Returns the format of a file, or null when it is none of them. */
    static @Nullable ImageFormat of(byte[] bytes) {
        if (startsWith(bytes, 0, "\u00ff\u00d8\u00ff")) {
            return JPEG;
        }
        if (startsWith(bytes, 0, "\u0089PNG\r\n\u001a\n")) {
            return PNG;
        }
        if (startsWith(bytes, 0, "GIF87a") || startsWith(bytes, 0, "GIF89a")) {
            return GIF;
        }
        if (startsWith(bytes, 0, "RIFF") && startsWith(bytes, 8, "WEBP")) {
            return WEBP;
        }
        if (startsWith(bytes, 0, "II*\0") || startsWith(bytes, 0, "MM\0*")) {
            return TIFF;
        }
        return startsWith(bytes, 0, "BM") ? BMP : null;
    }

    /** Says what a file of none of the formats looks like, for an error message. */
    static String describeUnknown(byte[] bytes) {
        if (bytes.length == 0) {
            return "an empty file";
        }
        if (startsWith(bytes, 4, "ftyp")) {
            return "an ISO media file of brand '" + printable(bytes, 8, 12) + "' (AVIF, HEIC or a video)";
        }
        if (startsWith(bytes, 4, "jP  ") || startsWith(bytes, 0, "\u00ffO\u00ffQ")) {
            return "a JPEG 2000 file";
        }
        if (printable(bytes, 0, 16).stripLeading().startsWith("<")) {
            return "markup that starts with '" + printable(bytes, 0, 16)
                    + "' (an SVG, or the error page of a download)";
        }
        return "a file that starts with '" + printable(bytes, 0, 8) + "'";
    }

    private static boolean startsWith(byte[] bytes, int offset, String signature) {
        if (bytes.length < offset + signature.length()) {
            return false;
        }
        for (int i = 0; i < signature.length(); i++) {
            if ((bytes[offset + i] & 0xff) != signature.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private static String printable(byte[] bytes, int from, int to) {
        int end = Math.min(to, bytes.length);
        String text = new String(bytes, Math.min(from, end), end - Math.min(from, end), StandardCharsets.ISO_8859_1);
        return text.replaceAll("[^ -~]", "?");
    }
}
