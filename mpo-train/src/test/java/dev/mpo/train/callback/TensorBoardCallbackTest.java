package dev.mpo.train.callback;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import dev.mpo.train.metrics.StepMetrics;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reads the files back with a reader of its own, down to the checksums. */
class TensorBoardCallbackTest {

    private static final RunPlan PLAN = new RunPlan(2, 8, 100, 1000, 1000);

    /** What one event says: its step, its file version or "", and its scalars. */
    private record Event(double wallTime, long step, String version, Map<String, Float> scalars) {}

    @Test
    void checksumIsThatOfTheFormatsSpecification() {
        // CRC-32C("123456789") = e3069283; rotated right by 15 bits: 2507c60d; plus a282ead8: c78ab0e5.
        assertThat(RecordFile.maskedCrc("123456789".getBytes(UTF_8))).isEqualTo(0xc78ab0e5);
        assertThat(bitwiseMaskedCrc("123456789".getBytes(UTF_8))).isEqualTo(0xc78ab0e5);
    }

    @Test
    void everyStepBecomesOneEventWithAllItsNumbers(@TempDir Path folder) throws IOException {
        try (TensorBoardCallback callback = new TensorBoardCallback(folder.resolve("tensorboard"))) {
            callback.onStart(PLAN);
            callback.onStep(metrics(1, 2.5));
            callback.onStep(metrics(300, -1e-6));
        }
        List<Event> events = read(onlyFile(folder.resolve("tensorboard")));

        assertThat(events).hasSize(3);
        assertThat(events.get(0).version()).isEqualTo("brain.Event:2");
        assertThat(events.get(1).step()).isEqualTo(1);
        assertThat(events.get(1).scalars())
                .contains(entry("loss", 2.5f), entry("loss/sigmoid", 0.25f), entry("peak_memory_bytes", 3e9f))
                .containsKeys("epoch", "nll_loss", "rewards/margins", "grad_norm", "learning_rate", "reward_shift")
                .doesNotContainKey("step");
        assertThat(events.get(2).step()).isEqualTo(300);
        assertThat(events.get(2).scalars()).contains(entry("loss", -1e-6f));
        assertThat(events.get(2).wallTime())
                .isBetween(1.7e9, 1e11)
                .isGreaterThanOrEqualTo(events.get(1).wallTime());
    }

    @Test
    void aReaderOfTheGrowingFileSeesTheLastStep(@TempDir Path folder) throws IOException {
        try (TensorBoardCallback callback = new TensorBoardCallback(folder)) {
            callback.onStart(PLAN);
            callback.onStep(metrics(1, 2));

            assertThat(read(onlyFile(folder))).hasSize(2);
        }
    }

    @Test
    void aFolderThatCannotBeMadeDoesNotStopTheRun(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("tensorboard"), "in the way");
        try (TensorBoardCallback callback = new TensorBoardCallback(file)) {
            callback.onStart(PLAN);
            callback.onStep(metrics(1, 2));
        }

        assertThat(file).hasContent("in the way");
    }

    private static StepMetrics metrics(long step, double loss) {
        Map<String, Double> terms = Map.of("loss/sigmoid", 0.25);
        return new StepMetrics(
                step,
                0.5,
                loss,
                terms,
                1,
                0.1,
                -0.1,
                1,
                0.2,
                -3,
                -4,
                0.01,
                5,
                1e-6,
                8,
                400,
                0.05,
                0.001,
                3_000_000_000L);
    }

    private static Path onlyFile(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            List<Path> found = files.toList();
            assertThat(found).hasSize(1);
            return found.get(0);
        }
    }

    private static List<Event> read(Path file) throws IOException {
        ByteBuffer in = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        List<Event> events = new ArrayList<>();
        while (in.hasRemaining()) {
            byte[] length = bytes(in, Long.BYTES);
            assertThat(in.getInt()).isEqualTo(bitwiseMaskedCrc(length));
            byte[] record = bytes(in, (int)
                    ByteBuffer.wrap(length).order(ByteOrder.LITTLE_ENDIAN).getLong());
            assertThat(in.getInt()).isEqualTo(bitwiseMaskedCrc(record));
            events.add(event(record));
        }
        return events;
    }

    private static byte[] bytes(ByteBuffer in, int count) {
        byte[] bytes = new byte[count];
        in.get(bytes);
        return bytes;
    }

    /** CRC-32C from its definition (reflected polynomial 82f63b78), one bit at a time, then masked. */
    private static int bitwiseMaskedCrc(byte[] bytes) {
        int crc = -1;
        for (byte each : bytes) {
            crc ^= each & 0xff;
            for (int bit = 0; bit < Byte.SIZE; bit++) {
                crc = (crc >>> 1) ^ ((crc & 1) == 0 ? 0 : 0x82f63b78);
            }
        }
        crc = ~crc;
        return ((crc >>> 15) | (crc << 17)) + 0xa282ead8;
    }

    private static Event event(byte[] message) {
        double wallTime = 0;
        long step = 0;
        String version = "";
        Map<String, Float> scalars = new LinkedHashMap<>();
        ByteBuffer in = ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN);
        while (in.hasRemaining()) {
            int key = (int) varint(in);
            switch (key) {
                case 1 << 3 | 1 -> wallTime = in.getDouble();
                case 2 << 3 -> step = varint(in);
                case 3 << 3 | 2 -> version = new String(bytes(in, (int) varint(in)), UTF_8);
                case 5 << 3 | 2 -> readSummary(bytes(in, (int) varint(in)), scalars);
                default -> throw new AssertionError("unexpected key " + key);
            }
        }
        return new Event(wallTime, step, version, scalars);
    }

    private static void readSummary(byte[] message, Map<String, Float> scalars) {
        ByteBuffer in = ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN);
        while (in.hasRemaining()) {
            assertThat(varint(in)).isEqualTo(1 << 3 | 2);
            ByteBuffer value = ByteBuffer.wrap(bytes(in, (int) varint(in))).order(ByteOrder.LITTLE_ENDIAN);
            assertThat(varint(value)).isEqualTo(1 << 3 | 2);
            String tag = new String(bytes(value, (int) varint(value)), UTF_8);
            assertThat(varint(value)).isEqualTo(2 << 3 | 5);
            scalars.put(tag, value.getFloat());
            assertThat(value.hasRemaining()).isFalse();
        }
    }

    private static long varint(ByteBuffer in) {
        long value = 0;
        for (int shift = 0; ; shift += 7) {
            byte next = in.get();
            value |= (next & 0x7fL) << shift;
            if (next >= 0) {
                return value;
            }
        }
    }
}
