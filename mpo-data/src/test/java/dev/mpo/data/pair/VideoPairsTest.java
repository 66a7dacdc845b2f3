package dev.mpo.data.pair;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mpo.core.DataException;
import dev.mpo.data.image.PngWriter;
import dev.mpo.data.image.RgbImage;
import dev.mpo.data.image.TileOptions;
import dev.mpo.data.loader.LoaderOptions;
import dev.mpo.data.loader.PairLoader;
import dev.mpo.data.loader.SampleOrder;
import dev.mpo.data.text.ChatTemplate;
import dev.mpo.data.video.FrameSampling;
import dev.mpo.data.video.VideoOptions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rows about videos. */
final class VideoPairsTest {

    private static final TileOptions TILES = new TileOptions(28, 1, 6, true, true);
    private static final VideoOptions FRAMES = new VideoOptions(2, 4, FrameSampling.RAND, "ffmpeg");
    private static final int LENGTH = 12;

    @TempDir
    private Path folder;

    /** Frame i of the folder is grey of level 20 i and wider than high, so that a grid would cut it. */
    @BeforeEach
    void writeFrames() throws IOException {
        Path frames = Files.createDirectory(folder.resolve("film"));
        for (int i = 0; i < LENGTH; i++) {
            PngWriter.write(RgbImage.filled(56, 28, 20 * i, 20 * i, 20 * i), frames.resolve("f" + i + ".png"));
        }
    }

    @Test
    void everyFrameIsATileWithALineOfItsOwn() {
        // Without drawing, 4 of 12 frames: the middles of 0-2, 3-5, 6-8, 9-11.
        EncodedPair pair = pair(row("film", "What happens?"), plain());
        assertThat(pair.numTiles()).isEqualTo(4);
        assertThat(shown(pair)).containsExactly(1, 4, 7, 10);
        assertThat(text(pair)).contains("""
                        user
                        Frame-1: <img><IMG_CONTEXT><IMG_CONTEXT></img>
                        Frame-2: <img><IMG_CONTEXT><IMG_CONTEXT></img>
                        Frame-3: <img><IMG_CONTEXT><IMG_CONTEXT></img>
                        Frame-4: <img><IMG_CONTEXT><IMG_CONTEXT></img>
                        What happens?<|im_end|>""");
    }

    @Test
    void theMarkerSaysWhereTheFramesGo() {
        VideoOptions one = new VideoOptions(1, 1, FrameSampling.MIDDLE, "ffmpeg");
        PairEncoder encoder = encoder(plain().options().withVideos(one));
        String frame = "Frame-1: <img><IMG_CONTEXT><IMG_CONTEXT></img>\n";
        assertThat(text(pair(row("film", "See <video>\\nnow"), encoder))).contains("See " + frame + "now<|im_end|>");
        assertThat(text(pair(row("film", "See <video>"), encoder))).contains("See " + frame + "<|im_end|>");
    }

    @Test
    void markersThatDoNotGoWithOneVideoAreBad() {
        assertBad(row("film", "<video>\\n<video>\\nq"), "\"question\" has 2 <video>");
        assertBad(row("film", "<image>\\nq"), "names a video and no image");
        assertBad(row("gone", "q"), "video " + folder.resolve("gone") + ": expected a video file or a folder");
        assertBad(
                "{\"video\": \"film\", \"clip\": [3, 1], \"question\": \"q\", \"chosen\": \"c\", \"rejected\": \"r\"}",
                "\"clip\": expected [start, end] in seconds");
        assertBad(
                "{\"video\": \"film\", \"clip\": [3], \"question\": \"q\", \"chosen\": \"c\", \"rejected\": \"r\"}",
                "\"clip\": expected [start, end] in seconds");
    }

    @Test
    void aRowWithAnImageIsAboutTheImage() throws IOException {
        PngWriter.write(RgbImage.filled(28, 28, 1, 2, 3), folder.resolve("a.png"));
        EncodedPair pair = pair(
                "{\"image\": \"a.png\", \"video\": \"film\", \"question\": \"q\", \"chosen\": \"c\", \"rejected\": \"r\"}",
                plain());
        assertThat(pair.numTiles()).isOne();
    }

    @Test
    void drawnFramesFollowTheSeedAndTheDrawAlone() {
        try (PairDataset dataset = dataset(row("film", "q"))) {
            Set<List<Integer>> seen = new HashSet<>();
            for (long draw = 0; draw < 50; draw++) {
                EncodedPair pair = encoded(drawing(7), dataset, draw);
                List<Integer> frames = shown(pair);
                assertThat(frames.size()).isBetween(2, 4);
                assertThat(frames).isSorted().doesNotHaveDuplicates();
                assertThat(shown(encoded(drawing(7), dataset, draw))).isEqualTo(frames);
                assertThat(encoded(drawing(7).withoutPixels(), dataset, draw).chosenIds())
                        .isEqualTo(pair.chosenIds());
                seen.add(frames);
            }
            assertThat(seen).hasSizeGreaterThan(25);
            assertThat(shown(encoded(drawing(7).withoutAugmentation(), dataset, 3)))
                    .containsExactly(1, 4, 7, 10);
        }
    }

