package dev.mpo.data.video;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mpo.core.DataException;
import dev.mpo.data.image.DecodeOptions;
import dev.mpo.data.image.DecodedImage;
import dev.mpo.data.image.RgbImage;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A video file that ffmpeg decodes.
 *
 * <p>Frames are counted as the packets of the first video stream, and a clip starts at frame {@code int(start * rate)}
 * and has {@code int((end - start) * rate)} frames at the average rate, as in the reference, whose reader (decord) is
 * built on the same library. Frames in front of the last chosen one are decoded as well.
 */
final class FfmpegVideo implements FrameSequence {

    private final Ffmpeg ffmpeg;
    private final String name;
    private final Path file;
    private final boolean temporary;
    private final DecodeOptions decoding;
    private final int first;
    private final int numFrames;
    private final long numPixels;

    private FfmpegVideo(
            Ffmpeg ffmpeg,
            String name,
            Path file,
            boolean temporary,
            DecodeOptions decoding,
            Span span,
            long numPixels) {
        this.ffmpeg = ffmpeg;
        this.name = name;
        this.file = file;
        this.temporary = temporary;
        this.decoding = decoding;
        this.first = span.first();
        this.numFrames = span.count();
        this.numPixels = numPixels;
    }

    private record Span(int first, int count) {}

    /**
     * Looks at a file.
     *
     * @param name names it in errors
     * @param temporary whether the file belongs to the video, which deletes it on closing
     * @param program name or path of {@code ffmpeg}
     */
    static FfmpegVideo open(
            String name, Path file, boolean temporary, @Nullable Clip clip, String program, DecodeOptions decoding) {
        try {
            Ffmpeg ffmpeg = new Ffmpeg(program, name);
            JsonNode stream = ffmpeg.probe(file);
            int packets = stream.path("nb_read_packets").asInt();
            long numPixels =
                    stream.path("width").asLong() * stream.path("height").asLong();
            if (packets < 1 || numPixels < 1) {
                throw new DataException("video " + name + ": expected a file with a video stream, found none that has"
                        + " frames. Fix: download or convert the file again, or remove the row");
            }
            checkPixels(name, numPixels, decoding);
            Span span = clip == null ? new Span(0, packets) : span(name, clip, rate(stream), packets);
            return new FfmpegVideo(ffmpeg, name, file, temporary, decoding, span, numPixels);
        } catch (RuntimeException e) {
            if (temporary) {
                Ffmpeg.delete(file);
            }
            throw e;
        }
    }

    private static void checkPixels(String name, long numPixels, DecodeOptions decoding) {
        long limit = Math.min(decoding.maxPixels(), Integer.MAX_VALUE / 4);
        if (numPixels > limit) {
            throw new DataException("video " + name + ": a frame has " + numPixels + " pixels, more than " + limit
                    + " (data.pixel_limit). Fix: scale the video down, or raise the limit");
        }
    }

    private static double rate(JsonNode stream) {
        String[] fraction = stream.path("avg_frame_rate").asText("0/1").split("/", 2);
        return Double.parseDouble(fraction[0]) / (fraction.length < 2 ? 1 : Double.parseDouble(fraction[1]));
    }

    private static Span span(String name, Clip clip, double rate, int packets) {
        int start = (int) (clip.startSeconds() * rate);
        int count = (int) ((clip.endSeconds() - clip.startSeconds()) * rate);
        if (count < 1 || (long) start + count > packets) {
            throw new DataException("video " + name + ": \"clip\" [" + clip.startSeconds() + ", " + clip.endSeconds()
                    + "] is frames " + start + " to " + (start + count) + " at " + rate
                    + " frames per second, but the video has " + packets
                    + ". Fix: give seconds within the video, at least one frame apart");
        }
        return new Span(start, count);
    }

    @Override
    public int numFrames() {
        return numFrames;
    }

    @Override
    public boolean padded() {
        return true;
    }

    @Override
    public long numPixels() {
        return numPixels;
    }

    @Override
    public void read(int[] chosen, Consumer<DecodedImage> sink) {
        int[] frames =
                Arrays.stream(chosen).distinct().map(frame -> first + frame).toArray();
        ffmpeg.decode(file, frames, output -> {
            @Nullable RgbImage frame = null;
            @Nullable String damage = null;
            for (int i = 0; i < chosen.length; i++) {
                if (damage == null && (i == 0 || chosen[i] != chosen[i - 1])) {
                    RgbImage next = nextFrame(output);
                    damage = next == null ? damage(chosen[i]) : null;
                    frame = next == null ? frame : next;
                }
                if (frame == null) {
                    throw new EOFException("no frame was decoded");
                }
                sink.accept(new DecodedImage(frame, damage));
            }
            return frames;
        });
    }

    private String damage(int frame) throws IOException {
        String damage = "it ends before frame " + (first + frame) + ", so that the last frame is repeated";
        if (!decoding.allowTruncated()) {
            throw new EOFException("the file is cut short: " + damage);
        }
        return damage;
    }

    /** Returns the next picture of a stream of binary PPM pictures, or null at its end. */
    private @Nullable RgbImage nextFrame(InputStream output) throws IOException {
        int start = output.read();
        if (start < 0) {
            return null;
        }
        if (start != 'P' || output.read() != '6' || output.read() != '\n') {
            throw new IOException("expected a PPM picture");
        }
        int width = number(output);
        int height = number(output);
        if (number(output) != 255) {
            throw new IOException("expected samples of 8 bits");
        }
        checkPixels(name, (long) width * height, decoding);
        int length = Math.toIntExact((long) width * height * RgbImage.CHANNELS);
        byte[] pixels = output.readNBytes(length);
        if (pixels.length < length) {
            throw new EOFException("the output ends within a frame");
        }
        return new RgbImage(width, height, pixels);
    }

    private static int number(InputStream output) throws IOException {
        int number = 0;
        for (int c = output.read(); c != ' ' && c != '\n'; c = output.read()) {
            if (c < '0' || c > '9' || number > 100_000) {
                throw new IOException("expected the header of a PPM picture");
            }
            number = 10 * number + c - '0';
        }
        return number;
    }

    @Override
    public void close() {
        if (temporary) {
            Ffmpeg.delete(file);
        }
    }
}
