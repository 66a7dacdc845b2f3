package dev.mpo.data.video;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mpo.core.ConfigException;
import dev.mpo.core.DataException;
import dev.mpo.data.image.DecodeOptions;
import dev.mpo.data.image.DecodedImage;
import dev.mpo.data.image.PngWriter;
import dev.mpo.data.image.RgbImage;
import dev.mpo.data.source.Archives;
import dev.mpo.data.source.MediaSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Folders of frames, and video files as the ffmpeg of this machine decodes them. */
final class VideoTest {

    private static final VideoOptions OPTIONS = VideoOptions.defaults();
    private static final int WIDTH = 32;
    private static final int HEIGHT = 16;
    private static final int FRAMES = 20;

    @TempDir
    private Path folder;

    @Test
    void framesOfAFolderFollowTheNumbersInTheirNames() throws IOException {
        List<String> names = List.of("b_10.jpg", "b_9.jpg", "a_11.jpg", "x12.jpg", "x2.jpg", "c_3.png", ".hidden");
        for (String name : names) {
            Files.writeString(folder.resolve(name), "");
        }
        Files.createDirectory(folder.resolve("a_1.jpg"));

        try (Video video = open(folder, null)) {
            FrameFolder frames = (FrameFolder) video;
            List<String> order = frames
                    .files(IntStream.range(0, video.numFrames()).toArray())
                    .stream()
                    .map(file -> Path.of(file.name()).getFileName().toString())
                    .toList();
            // Names without _NUMBER.jpg count as -1 and come first.
            assertThat(order).containsExactly("c_3.png", "x2.jpg", "x12.jpg", "b_9.jpg", "b_10.jpg", "a_11.jpg");
            assertThat(video.padded()).isFalse();
        }
    }

    @Test
    void whatIsNoVideoIsRefusedWithItsPlace() throws IOException {
        Path empty = Files.createDirectory(folder.resolve("empty"));
        assertThatThrownBy(() -> open(empty, null))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("video " + empty)
                .hasMessageContaining("no file in it");
        assertThatThrownBy(() -> open(folder.resolve("gone.mp4"), null))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("gone.mp4: expected a video file or a folder of frames, found nothing");
    }

