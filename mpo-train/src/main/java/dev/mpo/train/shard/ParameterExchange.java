package dev.mpo.train.shard;

import dev.mpo.core.InterruptedRunException;
import dev.mpo.core.MpoException;
import dev.mpo.core.model.ParameterBuffer;
import dev.mpo.core.model.Sharding;
import dev.mpo.core.model.StageHooks;
import dev.mpo.core.model.VisionLanguageModel;
import dev.mpo.train.ranks.Collectives;
import dev.mpo.train.ranks.Work;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Moves weights and gradients between the ranks while a model is computed, so that communication runs beside
 * computation.
 *
 * <p>Weights that are divided are gathered when a stage needs them; the next stage's gathering starts at the same time.
 * Gradients are summed stage by stage as the backward pass leaves the stages, always in the same order, that of a pass
 * over images: a rank that skips the vision stages contributes zeros. Updated weights of ranks that compute with all of
 * them are gathered in the background and awaited when a stage first uses them.
 *
 * <p>Every rank makes the same calls in the same order. One exchange serves all models of a process.
 */
public final class ParameterExchange {

    private static final int IDLE_SECONDS = 5;

    private final Collectives collectives;
    private final Map<ParameterBuffer, Gathering> gatherings = new HashMap<>();
    private final Map<ParameterBuffer, Work> updates = new HashMap<>();
    // One thread, which ends when nothing has been added for a while.
    private final ExecutorService adder =
            new ThreadPoolExecutor(0, 1, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                Thread thread = new Thread(task, "gradients");
                thread.setDaemon(true);
                return thread;
            });
    private boolean lastMicroBatch = true;

    /** Creates an exchange; the collectives are borrowed. */
    public ParameterExchange(Collectives collectives) {
        this.collectives = collectives;
    }

    /** The state of a buffer whose weights come and go. */
    private static final class Gathering {
        private @Nullable Work work;
        private int users;
    }

    /** Follows the passes of a model from now on. */
    public void attach(VisionLanguageModel model) {
        Sharding sharding = model.options().sharding();
        if (sharding.ranks() > 1 || sharding.passingGradients() || sharding.dividesWeights()) {
            model.setHooks(new Hooks(model.stages(), sharding));
        }
    }

    /**
     * Says whether the next backward pass is the last of an optimizer step. Where sums stay on the rank between
     * micro-batches, only that one communicates.
     */
    public void setLastMicroBatch(boolean last) {
        lastMicroBatch = last;
    }

    /**
     * Makes updated weights known: to this rank's copy in the compute type and, where every rank computes with all
     * weights, to the others. Returns at once; the stages wait for what they need.
     */
    public void publish(Collection<ParameterBuffer> buffers) {
        for (ParameterBuffer buffer : buffers) {
            buffer.publish();
            boolean part = buffer.ownedLength() < buffer.length();
            if (part && !buffer.sharding().dividesWeights()) {
                updates.put(buffer, collectives.allGather(buffer.computeShard(), buffer.weights()));
            }
        }
    }

    /** Returns the sum of a number over the ranks. */
    public double sumOverRanks(double mine) {
        return collectives.size() == 1 ? mine : collectives.allReduceSum(new double[] {mine})[0];
    }

    /** Waits until all published weights are everywhere. */
    public void settle() {
        updates.values().forEach(Work::await);
        updates.clear();
    }

    private void use(ParameterBuffer buffer) {
        if (!buffer.sharding().dividesWeights()) {
            Work update = updates.remove(buffer);
            if (update != null) {
                update.await();
            }
            return;
        }
        start(buffer);
        Gathering gathering = gathering(buffer);
        if (gathering.work != null) {
            gathering.work.await();
            gathering.work = null;
        }
        gathering.users++;
    }

    private void start(ParameterBuffer buffer) {
        if (buffer.sharding().dividesWeights() && !buffer.hasWeights()) {
            buffer.allocateWeights();
            gathering(buffer).work = collectives.allGather(buffer.computeShard(), buffer.weights());
        }
    }

    private void release(ParameterBuffer buffer) {
        if (buffer.sharding().dividesWeights() && --gathering(buffer).users == 0) {
            buffer.freeWeights();
        }
    }

    /** Forgets weights that were fetched for a stage that did not come. */
    private void releaseUnused(Collection<ParameterBuffer> buffers) {
        for (ParameterBuffer buffer : buffers) {
            Gathering gathering = gatherings.get(buffer);
            if (gathering != null && gathering.users == 0 && buffer.hasWeights()) {
                if (gathering.work != null) {
                    gathering.work.await();
                    gathering.work = null;
                }
                buffer.freeWeights();
            }
        }
    }

    private Gathering gathering(ParameterBuffer buffer) {
        return gatherings.computeIfAbsent(buffer, b -> new Gathering());
    }

    /** What one model's passes make happen. */
    private final class Hooks implements StageHooks {
        private final List<List<ParameterBuffer>> stages;
        private final Map<ParameterBuffer, Integer> firstStage = new HashMap<>();
        private final boolean divided;
        private final List<ParameterBuffer> backwardOrder = new ArrayList<>();
        private final Set<ParameterBuffer> ready = new HashSet<>();
        private final List<Summing> underWay = new ArrayList<>();
        private int nextSum;

        Hooks(List<List<ParameterBuffer>> stages, Sharding sharding) {
            this.stages = stages;
            this.divided = sharding.dividesWeights();
            for (int i = stages.size() - 1; i >= 0; i--) {
                for (ParameterBuffer buffer : stages.get(i)) {
                    firstStage.put(buffer, i);
                }
            }
            // A buffer of two stages is complete when the lower one, which comes last, is done.
            for (int i = stages.size() - 1; i >= 0; i--) {
                for (ParameterBuffer buffer : stages.get(i)) {
                    if (buffer.trained() && firstStage.getOrDefault(buffer, -1) == i) {
                        backwardOrder.add(buffer);
                    }
                }
            }
        }

        @Override
        public boolean anyImages(boolean mine) {
            return divided ? collectives.allReduceMax(new double[] {mine ? 1 : 0})[0] > 0 : mine;
        }

        private int position(List<ParameterBuffer> stage) {
            return firstStage.getOrDefault(stage.get(0), 0);
        }

        private void prefetch(int stage, IntFunction<Boolean> exists) {
            if (divided && exists.apply(stage)) {
                stages.get(stage).forEach(ParameterExchange.this::start);
            }
        }

        @Override
        public void beforeForward(List<ParameterBuffer> stage) {
            stage.forEach(ParameterExchange.this::start);
            prefetch(position(stage) + 1, next -> next < stages.size());
            stage.forEach(ParameterExchange.this::use);
        }

        @Override
        public void afterForward(List<ParameterBuffer> stage) {
            stage.forEach(ParameterExchange.this::release);
            if (position(stage) == stages.size() - 1) {
                releaseUnused(firstStage.keySet());
            }
        }

        @Override
        public void beforeBackward(List<ParameterBuffer> stage, boolean weights) {
            if (weights) {
                stage.forEach(ParameterExchange.this::start);
                prefetch(position(stage) - 1, previous -> previous >= 0 && trainedUpTo(previous));
                stage.forEach(ParameterExchange.this::use);
            }
            for (ParameterBuffer buffer : stage) {
                if (buffer.trained() && !buffer.hasGradients()) {
                    buffer.allocateGradients();
                }
            }
        }

        private boolean trainedUpTo(int stage) {
            return stages.subList(0, stage + 1).stream().flatMap(List::stream).anyMatch(ParameterBuffer::trained);
        }

        @Override
        public void afterBackward(List<ParameterBuffer> stage, boolean weights) {
            if (weights) {
                stage.forEach(ParameterExchange.this::release);
            }
            int position = position(stage);
            for (ParameterBuffer buffer : stage) {
                if (buffer.trained() && firstStage.getOrDefault(buffer, -1) == position) {
                    ready.add(buffer);
                }
            }
            while (nextSum < backwardOrder.size() && ready.contains(backwardOrder.get(nextSum))) {
                sum(backwardOrder.get(nextSum++));
            }
        }

        @Override
        public void endBackward() {
            while (nextSum < backwardOrder.size()) {
                sum(backwardOrder.get(nextSum++));
            }
            underWay.forEach(Summing::finish);
            underWay.clear();
            nextSum = 0;
            ready.clear();
            releaseUnused(firstStage.keySet());
        }

        private void sum(ParameterBuffer buffer) {
            if (!buffer.passingGradients() && !lastMicroBatch) {
                return;
            }
            if (!buffer.hasGradients()) {
                buffer.allocateGradients();
            }
            underWay.add(new Summing(buffer));
            // Two at a time: one on its way, one being added up. More would keep the gradients of more stages.
            while (buffer.passingGradients() && underWay.size() > 2) {
                underWay.remove(0).finish();
            }
        }
    }

    /**
     * The gradients of one stage on their way to the ranks that sum them, and from there to the sums of earlier
     * micro-batches, which may be in host memory. That second way is gone beside the computation as well.
     */
    private final class Summing {
        private final ParameterBuffer buffer;
        private final Work work;
        private final PartialSums sums;
        private final Future<?> added;

        Summing(ParameterBuffer buffer) {
            this.buffer = buffer;
            this.sums = new PartialSums(buffer);
            this.work = collectives.size() == 1
                    ? Work.DONE
                    : buffer.ownedLength() == buffer.length()
                            ? collectives.allReduceSum(buffer.gradients())
                            : collectives.reduceScatterSum(buffer.gradients(), sums.own());
            this.added = buffer.passingGradients() ? adder.submit(this::add) : CompletableFuture.completedFuture(null);
        }

        private void add() {
            work.await();
            sums.addToOwned();
        }

        void finish() {
            awaitAdded();
            work.await();
            sums.close();
            if (buffer.passingGradients()) {
                buffer.freeGradients();
            }
        }

        private void awaitAdded() {
            try {
                added.get();
            } catch (ExecutionException e) {
                if (e.getCause() instanceof MpoException failure) {
                    throw failure;
                }
                throw new IllegalStateException("gradients of " + buffer.stage() + " cannot be added", e.getCause());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedRunException("interrupted while gradients are added");
            }
        }
    }
}
