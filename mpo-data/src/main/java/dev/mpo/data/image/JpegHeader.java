package dev.mpo.data.image;

import java.nio.charset.StandardCharsets;

/**
 * What the markers before the first scan of a JPEG file say about its colours.
 *
 * @param colorSpace how the stored components are to be read
 * @param progressive whether the file is progressive
 */
record JpegHeader(ColorSpace colorSpace, boolean progressive) {

    /** The meaning of the stored components. */
    enum ColorSpace {
        GRAY,
        RGB,
        YCC,
        CMYK,
        YCCK
    }

    private static final int NO_ADOBE_MARKER = -1;

    /** Reads the markers; a file that ends early gives what was seen, and the decoder reports the damage. */
    static JpegHeader parse(byte[] jpeg) {
        boolean jfif = false;
        int adobeTransform = NO_ADOBE_MARKER;
        int[] componentIds = {};
        boolean progressive = false;
        int at = 2;
        while (at + 4 <= jpeg.length) {
            int marker = jpeg[at + 1] & 0xff;
            if ((jpeg[at] & 0xff) != 0xff || marker == 0xff) {
                at++; // padding before a marker, or stray bytes that decoders skip
                continue;
            }
            int length = isStandalone(marker) ? 0 : unsignedShort(jpeg, at + 2);
            if (marker == 0xda) {
                break;
            } else if (marker == 0xe0) {
                jfif |= length >= 16 && hasText(jpeg, at + 4, "JFIF\0");
            } else if (marker == 0xee && length >= 14 && hasText(jpeg, at + 4, "Adobe")) {
                adobeTransform = jpeg[at + 15] & 0xff;
            } else if (isFrameHeader(marker)) {
                progressive = marker == 0xc2;
                componentIds = componentIds(jpeg, at + 4);
            }
            at += 2 + length;
        }
        return new JpegHeader(colorSpace(componentIds, jfif, adobeTransform), progressive);
    }

    /** The rules of libjpeg: component count, then JFIF, then Adobe's transform flag, then component names. */
    private static ColorSpace colorSpace(int[] ids, boolean jfif, int adobeTransform) {
        if (ids.length == 4) {
            return adobeTransform == NO_ADOBE_MARKER || adobeTransform == 0 ? ColorSpace.CMYK : ColorSpace.YCCK;
        }
        if (ids.length != 3) {
            return ColorSpace.GRAY;
        }
        if (jfif) {
            return ColorSpace.YCC;
        }
        if (adobeTransform != NO_ADOBE_MARKER) {
            return adobeTransform == 0 ? ColorSpace.RGB : ColorSpace.YCC;
        }
        return ids[0] == 'R' && ids[1] == 'G' && ids[2] == 'B' ? ColorSpace.RGB : ColorSpace.YCC;
    }

    private static int[] componentIds(byte[] jpeg, int frame) {
        if (frame + 6 > jpeg.length) {
            return new int[0];
        }
        int[] ids = new int[jpeg[frame + 5] & 0xff];
        for (int i = 0; i < ids.length; i++) {
            int at = frame + 6 + 3 * i;
            ids[i] = at < jpeg.length ? jpeg[at] & 0xff : 0;
        }
        return ids;
    }

    private static boolean isFrameHeader(int marker) {
        return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
    }

    private static boolean isStandalone(int marker) {
        return marker == 0x01 || (marker >= 0xd0 && marker <= 0xd9);
    }

    private static int unsignedShort(byte[] bytes, int at) {
        return (bytes[at] & 0xff) << 8 | (bytes[at + 1] & 0xff);
    }

    private static boolean hasText(byte[] bytes, int at, String text) {
        return at + text.length() + 7 <= bytes.length
                && new String(bytes, at, text.length(), StandardCharsets.ISO_8859_1).equals(text);
    }
}
