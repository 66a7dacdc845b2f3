package dev.mpo.data.pair;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mpo.core.DataException;
import dev.mpo.data.image.TileOptions;
import dev.mpo.data.meta.MetaFile;
import dev.mpo.data.meta.PathMap;
import dev.mpo.data.source.Archives;
import dev.mpo.data.source.UrlOptions;
import dev.mpo.data.text.ChatTemplate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rows whose images are no files of their own. */
final class MediaPairsTest {

    @TempDir
    private Path folder;

    private byte[] png = new byte[0];

    @BeforeEach
    void writeImage() throws IOException {
        new Workspace(folder).image("wide.png", 56, 28);
        png = Files.readAllBytes(folder.resolve("wide.png"));
    }

    @Test
    void anImageGivesTheSamePairWhereverItLies() {
        Archives.zip(folder.resolve("a.zip"), Map.of("train/wide.png", png));
        Archives.tar(folder.resolve("a.tar"), Map.of("train/wide.png", png));
        EncodedPair expected = pair("", "wide.png");
        assertThat(expected.numTiles()).isEqualTo(3);
        assertSame(pair("", "a.zip!/train/wide.png"), expected);
        assertSame(pair("a.zip!/", "train/wide.png"), expected);
        assertSame(pair("a.tar!/train", "wide.png"), expected);
        assertSame(pair("", "data:image/png;base64," + Base64.getEncoder().encodeToString(png)), expected);
    }

    @Test
    void aRowWhoseMemberIsMissingIsBadAndSaysSo() {
        Archives.zip(folder.resolve("a.zip"), Map.of("train/wide.png", png));
        assertThatThrownBy(() -> pair("a.zip!/", "wide.png"))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("set.jsonl:1: image " + folder.resolve("a.zip") + "!/wide.png: found no such");
    }

    private static void assertSame(EncodedPair pair, EncodedPair expected) {
        assertThat(pair.tiles().pixels()).isEqualTo(expected.tiles().pixels());
        assertThat(pair.chosenIds()).isEqualTo(expected.chosenIds());
    }

    /** Encodes a row with and without pixels, which must agree, and returns it with pixels. */
    private EncodedPair pair(String root, String image) {
        String row = "{\"image\": \"" + image + "\", \"question\": \"q\", \"chosen\": \"c\", \"rejected\": \"r\"}";
        new Workspace(folder)
                .dataset("set", List.of(row), Map.of("root", root))
                .open()
                .forEach(PairDataset::close);
        List<PairDataset> datasets = PairDataset.openAll(
                MetaFile.load(List.of(folder.resolve("meta.json")), PathMap.none()),
                PathMap.none(),
                UrlOptions.allowed());
        try (PairDataset dataset = datasets.get(0)) {
            PairEncoder encoder = PairEncoder.create(
                    new CharacterTokenizer(),
                    ChatTemplate.of("internvl2_5"),
                    PairOptions.of(new TileOptions(28, 1, 6, true, true), 2, 100_000, OnTooLong.FAIL));
            EncodedPair counted = encoder.withoutPixels().encode(dataset, 0);
            EncodedPair pair = encoder.encode(dataset, 0);
            assertThat(counted.chosenIds()).isEqualTo(pair.chosenIds());
            return pair;
        }
    }
}
