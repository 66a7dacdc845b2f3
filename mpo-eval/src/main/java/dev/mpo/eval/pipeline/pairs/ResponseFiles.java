package dev.mpo.eval.pipeline.pairs;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mpo.core.DataException;
import dev.mpo.data.jsonl.JsonlFile;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sampled answers of one data set: the rows of its files one after the other. A last line that was never finished,
 * because the process that wrote it was killed, does not count.
 */
final class ResponseFiles implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ResponseFiles.class);

    private final List<JsonlFile> files = new ArrayList<>();
    private final List<Integer> starts = new ArrayList<>();
    private int rowCount;

    private ResponseFiles() {}

    static ResponseFiles open(List<Path> paths) {
        ResponseFiles all = new ResponseFiles();
        try {
            for (Path path : paths) {
                JsonlFile file = JsonlFile.open(path);
                all.files.add(file);
                all.starts.add(all.rowCount);
                all.rowCount = Math.addExact(all.rowCount, wholeRows(file));
            }
            return all;
        } catch (RuntimeException e) {
            all.close();
            throw e;
        }
    }

    private static int wholeRows(JsonlFile file) {
        int count = file.rowCount();
        if (count == 0 || endsWithLineBreak(file.path())) {
            return count;
        }
        try {
            file.object(count - 1, "");
            return count;
        } catch (DataException e) {
            LOG.warn("{}: the last line is unfinished and left out", file.where(count - 1));
            return count - 1;
        }
    }

    private static boolean endsWithLineBreak(Path path) {
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "r")) {
            file.seek(Math.max(0, file.length() - 1));
            return file.read() == '\n';
        } catch (IOException e) {
            throw new DataException(path + " cannot be read: " + e, e);
        }
    }

    int rowCount() {
        return rowCount;
    }

    ObjectNode object(int row, String advice) {
        int file = file(row);
        return files.get(file).object(row - starts.get(file), advice);
    }

    String where(int row) {
        int file = file(row);
        return files.get(file).where(row - starts.get(file));
    }

    private int file(int row) {
        int file = files.size() - 1;
        while (starts.get(file) > row) {
            file--;
        }
        return file;
    }

    @Override
    public void close() {
        files.forEach(JsonlFile::close);
    }
}
