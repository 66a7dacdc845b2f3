package dev.mpo.data.image;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Draws the frames of a WebP one after the other, with the integer arithmetic of libwebp's animation decoder, which
 * Pillow uses. A file without animation is one frame.
 */
final class WebpCanvas implements FrameCanvas {

    private final WebpFile file;
    private final int[] argb;
    private int drawn;
    private @Nullable WebpFrame previous;
    private boolean previousWasKey;

    WebpCanvas(byte[] webp, DecodeOptions options) throws IOException {
        this.file = WebpFile.isAnimated(webp) ? WebpFile.read(webp) : still(webp);
        PixelLimit.check(file.width(), file.height(), options.maxPixels());
        this.argb = new int[Math.multiplyExact(file.width(), file.height())];
    }

    private static WebpFile still(byte[] webp) throws IOException {
        ImageSize size = ImageSize.ofHeader(webp).orElseThrow(() -> new IOException("its header is damaged"));
        WebpFrame only = new WebpFrame(0, 0, size.width(), size.height(), false, false, true, webp);
        return new WebpFile(size.width(), size.height(), List.of(only));
    }

    @Override
    public int numFrames() {
        return file.frames().size();
    }

    @Override
    public long numPixels() {
        return argb.length;
    }

    @Override
    public void draw() throws IOException {
        WebpFrame frame = file.frames().get(drawn++);
        WebpFrame before = previous;
        if (before == null || startsAnew(frame, before)) {
            Arrays.fill(argb, 0);
            paint(frame, null);
            previousWasKey = true;
        } else {
            if (before.disposed()) {
                clear(before);
            }
            paint(frame, before);
            previousWasKey = false;
        }
        previous = frame;
    }

    /** Whether nothing of what was drawn before can be seen. */
    private boolean startsAnew(WebpFrame frame, WebpFrame before) {
        int width = file.width();
        int height = file.height();
        boolean covering = (!frame.hasAlpha() || !frame.blended()) && frame.covers(width, height);
        return covering || (before.disposed() && (before.covers(width, height) || previousWasKey));
    }

    private void clear(WebpFrame area) {
        for (int y = 0; y < area.height(); y++) {
            int from = (area.top() + y) * file.width() + area.left();
            Arrays.fill(argb, from, from + area.width(), 0);
        }
    }

    /** Puts a frame on the canvas; {@code before} is null for one that is not blended with anything. */
    private void paint(WebpFrame frame, @Nullable WebpFrame before) throws IOException {
        BufferedImage picture = ImageDecoder.readWebp(frame, drawn);
        int[] row = new int[frame.width()];
        for (int y = 0; y < frame.height(); y++) {
            picture.getRGB(0, y, row.length, 1, row, 0, row.length);
            int canvasY = frame.top() + y;
            int at = canvasY * file.width() + frame.left();
            for (int x = 0; x < row.length; x++) {
                boolean blended = before != null
                        && frame.blended()
                        && row[x] >>> 24 != 255
                        && !(before.disposed() && before.contains(frame.left() + x, canvasY));
                argb[at + x] = blended ? blend(row[x], argb[at + x]) : row[x];
            }
        }
    }

    /** Puts a colour that is not opaque over another, neither multiplied with its alpha. */
    private static int blend(int over, int under) {
        int overAlpha = over >>> 24;
        if (overAlpha == 0) {
            return under;
        }
        int underAlpha = ((under >>> 24) * (256 - overAlpha)) >> 8;
        int alpha = overAlpha + underAlpha;
        long scale = (1L << 24) / alpha;
        int blended = alpha << 24;
        for (int shift = 0; shift <= 16; shift += 8) {
            long sum = (long) (over >> shift & 0xff) * overAlpha + (long) (under >> shift & 0xff) * underAlpha;
            blended |= (int) ((sum * scale) >> 24) << shift;
        }
        return blended;
    }

    @Override
    public DecodedImage show() {
        byte[] rgb = new byte[RgbImage.byteCount(file.width(), file.height())];
        int at = 0;
        for (int color : argb) {
            rgb[at++] = (byte) (color >> 16);
            rgb[at++] = (byte) (color >> 8);
            rgb[at++] = (byte) color;
        }
        return DecodedImage.whole(new RgbImage(file.width(), file.height(), rgb));
    }
}
