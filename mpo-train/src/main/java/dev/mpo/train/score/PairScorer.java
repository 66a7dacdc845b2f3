package dev.mpo.train.score;

import dev.mpo.core.CheckpointException;
import dev.mpo.core.ConfigException;
import dev.mpo.core.DataException;
import dev.mpo.core.model.VisionLanguageModel;
import dev.mpo.core.tensor.TorchRuntime;
import dev.mpo.data.pair.EncodedPair;
import dev.mpo.train.config.RunConfig;
import dev.mpo.train.reference.AdapterReference;
import dev.mpo.train.setup.ModelFolder;
import dev.mpo.train.setup.Models;
import dev.mpo.train.setup.PairData;
import dev.mpo.train.setup.Training;
import dev.mpo.train.step.BatchPacker;
import dev.mpo.train.step.PackedPairs;
import dev.mpo.train.step.PairLogps;
import dev.mpo.train.step.ReferenceModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Scores preference pairs: the summed log-probabilities of both answers under a policy and, if there is one, a
 * reference, and the rewards that follow.
 *
 * <p>{@link #scoreAll(RunConfig, Path, ScoreProgress)} does what {@code mpo score} does. The settings are those of a
 * training run: {@code model.path} (with its adapters, if {@code model.lora} names any), {@code data.*},
 * {@code loss.beta}, {@code train.per_device_batch_size} and {@code engine.mode} matter. The reference is the
 * checkpoint in {@code reference.path}, or the policy without its adapters if {@code reference.mode} is adapter;
 * otherwise there is none, and only log-probabilities are computed. Images are never augmented.
 */
public final class PairScorer implements AutoCloseable {

    private final RunConfig settings;
    private final ModelFolder folder;
    private final PairData data;
    private final VisionLanguageModel policy;
    private final @Nullable ReferenceModel reference;
    private final BatchPacker packer;

    private PairScorer(
            RunConfig settings,
            ModelFolder folder,
            PairData data,
            VisionLanguageModel policy,
            @Nullable ReferenceModel reference) {
        this.settings = settings;
        this.folder = folder;
        this.data = data;
        this.policy = policy;
        this.reference = reference;
        this.packer = Training.packer(settings, folder, data);
    }

    /**
     * Loads the models and opens the data.
     *
     * @param settings with at least {@code model.path} and {@code data.meta}
     * @throws dev.mpo.core.MpoException saying what is wrong with the settings, the data or a model
     */
    public static PairScorer open(RunConfig settings) {
        ModelFolder folder =
                ModelFolder.open(Models.policyPath(settings), settings.model().imageSize());
        List<AutoCloseable> opened = new ArrayList<>(List.of(folder));
        try {
            PairData data = PairData.open(settings, folder.config(), folder.tokenizer());
            opened.add(data);
            VisionLanguageModel policy = Models.frozenPolicy(settings, folder);
            opened.add(policy);
            return new PairScorer(settings, folder, data, policy, reference(settings, folder, policy));
        } catch (RuntimeException e) {
            opened.forEach(PairScorer::closeQuietly);
            throw e;
        }
    }

    private static void closeQuietly(AutoCloseable resource) {
        try {
            resource.close();
        } catch (Exception e) {
            // What went wrong before is what the caller must hear of.
        }
    }

    private static @Nullable ReferenceModel reference(
            RunConfig settings, ModelFolder folder, VisionLanguageModel policy) {
        String path = settings.reference().path();
        return switch (settings.reference().mode()) {
            case COPY -> path == null ? null : Models.copy(settings, folder, Path.of(path));
            case ADAPTER -> new AdapterReference(policy);
            case CACHED ->
                throw new ConfigException(
                        "reference.mode: cached is of use in training only; set reference.mode=copy and"
                                + " name the reference (--reference or reference.path)");
        };
    }

    /**
     * Scores every row of a meta file, once and in file order, to a file of {@link ScoredPair} lines.
     *
     * <p>A row that cannot be used is logged, counted and left out. The file appears under its name when all rows are
     * done.
     *
     * @param settings see the class
     * @param out the file; replaced if it exists
     * @throws DataException after all other rows have been scored, if more rows cannot be used than
     *     {@code data.max_bad_fraction} allows; or at once, if a setting says that such a row or one that is too long
     *     stops the run
     * @throws CheckpointException if a log-probability is not a finite number
     */
    public static ScoreSummary scoreAll(RunConfig settings, Path out, ScoreProgress progress) {
        Integer numThreads = settings.train().numThreads();
        if (numThreads != null) {
            TorchRuntime.setNumThreads(numThreads);
        }
        try (PairScorer scorer = open(settings)) {
            BadRows bad;
            ScoreSummary summary;
            try (ScoreFile file = ScoreFile.create(out)) {
                ScoreRun run = scorer.run(progress);
                summary = run.toEnd(file::write);
                bad = run.badRows();
                file.finish();
            }
            bad.throwIfTooMany(out);
            return summary;
        }
    }

    /**
     * Scores every row of the data once, in file order.
     *
     * @param rows called with each scored pair, in order
     */
    public ScoreSummary scoreAll(Consumer<ScoredPair> rows, ScoreProgress progress) {
        return run(progress).toEnd(rows);
    }

    private ScoreRun run(ScoreProgress progress) {
        return new ScoreRun(this, data, settings, progress);
    }

    /** Scores some pairs as one batch. */
    public List<ScoredPair> score(List<EncodedPair> pairs) {
        PackedPairs packed = packer.pack(pairs);
        PairLogps logps = PairLogps.of(packed, policy.score(packed.batch()));
        PairLogps referenceLogps = reference == null ? null : reference.logps(pairs, packed);
        List<ScoredPair> scored = new ArrayList<>();
        for (int i = 0; i < pairs.size(); i++) {
            ScoredPair one = scored(pairs.get(i), i, logps, referenceLogps);
            requireFinite(pairs.get(i), "policy", one.policyChosenLogps(), one.policyRejectedLogps());
            if (referenceLogps != null) {
                requireFinite(
                        pairs.get(i),
                        "reference",
                        referenceLogps.chosen()[i],
                        referenceLogps.rejected()[i]);
            }
            scored.add(one);
        }
        return scored;
    }

    private ScoredPair scored(EncodedPair pair, int i, PairLogps policyLogps, @Nullable PairLogps referenceLogps) {
        double chosen = policyLogps.chosen()[i];
        double rejected = policyLogps.rejected()[i];
        return referenceLogps == null
                ? ScoredPair.withoutReference(pair.dataset(), pair.line(), chosen, rejected)
                : ScoredPair.withReference(
                        pair.dataset(),
                        pair.line(),
                        chosen,
                        rejected,
                        referenceLogps.chosen()[i],
                        referenceLogps.rejected()[i],
                        settings.loss().beta());
    }

    private static void requireFinite(EncodedPair pair, String model, double chosen, double rejected) {
        if (!Double.isFinite(chosen) || !Double.isFinite(rejected)) {
            throw new CheckpointException(pair.where() + ": expected finite log-probabilities, but the " + model
                    + " gives " + chosen + " for the chosen and " + rejected
                    + " for the rejected answer; its weights probably hold NaN or infinity: check how it was trained,"
                    + " or take an earlier checkpoint");
        }
    }

    /** Returns the data. */
    public PairData data() {
        return data;
    }

    /** Frees the models and closes the data. */
    @Override
    public void close() {
        if (reference != null) {
            reference.close();
        }
        policy.close();
        data.close();
        folder.close();
    }
}
