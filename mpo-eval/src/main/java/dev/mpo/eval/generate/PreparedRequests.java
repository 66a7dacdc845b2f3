package dev.mpo.eval.generate;

import dev.mpo.core.DataException;
import dev.mpo.core.generate.Generation;
import dev.mpo.core.generate.GenerationListener;
import dev.mpo.core.generate.GenerationRequest;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Requests as the engine takes them, in order, prepared ahead by some threads. Those that cannot be prepared are left
 * out and reported, so that the engine's numbers of requests differ from the caller's; {@link #renumbering} translates.
 */
final class PreparedRequests implements Iterator<GenerationRequest>, AutoCloseable {

    private static final int AHEAD_PER_WORKER = 2;

    /** Is told of an answer that cannot be had. */
    @FunctionalInterface
    interface Failures {
        void failed(long request, int sample, RuntimeException reason);
    }

    private record Pending(long number, ChatRequest request, CompletableFuture<GenerationRequest> prepared) {}

    private final Iterator<ChatRequest> requests;
    private final Function<ChatRequest, GenerationRequest> prepare;
    private final Failures failures;
    private final ExecutorService threads;
    private final int ahead;
    private final Queue<Pending> pending = new ArrayDeque<>();
    private final List<Long> numbers = new ArrayList<>();
    private long numTaken;
    private @Nullable GenerationRequest next;

    PreparedRequests(
            Iterator<ChatRequest> requests,
            Function<ChatRequest, GenerationRequest> prepare,
            int numWorkers,
            Failures failures) {
        this.requests = requests;
        this.prepare = prepare;
        this.failures = failures;
        this.ahead = AHEAD_PER_WORKER * numWorkers;
        this.threads = Executors.newFixedThreadPool(numWorkers, task -> {
            Thread thread = new Thread(task, "prompts");
            thread.setDaemon(true);
            return thread;
        });
    }

    @Override
    public boolean hasNext() {
        while (next == null) {
            while (pending.size() < ahead && requests.hasNext()) {
                ChatRequest request = requests.next();
                pending.add(new Pending(
                        numTaken++, request, CompletableFuture.supplyAsync(() -> prepare.apply(request), threads)));
            }
            Pending first = pending.poll();
            if (first == null) {
                return false;
            }
            next = prepared(first);
        }
        return true;
    }

    private @Nullable GenerationRequest prepared(Pending one) {
        try {
            GenerationRequest request = one.prepared().join();
            numbers.add(one.number());
            return request;
        } catch (CompletionException | CancellationException e) {
            if (!(e.getCause() instanceof DataException reason)) {
                throw e.getCause() instanceof RuntimeException bug ? bug : e;
            }
            int first = one.request().options().firstSample();
            for (int i = 0; i < one.request().options().numSamples(); i++) {
                failures.failed(one.number(), first + i, reason);
            }
            return null;
        }
    }

    @Override
    public GenerationRequest next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        GenerationRequest request = Objects.requireNonNull(next);
        next = null;
        return request;
    }

    /** Returns a listener for the engine that tells {@code listener} the numbers of the original requests. */
    GenerationListener renumbering(GenerationListener listener) {
        return new GenerationListener() {
            @Override
            public boolean onText(long request, int sample, String piece) {
                return listener.onText(numbers.get((int) request), sample, piece);
            }

            @Override
            public void onFinished(Generation g) {
                listener.onFinished(new Generation(
                        numbers.get((int) g.request()),
                        g.sample(),
                        g.ids(),
                        g.logps(),
                        g.text(),
                        g.finishReason(),
                        g.promptTokens()));
            }
        };
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
