package dev.mpo.core.safetensors;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mpo.core.CheckpointException;
import dev.mpo.core.json.JsonFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * Writes safetensors files tensor by tensor. A file appears under its name only when it is complete and on disk: it is
 * written beside it, forced out, then renamed.
 */
public final class SafetensorsWriter {

    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final int HEADER_ALIGNMENT = 8;

    /** Supplies the bytes of the tensors. */
    @FunctionalInterface
    public interface Source {
        /** Writes exactly the tensor's bytes, little-endian and row-major, to a channel. */
        void copyTo(TensorInfo tensor, WritableByteChannel target) throws IOException;
    }

    private SafetensorsWriter() {}

    /**
     * Writes one file.
     *
     * @param file where to; an existing file is replaced
     * @param tensors what to write, in this order
     * @param source the values
     * @throws CheckpointException if the file cannot be written
     */
    public static void write(Path file, List<TensorInfo> tensors, Source source) {
        writeAtomically(file, channel -> {
            writeFully(channel, header(tensors));
            for (TensorInfo tensor : tensors) {
                long start = channel.position();
                source.copyTo(tensor, channel);
                long written = channel.position() - start;
                if (written != tensor.numBytes()) {
                    throw new IllegalStateException(
                            tensor + ": source wrote " + written + " bytes instead of " + tensor.numBytes());
                }
            }
        });
    }

    /** Writes a small text file with the same care. */
    public static void writeText(Path file, String text) {
        writeAtomically(file, channel -> writeFully(channel, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8))));
    }

    /** Writes the index that names each tensor's shard. */
    public static void writeIndex(Path folder, List<Shard> shards) {
        ObjectNode root = MAPPER.createObjectNode();
        long total = 0;
        ObjectNode map = MAPPER.createObjectNode();
        for (Shard shard : shards) {
            for (TensorInfo tensor : shard.tensors()) {
                total += tensor.numBytes();
                map.put(tensor.name(), shard.fileName());
            }
        }
        root.putObject("metadata").put("total_size", total);
        root.set("weight_map", map);
        writeText(folder.resolve(SafetensorsFolder.INDEX_FILE), root.toPrettyString() + "\n");
    }

    /**
     * A file of a sharded checkpoint.
     *
     * @param fileName its name
     * @param tensors its tensors in order
     */
    public record Shard(String fileName, List<TensorInfo> tensors) {
        /** Copies the list. */
        public Shard {
            tensors = List.copyOf(tensors);
        }
    }

    private static ByteBuffer header(List<TensorInfo> tensors) {
        ObjectNode root = MAPPER.createObjectNode();
        root.putObject("__metadata__").put("format", "pt");
        long offset = 0;
        for (TensorInfo tensor : tensors) {
            ObjectNode entry =
                    root.putObject(tensor.name()).put("dtype", tensor.type().name());
            ArrayNode shape = entry.putArray("shape");
            tensor.shape().forEach(shape::add);
            entry.putArray("data_offsets").add(offset).add(offset + tensor.numBytes());
            offset += tensor.numBytes();
        }
        byte[] json = root.toString().getBytes(StandardCharsets.UTF_8);
        int padded = (json.length + HEADER_ALIGNMENT - 1) / HEADER_ALIGNMENT * HEADER_ALIGNMENT;
        ByteBuffer header = ByteBuffer.allocate(Long.BYTES + padded).order(ByteOrder.LITTLE_ENDIAN);
        header.putLong(padded).put(json);
        while (header.hasRemaining()) {
            header.put((byte) ' ');
        }
        return header.flip();
    }

    private static void writeFully(WritableByteChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    @FunctionalInterface
    private interface Content {
        void writeTo(FileChannel channel) throws IOException;
    }

    private static void writeAtomically(Path file, Content content) {
        Path temporary = file.resolveSibling(file.getFileName() + ".tmp");
        try {
            try (FileChannel channel = FileChannel.open(
                    temporary,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.TRUNCATE_EXISTING,
                    StandardOpenOption.WRITE)) {
                content.writeTo(channel);
                channel.force(true);
            }
            Files.move(temporary, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            deleteQuietly(temporary, e);
            throw new CheckpointException(
                    file + ": cannot be written: " + JsonFile.reason(e) + ". Check free space and permissions.", e);
        }
    }

    private static void deleteQuietly(Path temporary, IOException cause) {
        try {
            Files.deleteIfExists(temporary);
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }
}
