package dev.mpo.data.image;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Draws the frames of a GIF one after the other, each as Pillow shows it. */
final class GifCanvas implements FrameCanvas {

    private final byte[] gif;
    private final GifFile file;
    private final DecodeOptions options;
    private int width;
    private int height;
    private byte[] rgb = {};
    private int drawn;
    private @Nullable String damage;

    /** What the next frame begins with: an area, and the pixels to put there. */
    @SuppressWarnings("ArrayRecordComponent") // handed on once, never compared
    private record Disposal(GifFrame area, byte[] pixels) {}

    private @Nullable Disposal disposal;

    GifCanvas(byte[] gif, DecodeOptions options) throws IOException {
        this.gif = gif;
        this.options = options;
        this.file = GifFile.read(gif);
        this.width = file.width();
        this.height = file.height();
    }

    @Override
    public int numFrames() {
        return file.frames().size();
    }

    @Override
    public long numPixels() {
        return (long) width * height;
    }

    @Override
    public DecodedImage show() {
        return new DecodedImage(new RgbImage(width, height, rgb.clone()), damage);
    }

    @Override
    public void draw() throws IOException {
        GifFrame frame = file.frames().get(drawn);
        dispose();
        enlarge(frame);
        if (drawn == 0) {
            fill(frame.colors()[Math.max(0, frame.transparent())]);
        }
        Disposal after = disposalOf(frame);
        paint(frame);
        disposal = after;
        drawn++;
    }

    /** Makes the canvas large enough for a frame, which may stick out of the screen. */
    private void enlarge(GifFrame frame) throws IOException {
        int newWidth = Math.max(width, frame.left() + frame.width());
        int newHeight = Math.max(height, frame.top() + frame.height());
        if (newWidth < 1 || newHeight < 1) {
            throw new IOException("a screen of " + newWidth + "x" + newHeight);
        }
        PixelLimit.check(newWidth, newHeight, options.maxPixels());
        if (drawn > 0 && newWidth == width && newHeight == height) {
            return;
        }
        RgbImage larger = new RgbImage(newWidth, newHeight, new byte[RgbImage.byteCount(newWidth, newHeight)]);
        if (drawn > 0) {
            new RgbImage(width, height, rgb).copyOnto(larger, 0, 0);
        }
        width = newWidth;
        height = newHeight;
        rgb = larger.pixels();
    }

    private void fill(int color) {
        for (int at = 0; at < rgb.length; at += RgbImage.CHANNELS) {
            put(rgb, at, color);
        }
    }

    private void dispose() {
        Disposal now = disposal;
        if (now != null && now.area().width() > 0 && now.area().height() > 0) {
            GifFrame area = now.area();
            new RgbImage(area.width(), area.height(), now.pixels())
                    .copyOnto(new RgbImage(width, height, rgb), area.left(), area.top());
        }
        disposal = null;
    }

    private @Nullable Disposal disposalOf(GifFrame frame) {
        if (frame.disposal() == GifFrame.TO_BACKGROUND) {
            return filled(frame, frame.transparent() >= 0 ? frame.transparent() : file.background());
        }
        if (frame.disposal() != GifFrame.TO_PREVIOUS) {
            return null;
        }
        if (drawn == 0) { // there is nothing before it
            return frame.transparent() >= 0 ? filled(frame, frame.transparent()) : null;
        }
        byte[] pixels = new byte[RgbImage.byteCount(frame.width(), frame.height())];
        int rowBytes = frame.width() * RgbImage.CHANNELS;
        for (int y = 0; y < frame.height(); y++) {
            System.arraycopy(rgb, at(frame.left(), frame.top() + y), pixels, y * rowBytes, rowBytes);
        }
        return new Disposal(frame, pixels);
    }

    private static Disposal filled(GifFrame frame, int index) {
        byte[] pixels = new byte[RgbImage.byteCount(frame.width(), frame.height())];
        for (int at = 0; at < pixels.length; at += RgbImage.CHANNELS) {
            put(pixels, at, frame.color(index));
        }
        return new Disposal(frame, pixels);
    }

    private void paint(GifFrame frame) throws IOException {
        byte[] indices = new byte[Math.multiplyExact(frame.width(), frame.height())];
        int decoded = GifLzw.decode(gif, frame.dataAt(), indices);
        if (decoded < indices.length) {
            damage = (indices.length - decoded) + " pixels are missing at the end of frame " + (drawn + 1);
        }
        int[] order = frame.rowOrder();
        int[] colors = frame.colors();
        // A first frame has nothing to show through.
        int skipped = drawn == 0 ? -1 : frame.transparent();
        for (int i = 0; i < frame.height(); i++) {
            int to = at(frame.left(), frame.top() + order[i]);
            int end = Math.min((i + 1) * frame.width(), decoded);
            for (int from = i * frame.width(); from < end; from++, to += RgbImage.CHANNELS) {
                int index = indices[from] & 0xff;
                if (index != skipped) {
                    put(rgb, to, colors[index]);
                }
            }
            if (end < (i + 1) * frame.width() && drawn > 0 && frame.transparent() < 0) {
                missing(frame, order[i], Math.max(0, end - i * frame.width()));
            }
        }
    }

    /** Gives the pixels that a later frame lacks its first colour. */
    private void missing(GifFrame frame, int row, int fromColumn) {
        int to = at(frame.left() + fromColumn, frame.top() + row);
        for (int x = fromColumn; x < frame.width(); x++, to += RgbImage.CHANNELS) {
            put(rgb, to, frame.colors()[0]);
        }
    }

    private int at(int x, int y) {
        return (y * width + x) * RgbImage.CHANNELS;
    }

    private static void put(byte[] target, int at, int color) {
        target[at] = (byte) (color >> 16);
        target[at + 1] = (byte) (color >> 8);
        target[at + 2] = (byte) color;
    }
}
