package dev.mpo.core.generate;

import dev.mpo.core.DataException;
import dev.mpo.core.TrainingDivergedException;
import dev.mpo.core.model.CachedDecoder;
import dev.mpo.core.model.PackedBatch;
import dev.mpo.core.model.PrefilledPrompt;
import dev.mpo.core.model.PrefixCache;
import dev.mpo.core.model.Segment;
import dev.mpo.core.model.VisionLanguageModel;
import dev.mpo.core.tensor.Scope;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Generates answers with a model, several at a time.
 *
 * <p>A prompt is read once, images included, for all its samples. Whenever an answer ends, the next waiting one takes
 * its place, so that as many as allowed are always being computed, whatever their lengths. Which answers are computed
 * together changes nothing but the last bits of the logits. Not for use by several threads at once.
 */
public final class TextGenerator {

    private final VisionLanguageModel model;
    private final TokenBytes tokenBytes;
    private final int imageTokenId;
    private final int maxConcurrent;
    private final @Nullable PrefixCache cache;

    /**
     * Creates a generator that reads every prompt from its beginning.
     *
     * @param model borrowed
     * @param tokenBytes the bytes that tokens contribute to texts
     * @param imageTokenId the placeholder of image features in prompts
     * @param maxConcurrent how many answers may be on their way at once: what bounds the memory of keys and values
     */
    public TextGenerator(VisionLanguageModel model, TokenBytes tokenBytes, int imageTokenId, int maxConcurrent) {
        this(model, tokenBytes, imageTokenId, maxConcurrent, null);
    }

    /**
     * Creates a generator.
     *
     * @param model borrowed
     * @param tokenBytes the bytes that tokens contribute to texts
     * @param imageTokenId the placeholder of image features in prompts
     * @param maxConcurrent how many answers may be on their way at once: what bounds the memory of keys and values
     * @param cache what was read for earlier prompts, borrowed; null to read every prompt from its beginning
     */
    public TextGenerator(
            VisionLanguageModel model,
            TokenBytes tokenBytes,
            int imageTokenId,
            int maxConcurrent,
            @Nullable PrefixCache cache) {
        if (maxConcurrent < 1) {
            throw new IllegalArgumentException("maxConcurrent " + maxConcurrent);
        }
        this.model = model;
        this.tokenBytes = tokenBytes;
        this.imageTokenId = imageTokenId;
        this.maxConcurrent = maxConcurrent;
        this.cache = cache;
    }

    /** Generates the answers to one prompt, in the order of their numbers. */
    public List<Generation> generate(Prompt prompt, GenerationOptions options) {
        return generate(prompt, options, new GenerationListener() {});
    }

    /** Generates the answers to one prompt, in the order of their numbers, while a listener watches. */
    public List<Generation> generate(Prompt prompt, GenerationOptions options, GenerationListener listener) {
        List<GenerationRequest> one = List.of(new GenerationRequest(prompt, options));
        return generateAll(one, listener).get(0);
    }

    /** Generates the answers to several prompts: for each, in order, its answers in the order of their numbers. */
    public List<List<Generation>> generateAll(List<GenerationRequest> requests, GenerationListener listener) {
        List<Generation[]> answers = new ArrayList<>();
        requests.forEach(request -> answers.add(new Generation[request.options().numSamples()]));
        run(requests.iterator(), new GenerationListener() {
            @Override
            public boolean onText(long request, int sample, String piece) {
                return listener.onText(request, sample, piece);
            }

            @Override
            public void onFinished(Generation generation) {
                int request = (int) generation.request();
                int first = requests.get(request).options().firstSample();
                answers.get(request)[generation.sample() - first] = generation;
                listener.onFinished(generation);
            }
        });
        return answers.stream().map(List::of).toList();
    }

    /**
     * Generates the answers to any number of prompts, each taken when there is room for it. Answers go to the listener
     * as they end.
     *
     * @throws DataException if a prompt has more or fewer placeholders than its images have features
     * @throws TrainingDivergedException if the model's logits are not numbers
     */
    public void run(Iterator<GenerationRequest> requests, GenerationListener listener) {
        try (Run run = new Run(requests, listener)) {
            run.toTheEnd();
        }
    }