    @Test
    void anAnimationGivesTheFramesOfItsFile() throws IOException {
        for (String name : List.of("gif_0.gif", "webp_0.webp")) {
            try (InputStream in = Objects.requireNonNull(VideoPairsTest.class.getResourceAsStream("/videos/" + name))) {
                Files.write(folder.resolve(name), in.readAllBytes());
            }
            EncodedPair pair = pair(row(name, "q"), plain());
            assertThat(pair.numTiles()).isEqualTo(4);
            assertThat(text(pair)).contains("Frame-4: <img>").doesNotContain("Frame-5");
        }
    }

    @Test
    void augmentationReEncodesFramesWhole() throws IOException {
        PngWriter.write(noise(56, 28), folder.resolve("film/f1.png"));
        try (PairDataset dataset = dataset(row("film", "q"), Map.of("data_augment", true))) {
            PairOptions fixed = plain().options().withVideos(new VideoOptions(2, 4, FrameSampling.MIDDLE, "ffmpeg"));
            byte[] plain = encoded(encoder(fixed), dataset, 0).tiles().pixels();
            byte[] augmented = encoded(encoder(fixed.withAugmentation(3)), dataset, 0)
                    .tiles()
                    .pixels();
            assertThat(augmented).hasSameSizeAs(plain).isNotEqualTo(plain);
        }
    }

    @Test
    void framesThatDoNotFitAreRefusedWithTheSettingThatHelps() {
        PairOptions options = plain().options().withMaxSequenceLength(60);
        try (PairDataset dataset = dataset(row("film", "q"))) {
            assertThatThrownBy(() -> encoder(options).encode(dataset, 0))
                    .isInstanceOf(DataException.class)
                    .hasMessageContaining("tiles 4 x 2 = 8 image tokens, which are never cut")
                    .hasMessageContaining("lower data.video.max_num_frame (now 4)");
        }
    }

    @Test
    void loadersDrawTheSameFramesWhateverTheirWorkers() {
        List<String> rows = new ArrayList<>();
        IntStream.range(0, 9).forEach(i -> rows.add(row("film", "q" + i)));
        assertThat(loaded(rows, 3)).hasSize(18).isEqualTo(loaded(rows, 0)).doesNotHaveDuplicates();
    }

    /** Loads two epochs and returns question and frames of each pair. */
    private List<String> loaded(List<String> rows, int workers) {
        List<PairDataset> datasets = new Workspace(folder).dataset("set", rows).open();
        SampleOrder order = SampleOrder.of(datasets, 1, true);
        LoaderOptions options = LoaderOptions.of(workers).withPositions(0, 18).withPrefetch(6, 20_000);
        List<String> pairs = new ArrayList<>();
        try (PairLoader loader = PairLoader.start(datasets, drawing(5), order, options)) {
            while (loader.hasNext()) {
                EncodedPair pair = loader.next();
                pairs.add(pair.line() + " " + shown(pair) + " at " + pairs.size());
                loader.recycle(pair);
            }
        } finally {
            datasets.forEach(PairDataset::close);
        }
        return pairs;
    }

    private static RgbImage noise(int width, int height) {
        byte[] pixels = new byte[width * height * 3];
        new Random(1).nextBytes(pixels);
        return new RgbImage(width, height, pixels);
    }

    private static String row(String video, String question) {
        return "{\"video\": \"" + video + "\", \"question\": \"" + question
                + "\", \"chosen\": \"c\", \"rejected\": \"r\"}";
    }

    /** Returns the frame that each tile shows, by its grey. */
    private static List<Integer> shown(EncodedPair pair) {
        return IntStream.range(0, pair.numTiles())
                .mapToObj(i -> pair.tiles().tile(i).component(14, 14, 0) / 20)
                .toList();
    }

    private static String text(EncodedPair pair) {
        return new CharacterTokenizer().decode(pair.chosenIds());
    }

    private static PairEncoder plain() {
        return encoder(PairOptions.of(TILES, 2, 100_000, OnTooLong.CUT).withVideos(FRAMES));
    }

    private static PairEncoder drawing(long seed) {
        return encoder(plain().options().withAugmentation(seed));
    }

    private static PairEncoder encoder(PairOptions options) {
        return PairEncoder.create(new CharacterTokenizer(), ChatTemplate.of("internvl2_5"), options);
    }

    private static EncodedPair encoded(PairEncoder encoder, PairDataset dataset, long draw) {
        return ((EncodeOutcome.Encoded) encoder.tryEncode(dataset, 0, draw)).pair();
    }

    private PairDataset dataset(String row) {
        return dataset(row, Map.of());
    }

    private PairDataset dataset(String row, Map<String, Object> keys) {
        return new Workspace(folder).dataset("set", List.of(row), keys).open().get(0);
    }

    private EncodedPair pair(String row, PairEncoder encoder) {
        try (PairDataset dataset = dataset(row)) {
            return encoder.encode(dataset, 0);
        }
    }

    private void assertBad(String row, String reason) {
        try (PairDataset dataset = dataset(row)) {
            assertThat(plain().tryEncode(dataset, 0, 0))
                    .isInstanceOfSatisfying(
                            EncodeOutcome.Bad.class,
                            bad -> assertThat(bad.cause())
                                    .hasMessageStartingWith(folder.resolve("set.jsonl") + ":1:")
                                    .hasMessageContaining(reason));
        }
    }
}
