package dev.mpo.cli;

import dev.mpo.core.config.ModelConfig;
import dev.mpo.data.image.TileOptions;
import dev.mpo.data.pair.OnTooLong;
import dev.mpo.data.pair.PairDataset;
import dev.mpo.data.pair.PairEncoder;
import dev.mpo.data.pair.PairOptions;
import dev.mpo.data.text.ChatTemplate;
import dev.mpo.data.text.Tokenizer;
import dev.mpo.data.text.VocabularyFit;
import dev.mpo.train.config.DataSettings;
import dev.mpo.train.config.RunConfig;
import dev.mpo.train.setup.DataSources;
import dev.mpo.train.setup.PairData;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The data sets that a command looks at, and, where a model is given, what turns their rows into pairs. */
final class DataInput implements AutoCloseable {

    private final RunConfig config;
    private final List<PairDataset> datasets;
    private final @Nullable Encoding encoding;

    private DataInput(RunConfig config, List<PairDataset> datasets, @Nullable Encoding encoding) {
        this.config = config;
        this.datasets = datasets;
        this.encoding = encoding;
    }

    /**
     * What a model adds to the look at data.
     *
     * @param tokenizer the model's tokenizer
     * @param encoder encodes rows under the settings
     * @param template name of the chat template
     */
    record Encoding(Tokenizer tokenizer, PairEncoder encoder, String template) {

        /** Returns an encoder for tokens only that cuts nothing, so that lengths can be told. */
        PairEncoder uncut() {
            return PairEncoder.create(
                            tokenizer,
                            ChatTemplate.of(template),
                            encoder.options().withMaxSequenceLength(Integer.MAX_VALUE))
                    .withoutAugmentation()
                    .withoutPixels();
        }
    }

    /** Opens the data sets of {@code data.meta} and, if there is one, the tokenizer of {@code model.path}. */
    static DataInput open(RunConfig config) {
        String path = config.model().path();
        if (path == null) {
            return new DataInput(config, DataSources.open(config.data()), null);
        }
        Path folder = Path.of(path);
        ModelConfig model = ModelConfig.load(folder);
        Integer imageSize = config.model().imageSize();
        Tokenizer tokenizer = VocabularyFit.load(folder, model);
        try {
            PairData data =
                    PairData.open(config, imageSize == null ? model : model.withImageSize(imageSize), tokenizer);
            return new DataInput(config, data.datasets(), new Encoding(tokenizer, data.encoder(), data.template()));
        } catch (RuntimeException e) {
            tokenizer.close();
            throw e;
        }
    }

    /** Returns the names of the meta files, for titles. */
    String title() {
        return config.data().meta().stream()
                .map(meta -> String.valueOf(Path.of(meta).getFileName()))
                .collect(Collectors.joining(", "));
    }

    /** Returns the settings. */
    RunConfig config() {
        return config;
    }

    /** Returns the data sets in the order of the meta file. */
    List<PairDataset> datasets() {
        return datasets;
    }

    /**
     * Returns how images are cut into tiles: as the settings and the model say, or as the settings and the published
     * models do where no model is given.
     */
    PairOptions options() {
        if (encoding != null) {
            return encoding.encoder().options();
        }
        DataSettings data = config.data();
        Integer imageSize = config.model().imageSize();
        TileOptions published = TileOptions.defaults();
        TileOptions tiles = new TileOptions(
                imageSize == null ? published.imageSize() : imageSize,
                data.minDynamicPatch(),
                data.maxDynamicPatch(),
                data.useThumbnail() == null ? published.useThumbnail() : data.useThumbnail(),
                true);
        return PairOptions.of(tiles, 1, data.maxSeqLength(), OnTooLong.CUT)
                .withDecoding(data.decoding())
                .withVideos(data.video().options());
    }

    /** Returns what the model adds, or null without one. */
    @Nullable Encoding encoding() {
        return encoding;
    }

    @Override
    public void close() {
        datasets.forEach(PairDataset::close);
        if (encoding != null) {
            encoding.tokenizer().close();
        }
    }
}
