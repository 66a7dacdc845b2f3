package dev.mpo.data.synth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mpo.core.config.ModelConfig;
import dev.mpo.data.image.TileOptions;
import dev.mpo.data.meta.MetaEntry;
import dev.mpo.data.meta.MetaFile;
import dev.mpo.data.meta.PathMap;
import dev.mpo.data.pair.EncodedPair;
import dev.mpo.data.pair.OnTooLong;
import dev.mpo.data.pair.PairDataset;
import dev.mpo.data.pair.PairEncoder;
import dev.mpo.data.pair.PairOptions;
import dev.mpo.data.text.ChatTemplate;
import dev.mpo.data.text.Tokenizer;
import dev.mpo.data.text.Tokenizers;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The written data set and checkpoint go through the same encoder as any other. */
class SyntheticPairsTest {

    private static final int MAX_TOKENS = 64;

    @TempDir
    Path folder;

    @Test
    void everyPairEncodesIntoAShortSequenceWithItsAnswerLabelled() {
        SyntheticDataset dataset = SyntheticDataset.write(folder, new SyntheticDataset.Options(5, 100, 25, 112));
        Path model = folder.resolve("model");
        ModelConfig config = NanoCheckpoint.write(model, NanoModelConfig.defaults(), dataset.texts(), 0);
        Set<Integer> tileCounts = new TreeSet<>();
        int pairs = 0;
        try (Tokenizer tokenizer = Tokenizers.load(model)) {
            assertThat(tokenizer.vocabSize()).isEqualTo(config.language().vocabSize());
            PairEncoder encoder = PairEncoder.create(tokenizer, ChatTemplate.of(config.template()), options(config));
            for (MetaEntry entry : MetaFile.load(dataset.trainMeta(), PathMap.none())) {
                try (PairDataset rows = PairDataset.open(entry, PathMap.none())) {
                    for (int row = 0; row < rows.rowCount(); row++) {
                        EncodedPair pair = encoder.encode(rows, row);
                        tileCounts.add(pair.numTiles());
                        assertThat(labelled(tokenizer, pair))
                                .isEqualTo(rows.row(row).chosen() + "<|im_end|>");
                        pairs++;
                    }
                }
            }
        }
        assertThat(pairs).isEqualTo(dataset.trainPairs());
        assertThat(tileCounts).containsExactly(0, 1, 2, 3);
    }

    private static PairOptions options(ModelConfig config) {
        TileOptions tiles = new TileOptions(
                config.imageSize(),
                config.minDynamicPatch(),
                config.maxDynamicPatch(),
                config.useThumbnail(),
                config.dynamicImageSize());
        return PairOptions.of(tiles, config.imageTokensPerTile(), MAX_TOKENS, OnTooLong.FAIL);
    }

    private static String labelled(Tokenizer tokenizer, EncodedPair pair) {
        int[] span = pair.chosenLabelSpans()[0];
        return tokenizer.decode(Arrays.copyOfRange(pair.chosenIds(), span[0], span[1]));
    }
}
