package dev.mpo.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mpo.core.ConfigException;
import dev.mpo.core.DataException;
import dev.mpo.data.synth.NanoCheckpoint;
import dev.mpo.data.synth.NanoModelConfig;
import dev.mpo.data.synth.SyntheticDataset;
import dev.mpo.train.callback.Callback;
import dev.mpo.train.config.RunConfig;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Training with reference log-probabilities that were computed beforehand, against training with a live reference. */
class CachedReferenceTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int RECORD_BYTES = 32;
    private static final List<String> CIRCUMSTANCES = List.of("step_seconds", "data_seconds", "peak_memory_bytes");

    @TempDir
    static Path shared;

    @TempDir
    Path temp;

    private static Path model;
    private static Path otherModel;
    private static SyntheticDataset data;
    private int numRuns;

    /** Counts how many pairs were scored beforehand. */
    private static final class Count implements Callback {
        private long scored;

        @Override
        public void onReference(long done, long total) {
            assertThat(done).isBetween(1L, total);
            scored++;
        }
    }

    @BeforeAll
    static void makeWorld() {
        data = SyntheticDataset.write(shared.resolve("data"), new SyntheticDataset.Options(3, 100, 25, 56));
        NanoModelConfig size = new NanoModelConfig(28, 7, 16, 32, 2, 2, 24, 48, 2, 4, 2);
        model = shared.resolve("model");
        otherModel = shared.resolve("other");
        NanoCheckpoint.write(model, size, data.texts(), 1);
        NanoCheckpoint.write(otherModel, size, data.texts(), 2);
    }

    private RunConfig settings(String... more) {
        List<String> settings = new ArrayList<>(List.of(
                "model.path=" + model,
                "data.meta=" + data.trainMeta(),
                "data.num_workers=1",
                "train.max_steps=6",
                "train.learning_rate=0.001",
                "train.num_threads=1",
                "train.precision=fp32",
                "reference.mode=cached"));
        settings.addAll(List.of(more));
        return RunConfig.load(List.of(), settings);
    }

    private record Outcome(List<ObjectNode> steps, long scored, Path folder) {}

    private Outcome train(RunConfig settings) {
        return train(settings, temp.resolve("run" + numRuns++));
    }

    private static Outcome train(RunConfig settings, Path output) {
        Count count = new Count();
        Trainer.train(settings, output, count);
        try {
            List<ObjectNode> steps = new ArrayList<>();
            for (String line : Files.readAllLines(output.resolve("metrics.jsonl"))) {
                steps.add(((ObjectNode) JSON.readTree(line)).remove(CIRCUMSTANCES));
            }
            return new Outcome(steps, count.scored, output);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Path onlyCache(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> caches = files.filter(f -> f.toString().endsWith(".bin")).toList();
            assertThat(caches).hasSize(1);
            return caches.get(0);
        }
    }

    @Test
    void aCachedReferenceGivesBitForBitTheNumbersOfALiveOne() throws IOException {
        NanoRun.requireSameBits();
        for (String mode : List.of("branched", "plain")) {
            String[] more = {"engine.mode=" + mode, "model.drop_path_rate=0.2", "train.max_steps=12"};
            Outcome cached = train(settings(more));
            Outcome live = train(settings(more[0], more[1], more[2], "reference.mode=copy"));
            assertThat(cached.steps()).isEqualTo(live.steps());
            assertThat(cached.scored()).isEqualTo(12);
            assertThat(live.scored()).isZero();
            assertThat(onlyCache(cached.folder())).exists();
        }
    }

    @Test
    void narrowWeightsAreCachedAlike() {
        NanoRun.requireSameBits();
        String precision = "train.precision=bf16";
        assertThat(train(settings(precision)).steps())
                .isEqualTo(train(settings(precision, "reference.mode=copy")).steps());
    }

    @Test
    void aReferenceOfItsOwnIsCachedToo() {
        NanoRun.requireSameBits();
        String other = "reference.path=" + otherModel;
        assertThat(train(settings(other)).steps())
                .isEqualTo(train(settings(other, "reference.mode=copy")).steps());
    }

    @Test
    void adaptersStartFromTheCachedReference() {
        NanoRun.requireSameBits();
        String rank = "model.lora.rank=2";
        List<ObjectNode> steps = train(settings(rank)).steps();
        assertThat(steps.get(0).get("rewards/margins").doubleValue()).isZero();
        assertThat(steps).isEqualTo(train(settings(rank, "reference.mode=copy")).steps());
    }

    @Test
    void largerMicroBatchesDifferByRoundingAlone() {
        String batch = "train.per_device_batch_size=3";
        List<ObjectNode> cached = train(settings(batch)).steps();
        List<ObjectNode> live = train(settings(batch, "reference.mode=copy")).steps();
        for (int i = 0; i < live.size(); i++) {
            for (String key : List.of("loss", "rewards/chosen", "rewards/rejected")) {
                assertThat(cached.get(i).get(key).doubleValue())
                        .as("step " + i + " " + key)
                        .isCloseTo(live.get(i).get(key).doubleValue(), within(1e-5));
            }
        }
    }

    @Test
    void everyRowIsScoredOnceHoweverOftenItIsUsed() {
        assertThat(train(settings("train.max_steps=250")).scored()).isEqualTo(data.trainPairs());
    }

    @Test
    void aLaterRunReusesASharedCacheAndAddsWhatIsMissing() throws IOException {
        NanoRun.requireSameBits();
        String cache = "reference.cache=" + temp.resolve("cache");
        Outcome first = train(settings(cache));
        assertThat(first.scored()).isEqualTo(6);
        assertThat(train(settings(cache, "train.learning_rate=0.01")).scored()).isZero();
        Outcome longer = train(settings(cache, "train.max_steps=10"));
        assertThat(longer.scored()).isEqualTo(4);
        assertThat(longer.steps())
                .isEqualTo(train(settings("train.max_steps=10")).steps());
        try (Stream<Path> files = Files.list(longer.folder())) {
            assertThat(files.filter(f -> f.toString().endsWith(".bin"))).isEmpty();
        }
    }

    @Test
    void anInterruptedComputationGoesOnWhereItWas() throws IOException {
        NanoRun.requireSameBits();
        Path cache = temp.resolve("cache");
        RunConfig settings = settings("reference.cache=" + cache);
        List<ObjectNode> expected = train(settings).steps();
        Path file = onlyCache(cache);
        byte[] whole = Files.readAllBytes(file);
        long recordsStart = whole.length - 6L * RECORD_BYTES;
        Random random = new Random(5);
        for (int i = 0; i < 6; i++) {
            int kept = random.nextInt(whole.length);
            Files.write(file, java.util.Arrays.copyOf(whole, kept));
            Outcome again = train(settings);
            long known = Math.max(0, (kept - recordsStart) / RECORD_BYTES);
            assertThat(again.scored())
                    .as("cut to %d of %d bytes", kept, whole.length)
                    .isEqualTo(6 - known);
            assertThat(again.steps()).isEqualTo(expected);
            assertThat(file).hasBinaryContent(whole);
        }
    }

    @Test
    void damagedRecordsAreComputedAgain() throws IOException {
        NanoRun.requireSameBits();
        Path cache = temp.resolve("cache");
        RunConfig settings = settings("reference.cache=" + cache);
        List<ObjectNode> expected = train(settings).steps();
        Path file = onlyCache(cache);
        flipBit(file, Files.size(file) - 4L * RECORD_BYTES + 9);
        Outcome again = train(settings);
        assertThat(again.scored()).isEqualTo(1);
        assertThat(again.steps()).isEqualTo(expected);
        assertThat(train(settings).scored()).isZero();
        flipBit(file, 40); // in the header
        assertThat(train(settings).scored()).isEqualTo(6);
    }

    private static void flipBit(Path file, long position) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer one = ByteBuffer.allocate(1);
            channel.read(one, position);
            one.put(0, (byte) (one.get(0) ^ 4));
            channel.write(one.flip(), position);
        }
    }

    @Test
    void anotherModelOrOtherSettingsAreComputedAnew() {
        String cache = "reference.cache=" + temp.resolve("cache");
        assertThat(train(settings(cache)).scored()).isEqualTo(6);
        for (String other : List.of(
                "model.path=" + otherModel,
                "data.meta=" + data.heldOutMeta(),
                "data.max_seq_length=2000",
                "engine.mode=plain",
                "train.precision=bf16",
                "data.max_dynamic_patch=1")) {
            assertThat(train(settings(cache, other)).scored()).as(other).isEqualTo(6);
            assertThat(train(settings(cache, other)).scored())
                    .as(other + " again")
                    .isZero();
        }
        assertThat(train(settings(cache)).scored()).isZero();
    }

    @Test
    void aModelIsTheSameWhereverItLies() throws IOException {
        String cache = "reference.cache=" + temp.resolve("cache");
        assertThat(train(settings(cache)).scored()).isEqualTo(6);
        Path moved = Files.createDirectory(temp.resolve("moved"));
        try (Stream<Path> files = Files.list(model)) {
            for (Path file : files.toList()) {
                Files.copy(file, moved.resolve(file.getFileName()));
            }
        }
        assertThat(train(settings(cache, "model.path=" + moved)).scored()).isZero();
    }

    @Test
    void substitutesOfUnusableRowsAreCached() throws IOException {
        NanoRun.requireSameBits();
        Path meta = withRows(row -> row == 1 || row == 5 ? "{\"question\": \"no answers\"}" : null, false);
        String[] more = {"data.meta=" + meta, "data.max_bad_fraction=0.5", "train.max_steps=40", "data.shuffle=true"};
        Outcome cached = train(settings(more));
        assertThat(cached.steps())
                .isEqualTo(train(settings(more[0], more[1], more[2], more[3], "reference.mode=copy"))
                        .steps());
    }

    @Test
    void aRowThatChangesUnderneathIsNoticed() throws IOException {
        Path meta = withRows(row -> null, false);
        String[] more = {"data.meta=" + meta, "reference.cache=" + temp.resolve("cache")};
        train(settings(more));
        try (Stream<Path> images = Files.walk(temp.resolve("rows/images"))) {
            Path source = images.filter(f -> f.toString().endsWith(".png"))
                    .findFirst()
                    .orElseThrow();
            byte[] pixels = Files.readAllBytes(source);
            try (Stream<Path> all = Files.walk(temp.resolve("rows/images"))) {
                for (Path image : all.filter(f -> f.toString().endsWith(".png")).toList()) {
                    Files.write(image, pixels);
                }
            }
        }
        assertThatThrownBy(() -> train(settings(more)))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("an image has changed")
                .hasMessageContaining("delete");
    }

    @Test
    void augmentedDataSetsAreRefused() throws IOException {
        Path meta = withRows(row -> null, true);
        assertThatThrownBy(() -> train(settings("data.meta=" + meta)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("data_augment")
                .hasMessageContaining("reference.mode=copy");
    }

    private interface Replacement {
        @org.jspecify.annotations.Nullable String of(int row);
    }

    /** Copies twelve rows of a data set with pictures, some of them replaced, and returns the meta file. */
    private Path withRows(Replacement replacement, boolean augment) throws IOException {
        Path folder = Files.createDirectories(temp.resolve("rows"));
        Path source = data.trainMeta().getParent();
        Path images = folder.resolve("images");
        try (Stream<Path> all = Files.walk(source.resolve("images"))) {
            for (Path file : all.toList()) {
                Path target = images.resolve(source.resolve("images").relativize(file));
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target);
                }
            }
        }
        ObjectNode original = (ObjectNode) JSON.readTree(data.trainMeta().toFile());
        ObjectNode entry = (ObjectNode) original.elements().next();
        List<String> lines =
                Files.readAllLines(source.resolve(entry.get("annotation").textValue()));
        StringBuilder rows = new StringBuilder();
        for (int i = 0; i < 12; i++) {
            String other = replacement.of(i);
            rows.append(other == null ? lines.get(i) : other).append('\n');
        }
        Files.writeString(folder.resolve("rows.jsonl"), rows);
        String root = entry.get("root").textValue();
        ObjectNode meta = JSON.createObjectNode();
        meta.putObject("rows")
                .put("root", root)
                .put("annotation", "rows.jsonl")
                .put("repeat_time", 1)
                .put("data_augment", augment);
        Path file = folder.resolve("meta.json");
        JSON.writeValue(file.toFile(), meta);
        return file;
    }
}
