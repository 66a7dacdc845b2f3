package dev.mpo.data.video;

import dev.mpo.core.DataException;
import dev.mpo.data.image.Animation;
import dev.mpo.data.image.DecodeOptions;
import dev.mpo.data.source.Media;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A video that a row names: a folder of frames, an animated GIF or WebP file, or anything that ffmpeg reads. The first
 * bytes of a file decide, not its name. Use from one thread; the caller closes it.
 */
public sealed interface Video extends AutoCloseable permits FrameFolder, FrameSequence {

    /** Returns the number of frames to choose from, at least 1. */
    int numFrames();

    /** Returns whether the reference trainer repeats the last frame of a video that is too short. */
    boolean padded();

    @Override
    void close();

    /**
     * Opens a video without decoding frames.
     *
     * @param clip the part of it that counts; only files that ffmpeg reads have a time scale, the others ignore it as
     *     the reference does; null for all of it
     * @throws DataException if there is nothing, or nothing that is a video
     * @throws dev.mpo.core.ConfigException if it takes ffmpeg, which is not there
     */
    static Video open(Media media, @Nullable Clip clip, VideoOptions options, DecodeOptions decoding) {
        Optional<Path> path = media.localPath();
        if (path.isPresent() && Files.isDirectory(path.get())) {
            return FrameFolder.open(path.get());
        }
        requirePresent(media);
        if (path.isPresent() && !Animation.isSupported(signature(path.get()))) {
            return FfmpegVideo.open(media.name(), path.get(), false, clip, options.ffmpeg(), decoding);
        }
        byte[] bytes = media.read();
        return Animation.isSupported(bytes)
                ? new AnimationVideo(bytes, media.name(), decoding)
                : FfmpegVideo.open(
                        media.name(), temporary(bytes, media.name()), true, clip, options.ffmpeg(), decoding);
    }

    /**
     * Fails unless something lies where a row says, without decoding it.
     *
     * @throws DataException naming the place
     */
    static void requirePresent(Media media) {
        Optional<Path> path = media.localPath();
        if (path.isEmpty()) {
            media.requirePresent();
        } else if (Files.isDirectory(path.get())) {
            FrameFolder.open(path.get());
        } else if (!Files.isRegularFile(path.get())) {
            throw new DataException("video " + media.name() + ": expected a video file or a folder of frames, found "
                    + (Files.exists(path.get()) ? "something else" : "nothing at this path")
                    + ". Fix: check the row's \"video\" and the meta entry's root (data.path_map rewrites path"
                    + " prefixes)");
        }
    }

    private static byte[] signature(Path file) {
        try (InputStream input = Files.newInputStream(file)) {
            return input.readNBytes(12);
        } catch (IOException e) {
            throw new DataException(
                    "video " + file + ": cannot be read (" + e + "). Fix: check that it is readable", e);
        }
    }

    private static Path temporary(byte[] bytes, String name) {
        try {
            return Files.write(Files.createTempFile("mpo-video", null), bytes);
        } catch (IOException e) {
            throw new DataException(
                    "video " + name + ": cannot be written to a temporary file for ffmpeg (" + e
                            + "). Fix: free space there, or unpack the video and name the file",
                    e);
        }
    }
}