    private PackedBatch batch(Prompt prompt) {
        int length = prompt.ids().length;
        int[] imageRows = IntStream.range(0, length)
                .filter(i -> prompt.ids()[i] == imageTokenId)
                .toArray();
        int expected = prompt.numTiles() * model.config().imageTokensPerTile();
        if (imageRows.length != expected) {
            throw new DataException("prompt: expected " + expected + " image tokens for its " + prompt.numTiles()
                    + " tiles, got " + imageRows.length
                    + ". Fix: mark each image once in the question, and leave image tokens out of the text");
        }
        int[] lengths = new int[length];
        Arrays.fill(lengths, length);
        return new PackedBatch(
                prompt.tiles(),
                prompt.numTiles(),
                prompt.tileSize(),
                prompt.ids(),
                IntStream.range(0, length).toArray(),
                lengths,
                imageRows,
                List.of(Segment.whole(0, length)),
                new int[] {length - 1},
                new int[] {0},
                true);
    }

    /** One call: the answers on their way, and the prompt some of whose samples still wait. */
    private final class Run implements AutoCloseable {

        private final Iterator<GenerationRequest> requests;
        private final GenerationListener listener;
        private final CachedDecoder decoder = new CachedDecoder(model);
        private final List<ActiveSequence> active = new ArrayList<>();
        private final TokenSampler sampler = new TokenSampler();
        private long numRequests;
        private @Nullable Waiting waiting;

        Run(Iterator<GenerationRequest> requests, GenerationListener listener) {
            this.requests = requests;
            this.listener = listener;
        }

        void toTheEnd() {
            fill();
            while (!active.isEmpty()) {
                step();
                fill();
            }
        }

        private void step() {
            int[] tokens = active.stream().mapToInt(ActiveSequence::lastId).toArray();
            try (Scope scope = new Scope()) {
                NextTokens next = next(new NextTokens(scope, decoder.step(scope, tokens)), active.size());
                for (int i = 0; i < tokens.length; i++) {
                    active.get(i).advance(next, i);
                }
            }
            for (int i = tokens.length - 1; i >= 0; i--) {
                if (active.get(i).isFinished()) {
                    decoder.remove(i);
                    ActiveSequence last = active.remove(active.size() - 1);
                    if (i < active.size()) {
                        active.set(i, last);
                    }
                }
            }
        }

        private void fill() {
            while (active.size() < maxConcurrent) {
                if (waiting == null && !requests.hasNext()) {
                    return;
                }
                if (waiting == null) {
                    waiting = new Waiting(numRequests++, requests.next());
                }
                start(waiting);
                if (waiting.isExhausted()) {
                    waiting.close();
                    waiting = null;
                }
            }
        }

        /** Takes the first token of the next sample, which then takes part in steps unless that was all. */
        private void start(Waiting from) {
            int sample = from.nextSample++;
            listener.onStarted(from.number, sample, from.prompt.length(), from.prompt.reused());
            ActiveSequence sequence = new ActiveSequence(
                    from.number, sample, from.request.options(), from.prompt.length(), tokenBytes, listener, sampler);
            sequence.advance(from.first, 0);
            if (!sequence.isFinished()) {
                decoder.add(from.prompt);
                active.add(sequence);
            }
        }

        @Override
        public void close() {
            if (waiting != null) {
                waiting.close();
            }
            decoder.close();
        }

        /** A prompt that was read. */
        private final class Waiting implements AutoCloseable {
            private final long number;
            private final GenerationRequest request;
            private final PrefilledPrompt prompt;
            private final Scope scope = new Scope();
            private final NextTokens first;
            private int nextSample;

            Waiting(long number, GenerationRequest request) {
                this.number = number;
                this.request = request;
                this.nextSample = request.options().firstSample();
                PackedBatch batch = batch(request.prompt());
                this.prompt = cache == null ? decoder.prefill(batch) : decoder.prefill(batch, cache);
                try {
                    this.first = next(new NextTokens(scope, prompt.logits()), 1);
                } catch (RuntimeException e) {
                    close();
                    throw e;
                }
            }

            boolean isExhausted() {
                GenerationOptions options = request.options();
                return nextSample == options.firstSample() + options.numSamples();
            }

            @Override
            public void close() {
                scope.close();
                prompt.close();
            }
        }
    }

    private static NextTokens next(NextTokens tokens, int rows) {
        for (int row = 0; row < rows; row++) {
            if (!Double.isFinite(tokens.logp(row, tokens.largest(row)))) {
                throw new TrainingDivergedException("generation: the model's logits are not finite numbers;"
                        + " its weights are damaged or its training diverged. Use another checkpoint");
            }
        }
        return tokens;
    }
}
