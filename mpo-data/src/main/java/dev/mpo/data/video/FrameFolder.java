package dev.mpo.data.video;

import dev.mpo.core.DataException;
import dev.mpo.data.source.Media;
import dev.mpo.data.source.MediaSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * A folder in which every file is a frame; hidden files and folders in it do not count.
 *
 * <p>The order is the reference's: by the number in front of {@code .jpg} that follows an underscore
 * ({@code clip_12.jpg} is 12), files of other names first. The reference leaves those in the order of the directory;
 * here they follow {@link NaturalOrder}.
 */
public final class FrameFolder implements Video {

    private static final Comparator<Path> ORDER = Comparator.<Path>comparingInt(FrameFolder::number)
            .thenComparing(frame -> frame.getFileName().toString(), NaturalOrder.INSTANCE);

    private final List<Path> frames;

    private FrameFolder(List<Path> frames) {
        this.frames = frames;
    }

    static FrameFolder open(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> frames = files.filter(FrameFolder::isFrame).sorted(ORDER).toList();
            if (frames.isEmpty()) {
                throw new DataException("video " + folder + ": expected a folder of frames, found no file in it."
                        + " Fix: put the frames there, or remove the row");
            }
            return new FrameFolder(frames);
        } catch (IOException e) {
            throw new DataException(
                    "video " + folder + ": the folder cannot be listed (" + e + "). Fix: check that it is readable", e);
        }
    }

    private static boolean isFrame(Path file) {
        return !file.getFileName().toString().startsWith(".") && Files.isRegularFile(file);
    }

    /** Returns the number in a name such as {@code clip_12.jpg}, or -1. */
    private static int number(Path frame) {
        String name = frame.getFileName().toString();
        int end = name.length() - ".jpg".length();
        if (!name.endsWith(".jpg")) {
            return -1;
        }
        String digits = name.substring(name.lastIndexOf('_', end) + 1, end);
        boolean number = name.lastIndexOf('_', end) >= 0
                && !digits.isEmpty()
                && digits.length() <= 9
                && digits.chars().allMatch(c -> c >= '0' && c <= '9');
        return number ? Integer.parseInt(digits) : -1;
    }

    @Override
    public int numFrames() {
        return frames.size();
    }

    @Override
    public boolean padded() {
        return false;
    }

    /** Returns the files of chosen frames. */
    public List<Media> files(int[] chosen) {
        return Arrays.stream(chosen)
                .mapToObj(frame -> MediaSource.file(frames.get(frame)))
                .toList();
    }

    @Override
    public void close() {}
}
