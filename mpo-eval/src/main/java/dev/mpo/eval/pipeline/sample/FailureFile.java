package dev.mpo.eval.pipeline.sample;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mpo.core.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The file that tells what the last run could not get, and why; there is none if it got everything. */
final class FailureFile implements AutoCloseable {

    private final Path path;
    private @Nullable SampleFile file;

    /** Forgets the failures of earlier runs. */
    FailureFile(Path path) {
        this.path = path;
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            throw new ConfigException(path + " cannot be removed: " + e, e);
        }
    }

    private void add(String where, String reason) {
        SampleFile open = file;
        if (open == null) {
            try {
                Files.createDirectories(path.getParent());
            } catch (IOException e) {
                throw new ConfigException(path.getParent() + " cannot be made: " + e, e);
            }
            open = SampleFile.open(path);
            file = open;
        }
        open.append(JsonNodeFactory.instance.objectNode().put("where", where).put("reason", reason));
    }

    /** Returns a listener that writes failures down and tells {@code listener} everything. */
    SamplingListener noting(SamplingListener listener) {
        return new SamplingListener() {
            @Override
            public void onStart(SamplingReport before) {
                listener.onStart(before);
            }

            @Override
            public void onProgress(long done, long total) {
                listener.onProgress(done, total);
            }

            @Override
            public void onSample(ObjectNode row) {
                listener.onSample(row);
            }

            @Override
            public void onFailure(String where, String reason) {
                String told = reason.startsWith(where + ": ") ? reason.substring(where.length() + 2) : reason;
                add(where, told);
                listener.onFailure(where, told);
            }

            @Override
            public boolean stopRequested() {
                return listener.stopRequested();
            }
        };
    }

    @Override
    public void close() {
        if (file != null) {
            file.close();
        }
    }
}
