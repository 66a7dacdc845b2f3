package dev.mpo.train.callback;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mpo.train.metrics.StepMetrics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the numbers of every step as TensorBoard scalars, under the names that they have in {@code metrics.jsonl}.
 *
 * <p>{@code tensorboard --logdir RUN} follows the file while it grows. It is a convenience beside
 * {@code metrics.jsonl}: if it cannot be written, there is a warning and the run goes on.
 */
public final class TensorBoardCallback implements Callback, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(TensorBoardCallback.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String VERSION = "brain.Event:2";
    private static final double MILLIS = 1e3;

    // Field numbers of the messages Event, Summary and Summary.Value.
    private static final int EVENT_WALL_TIME = 1;
    private static final int EVENT_STEP = 2;
    private static final int EVENT_FILE_VERSION = 3;
    private static final int EVENT_SUMMARY = 5;
    private static final int SUMMARY_VALUE = 1;
    private static final int VALUE_TAG = 1;
    private static final int VALUE_SIMPLE = 2;

    private final Path folder;
    private @Nullable RecordFile file;

    /**
     * Prepares to write below a folder, which is made at the start of the run.
     *
     * @param folder such as {@code RUN/tensorboard}; each run adds a file named by the time of its start
     */
    public TensorBoardCallback(Path folder) {
        this.folder = folder;
    }

    @Override
    public void onStart(RunPlan plan) {
        attempt(() -> {
            Files.createDirectories(folder);
            // TensorBoard takes every file with tfevents in its name, and reads them in the order of their names.
            String name =
                    "events.out.tfevents.%010d.mpo".formatted(Instant.now().getEpochSecond());
            file = new RecordFile(folder.resolve(name));
            file.write(event().string(EVENT_FILE_VERSION, VERSION).toBytes());
        });
    }

    @Override
    public void onStep(StepMetrics metrics) {
        RecordFile open = file;
        if (open != null) {
            ProtobufWriter event = event().int64(EVENT_STEP, metrics.step()).message(EVENT_SUMMARY, summary(metrics));
            attempt(() -> open.write(event.toBytes()));
        }
    }

    private static ProtobufWriter event() {
        return new ProtobufWriter().float64(EVENT_WALL_TIME, Instant.now().toEpochMilli() / MILLIS);
    }

    private static ProtobufWriter summary(StepMetrics metrics) {
        ProtobufWriter summary = new ProtobufWriter();
        JsonNode row = JSON.valueToTree(metrics);
        for (Map.Entry<String, JsonNode> metric : row.properties()) {
            if (!metric.getKey().equals("step")) { // the step is the axis
                summary.message(
                        SUMMARY_VALUE,
                        new ProtobufWriter().string(VALUE_TAG, metric.getKey()).float32(VALUE_SIMPLE, (float)
                                metric.getValue().asDouble()));
            }
        }
        return summary;
    }

    /** Ends the file. */
    @Override
    public void close() {
        RecordFile open = file;
        if (open != null) {
            attempt(open::close);
        }
    }

    private interface Writing {
        void run() throws IOException;
    }

    private void attempt(Writing writing) {
        try {
            writing.run();
        } catch (IOException e) {
            file = null;
            LOG.warn(
                    "{}: TensorBoard events cannot be written any more ({}); metrics.jsonl has all numbers", folder, e);
        }
    }
}
