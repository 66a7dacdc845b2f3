package dev.mpo.data.loader;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mpo.data.image.TileOptions;
import dev.mpo.data.meta.PathMap;
import dev.mpo.data.pair.CharacterTokenizer;
import dev.mpo.data.pair.EncodedPair;
import dev.mpo.data.pair.GoldenPair;
import dev.mpo.data.pair.OnTooLong;
import dev.mpo.data.pair.PairDataset;
import dev.mpo.data.pair.PairEncoder;
import dev.mpo.data.pair.PairOptions;
import dev.mpo.data.pair.Workspace;
import dev.mpo.data.text.ChatTemplate;
import dev.mpo.data.text.ImageTokens;
import dev.mpo.data.text.Tokenizer;
import dev.mpo.data.text.Tokenizers;
import dev.mpo.testkit.NpzFile;
import dev.mpo.testkit.SharedFiles;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The reference's grids, tiles and tokens, as they come out of the loader with several threads and used memory. */
class GoldenLoaderTest {

    private static final long MAX_PIXELS = 500_000;

    @TempDir
    private Path folder;

    /** A recorded image and what becomes of it. */
    private record Case(String image, JsonNode expected) {}

    @Test
    void everyImageGetsTheReferencesNumberOfTiles() throws IOException {
        Map<TileOptions, List<Case>> byOptions = new LinkedHashMap<>();
        for (JsonNode item :
                read("a_dynamic_preprocess/dynamic_preprocess.json").get("cases")) {
            int width = item.get("width").asInt();
            int height = item.get("height").asInt();
            if ((long) width * height <= MAX_PIXELS) {
                String image = width + "x" + height + ".png";
                BufferedImage picture = new BufferedImage(width, height, BufferedImage.TYPE_BYTE_BINARY);
                ImageIO.write(picture, "png", folder.resolve(image).toFile());
                byOptions
                        .computeIfAbsent(options(item, true), options -> new ArrayList<>())
                        .add(new Case(image, item));
                byOptions
                        .computeIfAbsent(options(item, false), options -> new ArrayList<>())
                        .add(new Case(image, item));
            }
        }
        assertThat(byOptions).hasSizeGreaterThan(20);
        byOptions.forEach((options, cases) -> {
            String key = options.useThumbnail() ? "num_tiles_with_thumbnail" : "num_tiles_without_thumbnail";
            List<EncodedPair> pairs = load(cases, options, options.imageSize() <= 56);
            for (int i = 0; i < cases.size(); i++) {
                JsonNode expected = cases.get(i).expected();
                assertThat(pairs.get(i).numTiles())
                        .as(expected.toString())
                        .isEqualTo(expected.get(key).asInt());
            }
        });
    }

    @Test
    void everyImageGetsTheReferencesPixels() throws IOException {
        Path recorded = SharedFiles.require("goldens/golden/b_pixels");
        JsonNode golden = read("b_pixels/pixels.json");
        List<Case> cases = new ArrayList<>();
        for (JsonNode item : golden.get("images")) {
            cases.add(new Case(
                    recorded.resolve(item.get("decoded_png").textValue()).toString(), item));
        }
        List<EncodedPair> pairs = load(cases, options(golden, true), true);
        for (int i = 0; i < cases.size(); i++) {
            NpzFile npz = NpzFile.load(
                    recorded.resolve(cases.get(i).expected().get("tiles_npz").textValue()));
            assertThat(pairs.get(i).tiles().pixels()).as(cases.get(i).image()).isEqualTo(npz.bytes("tiles_u8"));
        }
    }

    @Test
    void everyUsableRowGetsTheReferencesTokensAndTiles() throws IOException {
        JsonNode golden = read("c_tokenization/samples.json");
        int compared = 0;
        for (JsonNode run : golden.get("runs")) {
            compared += checkRun(golden, run);
        }
        assertThat(compared).isGreaterThan(40);
    }

    /** Returns the number of rows that were compared. */
    private static int checkRun(JsonNode golden, JsonNode run) {
        TileOptions tiles = new TileOptions(
                golden.get("image_size").intValue(),
                1,
                golden.get("default_max_dynamic_patch").intValue(),
                true,
                true);
        PairOptions options = PairOptions.of(
                tiles,
                golden.get("num_image_token").intValue(),
                run.get("max_seq_length").intValue(),
                OnTooLong.CUT);
        List<PairDataset> datasets =
                PairDataset.load(List.of(SharedFiles.require("goldens/dataset/meta.json")), PathMap.none());
        try (Tokenizer tokenizer = Tokenizers.load(
                SharedFiles.require("goldens/tokenizers/" + run.get("tokenizer").textValue()))) {
            SampleOrder order = SampleOrder.of(datasets, 1, false);
            int imageToken = tokenizer.tokenId(ImageTokens.CONTEXT);
            long[] usable = LongStream.range(0, order.size())
                    .filter(position -> {
                        JsonNode expected = expected(run, datasets, order.at(position));
                        return !expected.isMissingNode() // a run records some data sets only
                                && GoldenPair.isLabelled(expected)
                                && !GoldenPair.hasMisplacedFeatures(expected, imageToken, options);
                    })
                    .toArray();
            PairEncoder encoder = PairEncoder.create(tokenizer, ChatTemplate.of("internvl2_5"), options);
            try (PairLoader loader = PairLoader.startAt(datasets, encoder, order, LoaderOptions.of(3), usable)) {
                for (long position : usable) {
                    EncodedPair pair = loader.next();
                    GoldenPair.check(pair.where(), pair, expected(run, datasets, order.at(position)));
                    loader.recycle(pair);
                }
                assertThat(loader.stats().bad()).isZero();
            }
            return usable.length;
        } finally {
            datasets.forEach(PairDataset::close);
        }
    }

    private static JsonNode expected(JsonNode run, List<PairDataset> datasets, SampleRef ref) {
        return run.get("datasets").path(datasets.get(ref.dataset()).name()).path(ref.row());
    }

    private List<EncodedPair> load(List<Case> cases, TileOptions tiles, boolean pixels) {
        List<String> rows = cases.stream()
                .map(item -> {
                    ObjectNode row = new JsonMapper().createObjectNode();
                    return row.put("image", item.image())
                            .put("question", "q")
                            .put("chosen", "c")
                            .put("rejected", "r")
                            .toString();
                })
                .toList();
        List<PairDataset> datasets = new Workspace(folder).dataset("rows", rows).open();
        PairOptions options = PairOptions.of(tiles, 1, 100_000, OnTooLong.CUT);
        PairEncoder encoder = PairEncoder.create(new CharacterTokenizer(), ChatTemplate.of("internvl2_5"), options);
        try (PairLoader loader = PairLoader.start(
                datasets,
                pixels ? encoder : encoder.withoutPixels(),
                SampleOrder.of(datasets, 1, false),
                LoaderOptions.of(3).withPositions(0, rows.size()))) {
            List<EncodedPair> pairs = new ArrayList<>();
            loader.forEachRemaining(pairs::add);
            return pairs;
        } finally {
            datasets.forEach(PairDataset::close);
        }
    }

    private static TileOptions options(JsonNode item, boolean thumbnail) {
        return new TileOptions(
                item.get("image_size").asInt(),
                item.get("min_num").asInt(),
                item.get("max_num").asInt(),
                thumbnail,
                true);
    }

    private static JsonNode read(String file) throws IOException {
        return new JsonMapper()
                .readTree(SharedFiles.require("goldens/golden/" + file).toFile());
    }
}
