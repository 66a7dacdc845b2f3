package dev.mpo.data.image;

import com.luciad.imageio.webp.WebPImageReaderSpi;
import dev.mpo.core.DataException;
import dev.mpo.data.source.Media;
import dev.mpo.data.source.MediaSource;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Locale;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * Decodes JPEG, PNG, GIF (first frame), BMP, TIFF (first page) and WebP to 8-bit RGB, equal to opening the file with
 * Pillow and calling {@code convert('RGB')}.
 *
 * <p>So alpha is dropped and not composited, embedded colour profiles and EXIF rotation are ignored, and 16-bit grey is
 * clipped at 255. One difference is intended: a file that ends before its pixels do is an error here, never a picture
 * that is part grey. Every failure is a {@link DataException} that names the file, what was found and the fix.
 */
public final class ImageDecoder {

    /** The largest number of pixels decoded by default, the number at which Pillow too takes a file for an attack. */
    public static final long DEFAULT_MAX_PIXELS = 178_956_970L;

    /** Package of the platform's own readers; other readers on the class path decode some files differently. */
    private static final String PLATFORM_READERS = "com.sun.imageio.";

    private ImageDecoder() {}

    /** Decodes a file of at most {@link #DEFAULT_MAX_PIXELS} pixels. */
    public static RgbImage decode(Path file) {
        return decode(file, DEFAULT_MAX_PIXELS);
    }

    /** Decodes a file of at most {@code maxPixels} pixels. */
    public static RgbImage decode(Path file, long maxPixels) {
        return decode(MediaSource.file(file), maxPixels);
    }

    /** Decodes what a row names, of at most {@code maxPixels} pixels. */
    public static RgbImage decode(Media media, long maxPixels) {
        return decode(media.read(), media.name(), maxPixels);
    }

    /**
     * Returns the media type of the bytes of an image file, such as {@code image/png}; {@code where} names it in
     * errors.
     */
    public static String mediaType(byte[] bytes, String where) {
        return "image/" + format(bytes, where).name().toLowerCase(Locale.ROOT);
    }

    /** Decodes the bytes of a file of at most {@link #DEFAULT_MAX_PIXELS} pixels; {@code where} names it in errors. */
    public static RgbImage decode(byte[] bytes, String where) {
        return decode(bytes, where, DEFAULT_MAX_PIXELS);
    }

    /** Decodes the bytes of a file of at most {@code maxPixels} pixels; {@code where} names it in errors. */
    public static RgbImage decode(byte[] bytes, String where, long maxPixels) {
        ImageFormat format = format(bytes, where);
        try {
            return decode(format, bytes, maxPixels);
        } catch (IOException | RuntimeException e) {
            throw new DataException(
                    "image " + where + ": expected a whole " + format + " file, found one of " + bytes.length
                            + " bytes that cannot be decoded: " + reason(e)
                            + ". Fix: download or save the file again, or remove the row",
                    e);
        } catch (OutOfMemoryError e) {
            // Damaged sizes inside a file ask for absurd arrays; the file is at fault, and the heap is intact.
            throw new DataException(
                    "image " + where + ": decoding this " + format + " file of " + bytes.length
                            + " bytes needs more memory than the Java heap has ("
                            + Runtime.getRuntime().maxMemory() / (1 << 20)
                            + " MiB). Fix: save the file again, scale it down, or raise -Xmx",
                    e);
        } catch (LinkageError e) {
            throw new DataException(
                    "image " + where + ": no native " + format + " decoder for this machine (" + e.getMessage()
                            + "). Fix: convert the file to PNG",
                    e);
        }
    }

    private static ImageFormat format(byte[] bytes, String where) {
        ImageFormat format = ImageFormat.of(bytes);
        if (format == null) {
            throw new DataException("image " + where + ": expected JPEG, PNG, GIF, BMP, TIFF or WebP, found "
                    + ImageFormat.describeUnknown(bytes) + ". Fix: convert it to PNG or JPEG, or remove the row");
        }
        return format;
    }

    private static RgbImage decode(ImageFormat format, byte[] bytes, long maxPixels) throws IOException {
        if (format == ImageFormat.WEBP && AnimatedWebp.isAnimated(bytes)) {
            AnimatedWebp.Frame frame = AnimatedWebp.firstFrame(bytes);
            PixelLimit.check(frame.canvasWidth(), frame.canvasHeight(), maxPixels);
            return frame.onCanvas(decode(format, frame.file(), maxPixels));
        }
        if (format == ImageFormat.PNG) {
            PngChecksums.verify(bytes);
        }
        ImageReader reader = reader(format);
        try (ImageInputStream input = new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes))) {
            reader.setInput(input, false, false);
            PixelLimit.check(reader.getWidth(0), reader.getHeight(0), maxPixels);
            return switch (format) {
                case JPEG -> JpegDecoder.decode(reader, bytes);
                case GIF -> GifDecoder.decode(reader, bytes, maxPixels);
                case PNG -> RasterPixels.toRgb(reader.read(0), isGrayPng(bytes));
                case TIFF -> TiffDecoder.decode(reader);
                case BMP, WEBP -> RasterPixels.toRgb(reader.read(0));
            };
        } finally {
            reader.dispose();
        }
    }

    /** Whether a PNG's own pixels have no alpha channel, only grey; readers add one for a transparent grey. */
    private static boolean isGrayPng(byte[] png) {
        int colorType = 25;
        return png.length > colorType && png[colorType] == 0;
    }

    /** Returns a reader that decodes a format as the rest of this package expects; the caller disposes of it. */
    static ImageReader reader(ImageFormat format) throws IOException {
        if (format == ImageFormat.WEBP) {
            return new WebPImageReaderSpi().createReaderInstance(null);
        }
        for (Iterator<ImageReader> all = ImageIO.getImageReadersByFormatName(format.name()); all.hasNext(); ) {
            ImageReader reader = all.next();
            if (reader.getClass().getName().startsWith(PLATFORM_READERS)) {
                return reader;
            }
        }
        throw new IOException("this Java runtime has no " + format + " reader");
    }

    private static String reason(Exception e) {
        String message = e.getMessage();
        return message == null ? e.getClass().getSimpleName() : message;
    }
}
