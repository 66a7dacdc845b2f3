package dev.mpo.train;

import dev.mpo.train.callback.Callback;
import dev.mpo.train.callback.RunPlan;
import dev.mpo.train.callback.TensorBoardCallback;
import dev.mpo.train.config.RunConfig;
import dev.mpo.train.metrics.MetricsFile;
import dev.mpo.train.metrics.StepMetrics;
import dev.mpo.train.setup.RunDirectory;
import java.util.List;
import java.util.Optional;

/**
 * What every run leaves about its course: {@code metrics.jsonl} and TensorBoard events. On closing, also after a
 * failure, it tells the run's observers that these files are complete.
 */
final class RunRecords implements Callback, AutoCloseable {

    private final RunDirectory directory;
    private final MetricsFile metrics;
    private final Optional<TensorBoardCallback> events;
    private final List<Callback> observers;

    private RunRecords(RunDirectory directory, Optional<TensorBoardCallback> events, List<Callback> observers) {
        this.directory = directory;
        this.observers = List.copyOf(observers);
        this.metrics = new MetricsFile(directory.metrics());
        this.events = events;
    }

    static RunRecords open(RunDirectory directory, RunConfig settings, List<Callback> observers) {
        return new RunRecords(
                directory,
                settings.log().tensorboard()
                        ? Optional.of(new TensorBoardCallback(directory.tensorboard()))
                        : Optional.empty(),
                observers);
    }

    @Override
    public void onStart(RunPlan plan) {
        events.ifPresent(each -> each.onStart(plan));
    }

    @Override
    public void onStep(StepMetrics step) {
        metrics.write(step);
        events.ifPresent(each -> each.onStep(step));
    }

    @Override
    public void close() {
        metrics.close();
        events.ifPresent(TensorBoardCallback::close);
        observers.forEach(each -> each.onRecorded(directory.path()));
    }
}
