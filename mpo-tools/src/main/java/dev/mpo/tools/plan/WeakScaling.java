package dev.mpo.tools.plan;

import dev.mpo.core.config.ModelConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * How the speed grows with the number of devices when every device keeps as much work per optimizer step: at each
 * number the fastest settings that fit, and what their communication costs.
 *
 * @param rows one per number of devices at which the model fits, smallest first
 */
public record WeakScaling(List<Row> rows) {

    private static final int LARGEST = 512;

    /** Copies the list. */
    public WeakScaling {
        rows = List.copyOf(rows);
    }

    /**
     * One number of devices.
     *
     * @param choice the settings, with the speed of all devices together
     * @param time the time of an optimizer step
     * @param efficiency speed per device, relative to the smallest number of devices at which the model fits
     */
    public record Row(Plan.Choice choice, TimeModel.StepTime time, double efficiency) {}

    /**
     * Computes the curve for 1, 2, 4, ... 512 devices.
     *
     * @param base what is not varied; its pairs per step are those of all its devices
     * @param allowed which combinations to consider
     */
    public static WeakScaling of(
            ModelConfig config, PairShape pair, DeviceSpec device, PlanSettings base, Predicate<PlanSettings> allowed) {
        int perDevice = Math.max(1, base.pairsPerStep() / base.devices());
        TimeModel time = new TimeModel(new MemoryModel(config, device.calibration()), device);
        List<Row> rows = new ArrayList<>();
        double best = 0;
        for (int devices = 1; devices <= LARGEST; devices *= 2) {
            PlanSettings settings = base.withParallel(base.shard(), base.offload(), devices)
                    .withPairs(base.batchSize(), perDevice * devices);
            Plan.Choice choice = Plan.search(config, pair, device, settings, allowed)
                    .recommended()
                    .orElse(null);
            if (choice != null) {
                double each = choice.pairsPerSecond() / devices;
                best = rows.isEmpty() ? each : best;
                rows.add(new Row(choice, time.step(choice.flops(), choice.settings()), each / best));
            }
        }
        return new WeakScaling(rows);
    }
}
