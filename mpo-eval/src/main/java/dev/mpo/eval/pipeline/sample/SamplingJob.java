package dev.mpo.eval.pipeline.sample;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mpo.core.ConfigException;
import dev.mpo.core.InterruptedRunException;
import dev.mpo.core.generate.Generation;
import dev.mpo.core.generate.GenerationListener;
import dev.mpo.core.generate.GenerationOptions;
import dev.mpo.data.jsonl.JsonlFile;
import dev.mpo.eval.generate.ChatRequest;
import dev.mpo.eval.generate.Generator;
import dev.mpo.eval.prompt.PromptVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;

/**
 * Samples texts for the rows of a prompt file and appends them to a file as they come.
 *
 * <p>The job can end at any moment and be started again: samples that exist are known by question and number and are
 * not made twice, whatever order they came in, and each sample depends on the seed, its question and its number alone.
 * Several processes share the rows by rank; each writes a file of its own.
 */
public final class SamplingJob {

    private final SamplingRecipe recipe;
    private final SamplingOptions options;

    private SamplingJob(SamplingRecipe recipe, SamplingOptions options) {
        this.recipe = recipe;
        this.options = options;
    }

    /** Returns the job that asks for reasoned answers to questions with known answers. */
    public static SamplingJob correctness(SamplingOptions options, PromptVersion version) {
        PromptVersion ofFile = version.forFile(options.promptFile().toString());
        return new SamplingJob(new CorrectnessRecipe(ofFile, options.imageRoot()), options);
    }

    /**
     * Returns the job that lets chosen answers be continued from some place on.
     *
     * @param startRatio the share of the words that is kept, from 0 to 1
     * @param words what a word is
     * @param withImage whether the model sees the picture
     */
    public static SamplingJob dropoutNtp(
            SamplingOptions options, double startRatio, DropoutPrefix.Words words, boolean withImage) {
        return new SamplingJob(new DropoutRecipe(startRatio, words, withImage, options.imageRoot()), options);
    }

    /**
     * Makes the samples that are missing.
     *
     * @param generator what answers; borrowed
     * @throws InterruptedRunException if the listener asked to stop; everything that came is written
     * @throws ConfigException if files cannot be read or written, or a server cannot be reached
     */
    public SamplingReport run(Generator generator, SamplingListener listener) {
        createFolders();
        try (JsonlFile prompts = JsonlFile.open(options.promptFile());
                SampleFile out = SampleFile.open(options.output());
                FailureFile failed = new FailureFile(options.failures())) {
            SamplingListener noting = failed.noting(listener);
            SamplingPlan plan = SamplingPlan.of(prompts, recipe, options, noting);
            Run run = new Run(prompts, out, plan, noting);
            listener.onStart(run.report());
            generator.run(run, run);
            if (options.ranks().isFirst()) {
                recipe.finish(options);
            }
            return run.report();
        }
    }

    private void createFolders() {
        try {
            Files.createDirectories(options.outDir());
            if (options.ranks().isFirst()) {
                ImageRoots.write(options.outDir(), options.dataset(), options.imageRoot());
            }
        } catch (IOException e) {
            throw new ConfigException("--out-dir " + options.outDir() + " cannot be made: " + e, e);
        }
    }

    /** What is asked next, and what becomes of the answers. */
    private final class Run implements Iterator<ChatRequest>, GenerationListener {

        private final JsonlFile prompts;
        private final SampleFile out;
        private final SamplingPlan plan;
        private final SamplingListener listener;
        private final Iterator<SamplingPlan.Gap> gaps;
        private final Map<Long, Asked> underWay = new HashMap<>();
        private final long before;
        private final long wanted;
        private long numRequests;
        private long written;
        private long useless;
        private long failed;

        Run(JsonlFile prompts, SampleFile out, SamplingPlan plan, SamplingListener listener) {
            this.prompts = prompts;
            this.out = out;
            this.plan = plan;
            this.listener = listener;
            int numSamples = options.samples().numSamples();
            DoneSamples done =
                    DoneSamples.read(SampleFolder.files(options.outDir(), options.dataset()), recipe.keyFields());
            this.wanted = (long) numSamples * plan.items().size();
            this.before = plan.items().stream()
                    .mapToLong(item -> done.count(item.key(), item.firstSample(), numSamples))
                    .sum();
            this.gaps = plan.gaps(done, numSamples);
        }

        @Override
        public boolean hasNext() {
            return gaps.hasNext();
        }

        @Override
        public ChatRequest next() {
            SamplingPlan.Gap gap = gaps.next();
            ObjectNode row = prompts.object(gap.item().line(), "write " + recipe.advice());
            GenerationOptions base = options.samples();
            long seed = SampleKey.seed(base.seed(), gap.item().key());
            underWay.put(numRequests++, new Asked(gap, row));
            return recipe.request(row, base.withSeed(seed).withSamples(gap.firstSample(), gap.count()));
        }

        @Override
        public boolean onText(long request, int sample, String piece) {
            if (listener.stopRequested()) {
                throw new InterruptedRunException(
                        "stopped as asked; " + written + " samples were written. Run the same command to go on");
            }
            return true;
        }

        @Override
        public void onFinished(Generation answer) {
            Asked asked = asked(answer.request());
            ObjectNode draft = recipe.draft(asked.row(), where(asked));
            draft.put("sample", answer.sample());
            Optional<ObjectNode> row = recipe.finish(draft, asked.row(), answer);
            if (row.isPresent()) {
                out.append(row.get());
                written++;
                listener.onSample(row.get());
            } else {
                useless++;
            }
            end(answer.request(), asked);
        }

        @Override
        public void onFailed(long request, int sample, RuntimeException reason) {
            Asked asked = asked(request);
            failed++;
            listener.onFailure(where(asked) + ", sample " + sample, String.valueOf(reason.getMessage()));
            end(request, asked);
        }

        private Asked asked(long request) {
            Asked asked = underWay.get(request);
            if (asked == null) {
                throw new IllegalStateException("an answer to request " + request + ", which is not under way");
            }
            return asked;
        }

        private void end(long request, Asked asked) {
            if (++asked.ended == asked.gap.count()) {
                underWay.remove(request);
            }
            listener.onProgress(before + written + useless + failed, wanted);
        }

        private String where(Asked asked) {
            return prompts.where(asked.gap.item().line());
        }

        SamplingReport report() {
            return new SamplingReport(
                    out.path(),
                    prompts.rowCount(),
                    plan.items().size() + plan.badRows(),
                    plan.badRows(),
                    wanted,
                    before,
                    written,
                    useless,
                    failed);
        }
    }

    /** A request whose answers are not all there yet. */
    private static final class Asked {
        private final SamplingPlan.Gap gap;
        private final ObjectNode row;
        private int ended;

        Asked(SamplingPlan.Gap gap, ObjectNode row) {
            this.gap = gap;
            this.row = row;
        }

        ObjectNode row() {
            return row;
        }
    }
}