    @Test
    void withoutFfmpegTheErrorSaysHowToGetIt() throws IOException {
        Path file = Files.writeString(folder.resolve("x.mp4"), "no video");
        VideoOptions absent = new VideoOptions(8, 32, FrameSampling.RAND, "/nowhere/ffmpeg");
        assertThatThrownBy(() -> Video.open(MediaSource.file(file), null, absent, DecodeOptions.defaults()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("x.mp4")
                .hasMessageContaining("/nowhere/ffprobe cannot be started")
                .hasMessageContaining("data.video.ffmpeg");
    }

    @Test
    void chosenFramesOfAVideoFileAreDecoded() throws Exception {
        Path file = film();
        try (Video video = open(file, null)) {
            assertThat(video.numFrames()).isEqualTo(FRAMES);
            assertThat(video.padded()).isTrue();
            assertThat(((FrameSequence) video).numPixels()).isEqualTo(WIDTH * HEIGHT);
            assertThat(shown(video, 0, 3, 3, 11, 19)).containsExactly(0, 3, 3, 11, 19);
            assertThat(shown(video, 18, 19, 19, 19)).containsExactly(18, 19, 19, 19);
            int[] all = IntStream.range(0, FRAMES).toArray();
            assertThat(shown(video, all))
                    .containsExactlyElementsOf(Arrays.stream(all).boxed().toList());
        }
    }

    @Test
    void aClipCountsFromItsStart() throws Exception {
        Path file = film();
        // At 10 frames per second: from frame int(0.55 * 10) on, int((1.3 - 0.55) * 10) frames.
        try (Video video = open(file, new Clip(0.55, 1.3))) {
            assertThat(video.numFrames()).isEqualTo(7);
            assertThat(shown(video, 0, 6)).containsExactly(5, 11);
        }
        assertThatThrownBy(() -> open(file, new Clip(1, 2.5)))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("frames 10 to 25")
                .hasMessageContaining("the video has 20");
    }

    @Test
    void aVideoInAnArchiveIsReadFromATemporaryFileThatIsDeleted() throws Exception {
        byte[] bytes = Files.readAllBytes(film());
        Archives.zip(folder.resolve("a.zip"), Map.of("v/film.mkv", bytes));
        try (MediaSource source = MediaSource.local();
                Video video =
                        Video.open(source.find(folder, "a.zip!/v/film.mkv"), null, OPTIONS, DecodeOptions.defaults())) {
            assertThat(shown(video, 4, 7)).containsExactly(4, 7);
        }
    }

    @Test
    void aFileThatFfmpegCannotReadIsRefusedWithItsWords() throws Exception {
        assumeTrue(hasFfmpeg(), "this machine has no ffmpeg");
        Path text = Files.writeString(folder.resolve("text.mkv"), "this is no video at all");
        assertThatThrownBy(() -> open(text, null))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("text.mkv")
                .hasMessageContaining("Invalid data found")
                .hasMessageContaining("Fix:");
    }

    @Test
    void aVideoThatEndsTooEarlyRepeatsItsLastFrameOrIsRefused() throws IOException {
        // Five frames are announced; one comes.
        VideoOptions fake = fake("printf 'P6\\n1 1\\n255\\nabc'");
        Path film = Files.writeString(folder.resolve("cut.mp4"), "not read");
        List<DecodedImage> shown = new ArrayList<>();
        try (Video video = Video.open(MediaSource.file(film), null, fake, DecodeOptions.defaults())) {
            ((FrameSequence) video).read(new int[] {0, 2, 4}, shown::add);
        }
        assertThat(shown).extracting(frame -> frame.image().pixels()).containsOnly(new byte[] {'a', 'b', 'c'});
        assertThat(shown.get(0).damage()).isNull();
        assertThat(shown.get(2).damage()).contains("it ends before frame 2");

        DecodeOptions strict = DecodeOptions.defaults().withTruncated(false);
        try (Video video = Video.open(MediaSource.file(film), null, fake, strict)) {
            assertThatThrownBy(() -> ((FrameSequence) video).read(new int[] {0, 2}, shown::add))
                    .isInstanceOf(DataException.class)
                    .hasMessageContaining("cut short");
        }
    }

    @Test
    void aDecoderThatFailsIsQuoted() throws IOException {
        VideoOptions fake = fake("echo 'moov atom not found' >&2; exit 3");
        Path film = Files.writeString(folder.resolve("bad.mp4"), "not read");
        try (Video video = Video.open(MediaSource.file(film), null, fake, DecodeOptions.defaults())) {
            assertThatThrownBy(() -> ((FrameSequence) video).read(new int[] {0}, frame -> {}))
                    .isInstanceOf(DataException.class)
                    .hasMessageContaining("bad.mp4")
                    .hasMessageContaining("moov atom not found");
        }
    }

    /** Returns options with programs that announce five frames of one pixel and decode as a shell command says. */
    private VideoOptions fake(String decoding) throws IOException {
        assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "this machine has no /bin/sh");
        script("ffprobe", "echo '{\"streams\": [{\"width\": 1, \"height\": 1, \"nb_read_packets\": \"5\"}]}'");
        script("ffmpeg", decoding);
        return new VideoOptions(
                8, 32, FrameSampling.RAND, folder.resolve("ffmpeg").toString());
    }

    private void script(String name, String command) throws IOException {
        Path file = Files.writeString(folder.resolve(name), "#!/bin/sh\n" + command + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    }

    @Test
    void framesOverThePixelLimitAreRefusedBeforeDecoding() throws Exception {
        Path file = film();
        DecodeOptions limit = DecodeOptions.defaults().withMaxPixels(WIDTH * HEIGHT - 1);
        assertThatThrownBy(() -> Video.open(MediaSource.file(file), null, OPTIONS, limit))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("more than " + (WIDTH * HEIGHT - 1));
    }

    /** Writes a lossless video at 10 frames per second; frame i is grey of level 10 i. */
    private Path film() throws IOException, InterruptedException {
        assumeTrue(hasFfmpeg(), "this machine has no ffmpeg");
        Path frames = Files.createDirectory(folder.resolve("frames"));
        for (int i = 0; i < FRAMES; i++) {
            PngWriter.write(RgbImage.filled(WIDTH, HEIGHT, 10 * i, 10 * i, 10 * i), frames.resolve(i + ".png"));
        }
        Path film = folder.resolve("film.mkv");
        run("-framerate", "10", "-i", frames.resolve("%d.png").toString(), "-c:v", "ffv1", "-g", "1", film.toString());
        return film;
    }

    private static boolean hasFfmpeg() throws InterruptedException {
        try {
            run("-version");
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static void run(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("ffmpeg", "-v", "error", "-nostdin"));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(process.waitFor()).isZero();
    }

    /** Returns the frame that each picture shows, by its grey. */
    private static List<Integer> shown(Video video, int... chosen) {
        List<Integer> frames = new ArrayList<>();
        ((FrameSequence) video).read(chosen, frame -> frames.add(frame.image().component(5, 5, 1) / 10));
        return frames;
    }

    private static Video open(Path path, @Nullable Clip clip) {
        return Video.open(MediaSource.file(path), clip, OPTIONS, DecodeOptions.defaults());
    }
}
