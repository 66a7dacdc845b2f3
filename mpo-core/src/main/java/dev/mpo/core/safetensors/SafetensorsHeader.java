package dev.mpo.core.safetensors;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mpo.core.CheckpointException;
import dev.mpo.core.json.JsonFile;
import dev.mpo.core.json.JsonText;
import dev.mpo.core.json.LfsPointer;
import dev.mpo.core.json.MalformedJsonException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * The table of contents of one safetensors file: a length of 8 bytes, that many bytes of JSON, then the tensors' bytes
 * without gaps.
 *
 * @param file the file
 * @param tensors its tensors in the order of their bytes
 */
public record SafetensorsHeader(Path file, List<StoredTensor> tensors) {

    /** The format's own limit; a larger length means that this is another kind of file. */
    private static final long MAX_HEADER_BYTES = 100_000_000;

    private static final int LENGTH_BYTES = 8;
    private static final String METADATA = "__metadata__";
    private static final int MAX_SHOWN = 80;

    /** Copies the list. */
    public SafetensorsHeader {
        tensors = List.copyOf(tensors);
    }

    /**
     * Reads and checks a header: every tensor's type, shape and bytes must agree, and together they must fill the file.
     *
     * @throws CheckpointException if the file is missing, cut short, or not a valid safetensors file
     */
    public static SafetensorsHeader read(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new CheckpointException(file + ": expected a safetensors file, found "
                    + (Files.exists(file) ? "a folder or a device" : "nothing") + ". Download or copy it again.");
        }
        if (LfsPointer.isAt(file)) {
            throw new CheckpointException(file + " " + LfsPointer.explanation());
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long fileBytes = channel.size();
            long headerBytes = headerLength(file, channel, fileBytes);
            ByteBuffer json = ByteBuffer.allocate((int) headerBytes);
            readFully(channel, json, LENGTH_BYTES);
            JsonNode root = parse(file, json.array());
            long dataStart = LENGTH_BYTES + headerBytes;
            return new SafetensorsHeader(file, tensors(file, root, dataStart, fileBytes));
        } catch (IOException e) {
            throw new CheckpointException(file + ": cannot be read: " + JsonFile.reason(e) + ".", e);
        }
    }

    private static long headerLength(Path file, FileChannel channel, long fileBytes) throws IOException {
        if (fileBytes < LENGTH_BYTES) {
            throw damaged(file, "at least " + LENGTH_BYTES + " bytes", fileBytes + " bytes");
        }
        ByteBuffer length = ByteBuffer.allocate(LENGTH_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        readFully(channel, length, 0);
        long headerBytes = length.getLong(0);
        if (headerBytes < 2 || headerBytes > MAX_HEADER_BYTES) {
            throw damaged(file, "a header of 2 to " + MAX_HEADER_BYTES + " bytes", Long.toUnsignedString(headerBytes));
        }
        if (LENGTH_BYTES + headerBytes > fileBytes) {
            throw damaged(file, "a header of " + headerBytes + " bytes", "a file of " + fileBytes + " bytes");
        }
        return headerBytes;
    }

    private static void readFully(FileChannel channel, ByteBuffer target, long position) throws IOException {
        long at = position;
        while (target.hasRemaining()) {
            int count = channel.read(target, at);
            if (count < 0) {
                throw new IOException("end of file at byte " + at);
            }
            at += count;
        }
    }

    private static JsonNode parse(Path file, byte[] json) {
        try {
            JsonNode root = JsonText.parse(json);
            if (!root.isObject()) {
                throw damaged(file, "a JSON object as header", "something else");
            }
            return root;
        } catch (MalformedJsonException e) {
            throw damaged(file, "JSON as header", "a header that " + e.getMessage());
        }
    }

    private static List<StoredTensor> tensors(Path file, JsonNode root, long dataStart, long fileBytes) {
        List<StoredTensor> found = new ArrayList<>();
        for (Map.Entry<String, JsonNode> entry : root.properties()) {
            if (!entry.getKey().equals(METADATA)) {
                found.add(tensor(file, entry.getKey(), entry.getValue(), dataStart, fileBytes));
            }
        }
        found.sort(Comparator.comparingLong(StoredTensor::offset)
                .thenComparingLong(tensor -> tensor.info().numBytes()));
        long expected = dataStart;
        for (StoredTensor tensor : found) {
            if (tensor.offset() != expected) {
                throw damaged(
                        file,
                        "tensor " + tensor.name() + " to start at byte " + (expected - dataStart)
                                + ", where the one before it ends",
                        "byte " + (tensor.offset() - dataStart));
            }
            expected += tensor.info().numBytes();
        }
        if (expected != fileBytes) {
            throw damaged(file, expected + " bytes, as its header says", fileBytes + " bytes");
        }
        return found;
    }

    private static StoredTensor tensor(Path file, String name, JsonNode entry, long dataStart, long fileBytes) {
        String typeName = entry.path("dtype").asText("nothing");
        StoredType type = StoredType.named(typeName)
                .orElseThrow(() -> damaged(file, "a known dtype for tensor " + name, shown(typeName)));
        TensorInfo info = new TensorInfo(name, type, shape(file, name, entry.path("shape")));
        JsonNode offsets = entry.path("data_offsets");
        if (!offsets.isArray() || offsets.size() != 2 || !isLong(offsets.get(0)) || !isLong(offsets.get(1))) {
            throw damaged(file, "data_offsets [begin, end] for tensor " + name, shown(offsets));
        }
        long begin = offsets.get(0).longValue();
        long end = offsets.get(1).longValue();
        if (begin < 0 || end < begin || end > Long.MAX_VALUE - dataStart) {
            throw damaged(file, "data_offsets of tensor " + name + " in order", shown(offsets));
        }
        if (dataStart + end > fileBytes) {
            throw damaged(
                    file,
                    "tensor " + name + " to end at byte " + (dataStart + end),
                    "a file of " + fileBytes + " bytes");
        }
        long needed = numBytes(file, info);
        if (end - begin != needed) {
            throw damaged(
                    file,
                    needed + " bytes for tensor " + name + " " + type + shown(info.shape()),
                    (end - begin) + " bytes");
        }
        return new StoredTensor(info, file, dataStart + begin);
    }

    private static List<Long> shape(Path file, String name, JsonNode node) {
        List<Long> shape = new ArrayList<>();
        for (JsonNode extent : node) {
            if (!isLong(extent) || extent.longValue() < 0) {
                throw damaged(file, "a shape of whole numbers for tensor " + name, shown(node));
            }
            shape.add(extent.longValue());
        }
        if (!node.isArray()) {
            throw damaged(file, "a shape for tensor " + name, node.isMissingNode() ? "none" : shown(node));
        }
        return shape;
    }

    private static boolean isLong(JsonNode value) {
        return value.isIntegralNumber() && value.canConvertToLong();
    }

    private static String shown(Object value) {
        String text = value.toString().isEmpty() ? "nothing" : value.toString();
        return text.length() > MAX_SHOWN ? text.substring(0, MAX_SHOWN) + "..." : text;
    }

    private static long numBytes(Path file, TensorInfo info) {
        try {
            return info.numBytes();
        } catch (ArithmeticException e) {
            throw damaged(file, "a possible shape for tensor " + info.name(), shown(info.shape()));
        }
    }

    private static CheckpointException damaged(Path file, String expected, String got) {
        return new CheckpointException(file + ": not a sound safetensors file: expected " + expected + ", got " + got
                + ". The file is damaged, cut short, or of another kind: download or copy it again.");
    }
}
