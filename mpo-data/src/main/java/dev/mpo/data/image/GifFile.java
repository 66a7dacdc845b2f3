package dev.mpo.data.image;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The structure of a GIF file: its screen and its frames, none of them decompressed.
 *
 * @param background index of the screen's colour, 0 unless the file has a palette for all frames
 * @param frames at least one, those in front of the place where a file ends
 */
record GifFile(int width, int height, int background, List<GifFrame> frames) {

    private static final int MAX_COLORS = 256;
    private static final int SCREEN = 13;
    private static final int DESCRIPTOR = 9;

    /** Colours and how many of them the file gives. */
    @SuppressWarnings("ArrayRecordComponent") // handed on once, never compared
    private record Palette(int[] colors, int given) {

        static Palette read(byte[] gif, int at, int given) throws IOException {
            if (at + 3 * given > gif.length) {
                throw new IOException("it ends within a palette");
            }
            int[] colors = new int[MAX_COLORS];
            for (int i = 0; i < given; i++) {
                int from = at + 3 * i;
                colors[i] = (gif[from] & 0xff) << 16 | (gif[from + 1] & 0xff) << 8 | (gif[from + 2] & 0xff);
            }
            // Pillow takes a palette that is a grey ramp for no palette, and whatever lies beyond another for black.
            return Arrays.equals(colors, 0, given, ramp(), 0, given)
                    ? new Palette(ramp(), given)
                    : new Palette(colors, given);
        }

        static int[] ramp() {
            int[] colors = new int[MAX_COLORS];
            Arrays.setAll(colors, i -> i * 0x010101);
            return colors;
        }
    }

    /** Reads a file whose signature is known to be that of a GIF. */
    static GifFile read(byte[] gif) throws IOException {
        return new Reader(gif).read();
    }

    /** Walks through the blocks of a file. */
    private static final class Reader {

        private final byte[] gif;
        private final List<GifFrame> frames = new ArrayList<>();
        private Palette global = new Palette(Palette.ramp(), 0);
        private int background;
        private int at = SCREEN;
        private int transparent = -1;
        private int disposal;

        Reader(byte[] gif) {
            this.gif = gif;
        }

        GifFile read() throws IOException {
            if (gif.length < SCREEN) {
                throw new IOException("it ends within its header");
            }
            int flags = gif[10];
            if ((flags & 0x80) != 0) {
                background = gif[11] & 0xff;
                global = palette(flags);
            }
            try {
                readBlocks();
            } catch (IOException e) {
                if (frames.isEmpty()) {
                    throw e;
                }
            }
            if (frames.isEmpty()) {
                throw new IOException("it has no frame");
            }
            return new GifFile(unsignedShort(6), unsignedShort(8), background, List.copyOf(frames));
        }

        private Palette palette(int flags) throws IOException {
            int given = 2 << (flags & 7);
            Palette palette = Palette.read(gif, at, given);
            at += 3 * given;
            return palette;
        }

        private void readBlocks() throws IOException {
            while (at < gif.length) {
                int block = gif[at++];
                if (block == ';') {
                    return;
                } else if (block == '!') {
                    readExtension();
                } else if (block == ',') {
                    frames.add(readFrame());
                    skipBlocks();
                }
                // Other bytes between blocks are passed over.
            }
        }

        private void readExtension() {
            boolean control = at < gif.length && (gif[at] & 0xff) == 0xf9;
            at++;
            if (control && at + 5 <= gif.length && (gif[at] & 0xff) >= 4) {
                int flags = gif[at + 1];
                transparent = (flags & 1) != 0 ? gif[at + 4] & 0xff : -1;
                int method = flags >> 2 & 7;
                disposal = method != 0 ? method : disposal; // unspecified: as before, for Pillow
            }
            skipBlocks();
        }

        private GifFrame readFrame() throws IOException {
            int from = at;
            at += DESCRIPTOR;
            if (at > gif.length) {
                throw new IOException("it ends within the description of a frame");
            }
            int flags = gif[from + 8];
            Palette colors = (flags & 0x80) != 0 ? palette(flags) : global;
            int width = unsignedShort(from + 4);
            int height = unsignedShort(from + 6);
            int key = transparent;
            transparent = -1;
            return new GifFrame(
                    unsignedShort(from),
                    unsignedShort(from + 2),
                    width,
                    height,
                    (flags & 0x40) != 0,
                    colors.colors(),
                    colors.given(),
                    key,
                    disposal,
                    at++);
        }

        private void skipBlocks() {
            while (at < gif.length) {
                int length = gif[at] & 0xff;
                at += 1 + length;
                if (length == 0) {
                    return;
                }
            }
        }

        private int unsignedShort(int from) {
            return (gif[from] & 0xff) | (gif[from + 1] & 0xff) << 8;
        }
    }
}
