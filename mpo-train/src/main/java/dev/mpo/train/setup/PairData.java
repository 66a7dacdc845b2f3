package dev.mpo.train.setup;

import dev.mpo.core.config.ModelConfig;
import dev.mpo.data.image.TileOptions;
import dev.mpo.data.length.RowLengths;
import dev.mpo.data.loader.LoaderOptions;
import dev.mpo.data.loader.OnBadSample;
import dev.mpo.data.loader.PairLoader;
import dev.mpo.data.loader.SampleOrder;
import dev.mpo.data.pair.OnTooLong;
import dev.mpo.data.pair.PairDataset;
import dev.mpo.data.pair.PairEncoder;
import dev.mpo.data.pair.PairOptions;
import dev.mpo.data.text.ChatTemplate;
import dev.mpo.data.text.ImageTokens;
import dev.mpo.data.text.Tokenizer;
import dev.mpo.train.config.DataSettings;
import dev.mpo.train.config.ReferenceSettings;
import dev.mpo.train.config.RunConfig;
import dev.mpo.train.ranks.Ranks;
import java.nio.file.Path;
import java.util.List;

/** The data sets of a run, opened, with the encoder that turns their rows into pairs. It owns the data sets. */
public final class PairData implements AutoCloseable {

    private final RunConfig settings;
    private final List<PairDataset> datasets;
    private final PairEncoder encoder;
    private final String template;
    private final int imageTokenId;

    private PairData(
            RunConfig settings, List<PairDataset> datasets, PairEncoder encoder, String template, int imageTokenId) {
        this.settings = settings;
        this.datasets = datasets;
        this.encoder = encoder;
        this.template = template;
        this.imageTokenId = imageTokenId;
    }

    /** Opens the data sets of {@code data.meta} for a model; the tokenizer is borrowed. */
    public static PairData open(RunConfig settings, ModelConfig model, Tokenizer tokenizer) {
        DataSettings data = settings.data();
        String template = data.template() == null ? model.template() : data.template();
        boolean thumbnail = data.useThumbnail() == null ? model.useThumbnail() : data.useThumbnail();
        TileOptions tiles = new TileOptions(
                model.imageSize(), data.minDynamicPatch(), data.maxDynamicPatch(), thumbnail, model.dynamicImageSize());
        PairOptions options = PairOptions.of(tiles, model.imageTokensPerTile(), data.maxSeqLength(), onTooLong(data))
                .withDecoding(data.decoding())
                .withVideos(data.video().options());
        // Cached log-probabilities belong to one version of a row.
        if (settings.reference().mode() != ReferenceSettings.Mode.CACHED) {
            options = options.withAugmentation(settings.train().seed());
        }
        PairEncoder encoder = PairEncoder.create(tokenizer, ChatTemplate.of(template), options);
        List<PairDataset> datasets = DataSources.open(data);
        return new PairData(settings, datasets, encoder, template, tokenizer.tokenId(ImageTokens.CONTEXT));
    }

    private static OnTooLong onTooLong(DataSettings data) {
        return switch (data.onTooLong()) {
            case CUT -> OnTooLong.CUT;
            case DROP -> OnTooLong.DROP;
            case FAIL -> OnTooLong.FAIL;
        };
    }

    /** Returns the data sets in the order of the meta files. */
    public List<PairDataset> datasets() {
        return datasets;
    }

    /** Returns the encoder. */
    public PairEncoder encoder() {
        return encoder;
    }

    /** Returns the name of the chat template. */
    public String template() {
        return template;
    }

    /** Returns the id of the image placeholder. */
    public int imageTokenId() {
        return imageTokenId;
    }

    /** Returns the order in which a training run takes the pairs. */
    public SampleOrder trainingOrder() {
        DataSettings data = settings.data();
        long seed = settings.train().seed();
        return switch (data.groupByLength()) {
            case NONE -> SampleOrder.of(datasets, seed, data.shuffle());
            case TEXT -> SampleOrder.grouped(datasets, seed, RowLengths.ofText(datasets), data.lengthGroupSize());
            case TILES ->
                SampleOrder.grouped(
                        datasets, seed, RowLengths.ofTiles(datasets, encoder.options()), data.lengthGroupSize());
        };
    }

    /** Returns every pair once per repeat, in file order. */
    public SampleOrder fileOrder() {
        return SampleOrder.of(datasets, settings.train().seed(), false);
    }

    /**
     * Starts loading one rank's share of the positions [start, end) of an order: micro-batches of
     * {@code train.per_device_batch_size} pairs in turn with the other ranks. The caller closes the loader.
     *
     * @param start the same on all ranks: 0 or the cursor of a checkpoint
     * @param end the same on all ranks; {@code end - start} is a multiple of the pairs that all ranks take at a time
     * @param report where rank 0 reports unusable rows; the others do so in files of their own beside it
     */
    public PairLoader load(SampleOrder order, long start, long end, Path report, Ranks ranks) {
        LoaderOptions options = loaderOptions()
                .withRank(ranks.rank(), ranks.size(), settings.train().perDeviceBatchSize())
                .withPositions(start, end)
                .withReport(report);
        return PairLoader.start(datasets, encoder, order, options);
    }

    /**
     * Starts loading chosen positions of an order, without a report of unusable rows; the caller closes the loader. The
     * pairs are those that {@link #load(SampleOrder, long, long, Path, Ranks)} delivers at these positions.
     */
    public PairLoader load(SampleOrder order, long[] positions) {
        return PairLoader.startAt(datasets, encoder, order, loaderOptions(), positions);
    }

    private LoaderOptions loaderOptions() {
        DataSettings data = settings.data();
        OnBadSample policy =
                data.onBadSample() == DataSettings.OnBadSample.REPLACE ? OnBadSample.REPLACE : OnBadSample.FAIL;
        // Enough for the pairs of the next micro-batch to be ready when this one ends.
        int ahead = Math.max(2 * data.numWorkers(), 2 * settings.train().perDeviceBatchSize());
        return LoaderOptions.of(data.numWorkers())
                .withPrefetch(ahead, data.prefetchBytes())
                .withBadSamples(policy, data.maxBadFraction(), 0);
    }

    /** Returns the place of a data set in the meta file, by its name. */
    public int indexOf(String dataset) {
        for (int i = 0; i < datasets.size(); i++) {
            if (datasets.get(i).name().equals(dataset)) {
                return i;
            }
        }
        throw new IllegalArgumentException("no data set " + dataset);
    }

    @Override
    public void close() {
        datasets.forEach(PairDataset::close);
    }
}
