package dev.mpo.data.image;

import com.luciad.imageio.webp.WebPImageReaderSpi;
import dev.mpo.core.DataException;
import dev.mpo.data.source.Media;
import dev.mpo.data.source.MediaSource;
import java.awt.image.BufferedImage;
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
 * clipped at 255. JPEG, PNG, GIF and uncompressed BMP and TIFF files that end before their pixels do are completed as
 * Pillow does it with {@code LOAD_TRUNCATED_IMAGES}, if the options allow it. Every failure is a {@link DataException}
 * that names the file, what was found and the fix.
 */
public final class ImageDecoder {

    /** The largest number of pixels decoded by default, the number at which Pillow too takes a file for an attack. */
    public static final long DEFAULT_MAX_PIXELS = 178_956_970L;

    /** Package of the platform's own readers; other readers on the class path decode some files differently. */
    private static final String PLATFORM_READERS = "com.sun.imageio.";

    private ImageDecoder() {}

    /** Decodes a file with the default options. */
    public static RgbImage decode(Path file) {
        return decode(MediaSource.file(file), DecodeOptions.defaults());
    }

    /** Decodes what a row names. */
    public static RgbImage decode(Media media, DecodeOptions options) {
        return decode(media.read(), media.name(), options);
    }

    /**
     * Returns the media type of the bytes of an image file, such as {@code image/png}; {@code where} names it in
     * errors.
     */
    public static String mediaType(byte[] bytes, String where) {
        return "image/" + format(bytes, where).name().toLowerCase(Locale.ROOT);
    }

    /** Decodes the bytes of a file with the default options; {@code where} names it in errors. */
    public static RgbImage decode(byte[] bytes, String where) {
        return decode(bytes, where, DecodeOptions.defaults());
    }

    /** Decodes the bytes of a file; {@code where} names it in errors. */
    public static RgbImage decode(byte[] bytes, String where, DecodeOptions options) {
        return decodeAll(bytes, where, options).image();
    }

    /** Decodes the bytes of a file and says what is missing; {@code where} names it in errors. */
    public static DecodedImage decodeAll(byte[] bytes, String where, DecodeOptions options) {
        ImageFormat format = format(bytes, where);
        return guarded(format, bytes.length, where, () -> accepted(decode(format, bytes, options), options));
    }

    /** Passes on what is whole or may be damaged. */
    static DecodedImage accepted(DecodedImage decoded, DecodeOptions options) throws IOException {
        if (decoded.damage() != null && !options.allowTruncated()) {
            throw new IOException("the file is cut short: " + decoded.damage());
        }
        return decoded;
    }

    /** Something that fails when a file is damaged. */
    @FunctionalInterface
    interface Decoding<T> {

        T run() throws IOException;
    }

    /** Decodes something, and turns whatever a damaged file leads to into an error that names the file. */
    static <T> T guarded(ImageFormat format, int length, String where, Decoding<T> decoding) {
        try {
            return decoding.run();
        } catch (IOException | RuntimeException e) {
            throw new DataException(
                    "image " + where + ": expected a whole " + format + " file, found one of " + length
                            + " bytes that cannot be decoded: " + reason(e)
                            + ". Fix: download or save the file again, or remove the row",
                    e);
        } catch (OutOfMemoryError e) {
            // Damaged sizes inside a file ask for absurd arrays; the file is at fault, and the heap is intact.
            throw new DataException(
                    "image " + where + ": decoding this " + format + " file of " + length
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

    private static DecodedImage decode(ImageFormat format, byte[] bytes, DecodeOptions options) throws IOException {
        return switch (format) {
            case PNG -> PngDecoder.decode(bytes, options);
            case GIF -> firstFrame(new GifCanvas(bytes, options));
            case BMP -> bmp(bytes, options);
            case WEBP -> webp(bytes, options);
            case JPEG, TIFF -> byReader(format, bytes, options);
        };
    }

    private static DecodedImage firstFrame(FrameCanvas canvas) throws IOException {
        canvas.draw();
        return canvas.show();
    }

    private static DecodedImage bmp(byte[] bytes, DecodeOptions options) throws IOException {
        byte[] completed = BmpPadding.complete(bytes, options.maxPixels());
        if (completed == null) {
            return byReader(ImageFormat.BMP, bytes, options);
        }
        RgbImage image = byReader(ImageFormat.BMP, completed, options).image();
        return new DecodedImage(image, completed.length - bytes.length + " bytes are missing at its end");
    }

    private static DecodedImage webp(byte[] bytes, DecodeOptions options) throws IOException {
        return WebpFile.isAnimated(bytes)
                ? firstFrame(new WebpCanvas(bytes, options))
                : byReader(ImageFormat.WEBP, bytes, options);
    }

    /** Decodes the frame of a number with its alpha, if its file is of the announced size. */
    static BufferedImage readWebp(WebpFrame frame, int number) throws IOException {
        ImageReader reader = reader(ImageFormat.WEBP);
        try (ImageInputStream input = new MemoryCacheImageInputStream(new ByteArrayInputStream(frame.file()))) {
            reader.setInput(input, false, false);
            if (reader.getWidth(0) != frame.width() || reader.getHeight(0) != frame.height()) {
                throw new IOException("frame " + number + " has another size than announced");
            }
            return reader.read(0);
        } finally {
            reader.dispose();
        }
    }

    private static DecodedImage byReader(ImageFormat format, byte[] bytes, DecodeOptions options) throws IOException {
        ImageReader reader = reader(format);
        try (ImageInputStream input = new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes))) {
            reader.setInput(input, false, false);
            PixelLimit.check(reader.getWidth(0), reader.getHeight(0), options.maxPixels());
            return switch (format) {
                case JPEG -> JpegDecoder.decode(reader, bytes);
                case TIFF -> tiff(reader, bytes, options);
                default -> DecodedImage.whole(RasterPixels.toRgb(reader.read(0)));
            };
        } finally {
            reader.dispose();
        }
    }

    private static DecodedImage tiff(ImageReader reader, byte[] bytes, DecodeOptions options) throws IOException {
        byte[] completed = TiffPadding.complete(reader, bytes);
        if (completed == null) {
            return DecodedImage.whole(TiffDecoder.decode(reader));
        }
        RgbImage image = byReader(ImageFormat.TIFF, completed, options).image();
        return new DecodedImage(image, completed.length - bytes.length + " bytes are missing at its end");
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
