package dev.mpo.core.weights;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mpo.core.config.LanguageConfig;
import dev.mpo.core.config.ModelConfig;
import dev.mpo.core.model.ModelOptions;
import dev.mpo.core.model.Sharding;
import dev.mpo.core.model.VisionLanguageModel;
import dev.mpo.core.safetensors.SafetensorsFolder;
import dev.mpo.core.safetensors.TensorInfo;
import dev.mpo.core.tensor.DType;
import dev.mpo.core.tensor.Device;
import dev.mpo.core.tensor.Scope;
import dev.mpo.core.tensor.Tensor;
import dev.mpo.core.tensor.Tensors;
import dev.mpo.testkit.SharedFiles;
import dev.mpo.testkit.TestDevice;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointRoundTripTest {

    private static final Device DEVICE = new Device(TestDevice.name());

    @TempDir
    Path dir;

    @Test
    void savingAnUntouchedModelReproducesEveryFileByteForByte() throws IOException {
        for (TinyModel model : TinyModel.all()) {
            Path source = model.writeTo(dir.resolve(model.toString()));
            Path copy = dir.resolve(model + "-copy");
            roundTrip(source, copy);
            for (String file : weightFiles(source)) {
                assertThat(copy.resolve(file)).as("%s of %s", file, model).hasSameBinaryContentAs(source.resolve(file));
            }
            assertThat(weightFiles(copy)).isEqualTo(weightFiles(source));
        }
    }

    @Test
    void sharedCheckpointsLoseRenameAndRetypeNothing() throws IOException {
        Path checkpoints = SharedFiles.require("goldens/checkpoints");
        for (Path source : children(checkpoints)) {
            Path copy = dir.resolve(String.valueOf(source.getFileName()));
            roundTrip(source, copy);
            assertThat(FolderBytes.of(copy)).as("%s", source).isEqualTo(FolderBytes.of(source));
            assertThat(weightFiles(copy)).isEqualTo(weightFiles(source));
            assertThat(Checkpoint.open(copyConfig(source, copy)).tensors()).isNotEmpty();
        }
    }

    @Test
    void bothLayoutsHoldTheSameParameters() throws IOException {
        for (TinyModel model : TinyModel.all()) {
            Checkpoint original = Checkpoint.open(model.writeTo(dir.resolve(model + "-a")));
            HeapParameterStore values = load(original);
            Path converted = dir.resolve(model + "-b");
            CheckpointWriter.write(original, original.config(), values, converted, Layout.TRANSFORMERS, 5_000);
            // The configuration stays the original one; the layout is recognised by the tensors' names.
            Checkpoint nativeLayout = Checkpoint.open(copyConfig(original.folder(), converted));
            assertThat(nativeLayout.layout()).isEqualTo(Layout.TRANSFORMERS);
            assertSameValues(load(nativeLayout), values);

            Path back = dir.resolve(model + "-c");
            CheckpointWriter.write(nativeLayout, original.config(), load(nativeLayout), back, Layout.ORIGINAL, 5_000);
            assertThat(FolderBytes.of(back)).isEqualTo(FolderBytes.of(original.folder()));
        }
    }

    @Test
    void shardsStayBelowTheLimitAndTheIndexAddsUp() throws IOException {
        Checkpoint source = Checkpoint.open(TinyModel.INTERNLM2.writeTo(dir.resolve("a")));
        Path target = dir.resolve("b");
        CheckpointWriter.write(source, source.config(), load(source), target, Layout.ORIGINAL, 4_000);
        List<String> files = weightFiles(target);
        assertThat(files).hasSizeGreaterThan(3).contains("model.safetensors.index.json");
        String index = Files.readString(target.resolve("model.safetensors.index.json"));
        long total =
                source.tensors().stream().mapToLong(t -> t.info().numBytes()).sum();
        assertThat(index).contains("\"total_size\" : " + total);
        assertThat(FolderBytes.of(target)).isEqualTo(FolderBytes.of(source.folder()));
    }

    @Test
    void olderSpellingsOfTheNativeLayoutAreReadAndKept() throws IOException {
        Checkpoint original = Checkpoint.open(TinyModel.QWEN2.writeTo(dir.resolve("a")));
        HeapParameterStore values = load(original);
        Path current = dir.resolve("b");
        CheckpointWriter.write(original, original.config(), values, current, Layout.TRANSFORMERS, Long.MAX_VALUE);
        for (String headPrefix : List.of("language_model.lm_head.", "lm_head.")) {
            Path older = copyConfig(original.folder(), dir.resolve("older-" + headPrefix));
            List<TensorInfo> renamed = SafetensorsFolder.read(current).tensors().values().stream()
                    .map(t -> new TensorInfo(
                            older(t.name(), headPrefix),
                            t.info().type(),
                            t.info().shape()))
                    .toList();
            TinyModel.QWEN2.writeWeights(older, renamed);
            Checkpoint checkpoint = Checkpoint.open(older);
            assertThat(checkpoint.layout()).isEqualTo(Layout.TRANSFORMERS);
            Path copy = dir.resolve("copy-" + headPrefix);
            CheckpointWriter.write(checkpoint, checkpoint.config(), load(checkpoint), copy);
            assertThat(FolderBytes.of(copy)).isEqualTo(FolderBytes.of(older));
        }
    }

    @Test
    void nativeTensorsTakeAndGiveTheStoredValues() throws IOException {
        for (DType type : List.of(DType.FLOAT32, DType.BFLOAT16)) {
            Checkpoint source = Checkpoint.open(TinyModel.INTERNLM2.writeTo(dir.resolve(type.name())));
            try (Scope scope = new Scope()) {
                Map<String, Tensor> parameters = new HashMap<>();
                for (TensorMapping mapping : TensorNames.mappings(source.config(), Layout.ORIGINAL)) {
                    long[] shape = mapping.storedShape().stream()
                            .mapToLong(Long::longValue)
                            .toArray();
                    parameters.put(mapping.parameter(), Tensors.zeros(scope, DEVICE, type, shape));
                }
                TensorParameterStore store = new TensorParameterStore(DEVICE, parameters::get);
                CheckpointLoader.load(source, store);
                HeapParameterStore expected = load(source);
                parameters.forEach((name, tensor) ->
                        assertThat(tensor.toFloatArray()).as(name).isEqualTo(expected.values(name)));
                Path copy = dir.resolve(type + "-copy");
                CheckpointWriter.write(source, source.config(), store, copy);
                assertThat(FolderBytes.of(copy)).isEqualTo(FolderBytes.of(source.folder()));
            }
        }
    }

    @Test
    void loadingIntoAnotherImageAndVocabularySizeResizesThoseTablesOnly() throws IOException {
        Checkpoint source = Checkpoint.open(TinyModel.QWEN2.writeTo(dir.resolve("a")));
        LanguageConfig grown = source.config().language().withVocabSize(14);
        ModelConfig config = source.config().withImageSize(84).withLanguage(grown);
        HeapParameterStore before = load(source);
        HeapParameterStore after = new HeapParameterStore(config);
        CheckpointLoader.load(source, config, new RowRange(11, 3), after);
        float[] positions = before.values("vision.embeddings.position_embedding");
        assertThat(after.values("vision.embeddings.position_embedding"))
                .isEqualTo(PositionEmbeddings.resize(positions, 4, 6));
        assertThat(after.values("projector.linear1.weight")).isEqualTo(before.values("projector.linear1.weight"));
        for (String table : List.of("language.embeddings.weight", "language.head.head.weight")) {
            assertThat(after.values(table)).startsWith(before.values(table)).hasSize(14 * 16);
        }
        Path export = dir.resolve("b");
        FolderCarryOver.copy(source.folder(), config, export);
        CheckpointWriter.write(source, config, after, export);
        assertSameValues(load(Checkpoint.open(export)), after);
    }

    @Test
    void aRankThatOwnsAPartOfTheTokenTablesGetsItsShareOfTheNewRows() throws IOException {
        Checkpoint source = Checkpoint.open(TinyModel.QWEN2.writeTo(dir.resolve("a")));
        ModelConfig config =
                source.config().withLanguage(source.config().language().withVocabSize(14));
        HeapParameterStore whole = new HeapParameterStore(config);
        CheckpointLoader.load(source, config, new RowRange(11, 3), whole);
        for (Sharding.Mode mode : List.of(Sharding.Mode.OPTIMIZER, Sharding.Mode.FULL)) {
            int owned = 0;
            for (int rank = 0; rank < 2; rank++) {
                ModelOptions options = ModelOptions.trained().withSharding(new Sharding(rank, 2, mode, false, false));
                try (VisionLanguageModel model = VisionLanguageModel.create(config, options)) {
                    ModelParameterStore store = ModelParameterStore.of(model.parameters());
                    CheckpointLoader.load(source, config, new RowRange(11, 3), store);
                    for (String table : List.of("language.embeddings.weight", "language.head.head.weight")) {
                        owned += requireSame(store, table, whole.values(table));
                    }
                }
            }
            assertThat(owned).as("elements that some rank owns").isEqualTo(2 * 14 * 16);
        }
    }

    /** Compares the elements of a parameter that a rank owns and returns their number. */
    private static int requireSame(ModelParameterStore store, String parameter, float[] expected) {
        int owned = 0;
        for (int i = 0; i < expected.length; i++) {
            if (store.owns(parameter, i, 1)) {
                ByteBuffer value = ByteBuffer.allocate(Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
                store.read(parameter, i, value);
                assertThat(value.getFloat(0)).as(parameter + " at " + i).isEqualTo(expected[i]);
                owned++;
            }
        }
        return owned;
    }

    private static String older(String name, String headPrefix) {
        if (name.startsWith("lm_head.")) {
            return headPrefix + name.substring("lm_head.".length());
        }
        String bare = name.substring("model.".length());
        return bare.startsWith("language_model.")
                ? "language_model.model." + bare.substring("language_model.".length())
                : bare;
    }

    private static void roundTrip(Path source, Path target) {
        Checkpoint checkpoint = Checkpoint.open(source);
        CheckpointWriter.write(checkpoint, checkpoint.config(), load(checkpoint), target);
    }

    private static HeapParameterStore load(Checkpoint checkpoint) {
        HeapParameterStore values = new HeapParameterStore(checkpoint.config());
        CheckpointLoader.load(checkpoint, values);
        return values;
    }

    private static void assertSameValues(HeapParameterStore actual, HeapParameterStore expected) {
        assertThat(actual.values().keySet()).isEqualTo(expected.values().keySet());
        expected.values()
                .forEach((name, values) ->
                        assertThat(actual.values(name)).as(name).isEqualTo(values));
    }

    private static Path copyConfig(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        Files.copy(from.resolve("config.json"), to.resolve("config.json"));
        return to;
    }

    private static List<String> weightFiles(Path folder) throws IOException {
        return children(folder).stream()
                .map(file -> String.valueOf(file.getFileName()))
                .filter(name -> name.contains(".safetensors"))
                .toList();
    }

    private static List<Path> children(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        }
    }
}
