package dev.mpo.core.model;

import dev.mpo.core.tensor.Device;
import dev.mpo.core.tensor.TorchRuntime;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * Wall time by kind of work, summed over passes. On a device that works asynchronously it shows only the launching,
 * unless it is told to {@linkplain #waitForDevice wait}.
 */
public final class StageTimer {

    /** A kind of work. */
    public enum Work {
        /** Vision tower and projector, forward. */
        VISION,
        /** Token embedding and decoder layers, forward: prefix and branches together. */
        LANGUAGE,
        /** Final norm and output head, forward. */
        SCORING,
        /** Vision tower and projector, backward, with recomputation. */
        VISION_BACKWARD,
        /** Token embedding and decoder layers, backward, with recomputation. */
        LANGUAGE_BACKWARD,
        /** Final norm and output head, backward. */
        SCORING_BACKWARD
    }

    private final Map<Work, Long> nanos = new EnumMap<>(Work.class);
    private final Device device;
    private boolean waiting;

    StageTimer(Device device) {
        this.device = device;
    }

    /**
     * Sets whether each piece of work is waited for before its time is taken. The times are then those of the device,
     * and the whole takes longer, since the device idles while the next piece is prepared.
     */
    public void waitForDevice(boolean wait) {
        waiting = wait;
    }

    static Work forward(Stage stage) {
        return stage.name().startsWith("language") ? Work.LANGUAGE : Work.VISION;
    }

    static Work backward(Stage stage) {
        return stage.name().startsWith("language") ? Work.LANGUAGE_BACKWARD : Work.VISION_BACKWARD;
    }

    void add(Work work, long startNanos) {
        if (waiting) {
            TorchRuntime.synchronize(device);
        }
        nanos.merge(work, System.nanoTime() - startNanos, Long::sum);
    }

    /** Returns the times so far in nanoseconds; kinds that never ran are absent. */
    public Map<Work, Long> nanos() {
        return Collections.unmodifiableMap(nanos);
    }

    /** Forgets the times so far. */
    public void reset() {
        nanos.clear();
    }
}
