package dev.mpo.train.setup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mpo.core.model.DropPath;
import dev.mpo.core.model.ModelOptions;
import dev.mpo.core.model.VisionLanguageModel;
import dev.mpo.core.safetensors.SafetensorsFolder;
import dev.mpo.core.safetensors.TensorInfo;
import dev.mpo.data.pair.EncodedPair;
import dev.mpo.data.pair.PairDataset;
import dev.mpo.testkit.SharedFiles;
import dev.mpo.train.GoldenRuns;
import dev.mpo.train.NanoModel;
import dev.mpo.train.config.RunConfig;
import dev.mpo.train.score.PairScorer;
import dev.mpo.train.score.ScoredPair;
import dev.mpo.train.step.BatchPacker;
import dev.mpo.train.step.PackedPairs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** A model that is saved and loaded again is the same model. */
class ExportTest {

    @TempDir
    Path temp;

    @TestFactory
    Stream<DynamicTest> anUntrainedModelIsSavedByteForByte() throws IOException {
        List<DynamicTest> tests = new ArrayList<>();
        try (Stream<Path> folders = Files.list(SharedFiles.require("goldens/checkpoints"))) {
            for (Path folder : folders.filter(Files::isDirectory).sorted().toList()) {
                tests.add(DynamicTest.dynamicTest(
                        folder.getFileName().toString(),
                        () -> saveUnchanged(folder, Files.createTempDirectory(temp, "export"))));
            }
        }
        return tests.stream();
    }

    @Test
    void anUntrainedNanoModelIsSavedByteForByte() throws IOException {
        saveUnchanged(NanoModel.write(temp, 1).folder(), temp.resolve("export"));
    }

    private static void saveUnchanged(Path folder, Path export) throws IOException {
        try (ModelFolder source = ModelFolder.open(folder, null);
                VisionLanguageModel model = source.load(ModelOptions.trained())) {
            source.export(model, export);
        }
        assertThat(contents(export)).containsExactlyEntriesOf(contents(folder));
    }

    /** Hashes of all files; of an index, whose bytes depend on how JSON is laid out, the hash of what it says. */
    private static Map<String, Integer> contents(Path folder) throws IOException {
        Map<String, Integer> contents = new LinkedHashMap<>();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                String name = folder.relativize(file).toString();
                int hash = name.endsWith(".index.json")
                        ? GoldenRuns.read(file).hashCode()
                        : Arrays.hashCode(Files.readAllBytes(file));
                contents.put(name, hash);
            }
        }
        return contents;
    }

    @Test
    void aTrainedModelGivesBitIdenticalScoresWhenLoadedAgain() throws IOException {
        NanoModel nano = NanoModel.write(temp, 1);
        RunConfig settings = nano.settings("model.drop_path_rate=0", "train.learning_rate=0.01");
        Path export = temp.resolve("export");
        double[] trained;
        double[] start;
        try (Training training = Training.open(settings)) {
            PackedPairs packed = packed(settings, training);
            start = training.policy().score(packed.batch());
            trainOneStep(training);
            trained = training.policy().score(packed.batch());
            training.export(export);
        }
        assertThat(trained).isNotEqualTo(start);
        try (Training again = Training.open(settings.with("model.path=" + export))) {
            assertThat(again.policy().score(packed(settings, again).batch())).containsExactly(trained);
        }
        assertSameTensors(nano.folder(), export);
        Map<String, Integer> files = contents(export);
        Map<String, Integer> expected = contents(nano.folder());
        assertThat(files).hasSameSizeAs(expected);
        expected.keySet().removeIf(name -> name.endsWith(".safetensors"));
        assertThat(files).containsAllEntriesOf(expected);
    }

    /** Weights stored in 16 bits are rounded once, when they are saved; from then on nothing changes. */
    @TestFactory
    Stream<DynamicTest> trainedModelsInAnyStoredTypeStayTheSameOnceSaved() throws IOException {
        List<Path> runs = GoldenRuns.files();
        Map<String, Path> byCheckpoint = new LinkedHashMap<>();
        runs.forEach(run ->
                byCheckpoint.putIfAbsent(GoldenRuns.read(run).get("checkpoint").textValue(), run));
        return byCheckpoint.entrySet().stream()
                .map(entry -> DynamicTest.dynamicTest(entry.getKey(), () -> saveTwice(entry.getValue())));
    }

    private void saveTwice(Path run) throws IOException {
        Path work = Files.createTempDirectory(temp, "twice");
        RunConfig settings = RunConfig.load(List.of(), GoldenRuns.settings(GoldenRuns.read(run), work));
        Path first = work.resolve("first");
        Path second = work.resolve("second");
        try (Training training = Training.open(settings)) {
            trainOneStep(training);
            training.export(first);
        }
        RunConfig reloaded = settings.with("model.path=" + first);
        try (Training training = Training.open(reloaded)) {
            training.export(second);
        }
        assertThat(contents(second)).containsExactlyEntriesOf(contents(first));
        assertSameTensors(Path.of(settings.model().path()), first);
        assertThat(contents(first))
                .isNotEqualTo(contents(Path.of(settings.model().path())));
        assertThat(scores(settings.with("model.path=" + second))).containsExactlyElementsOf(scores(reloaded));
    }

    private static List<ScoredPair> scores(RunConfig settings) {
        List<ScoredPair> rows = new ArrayList<>();
        try (PairScorer scorer = PairScorer.open(settings)) {
            scorer.scoreAll(rows::add, (done, total) -> {});
        }
        return rows;
    }

    private static void trainOneStep(Training training) {
        List<EncodedPair> pairs = new ArrayList<>();
        for (PairDataset dataset : training.data().datasets().subList(0, 2)) {
            pairs.add(training.data().encoder().encode(dataset, 0));
        }
        training.optimizer().zeroGradients();
        training.step().run(pairs, DropPath.NONE, 1, mean -> new double[] {mean});
        training.optimizer().step(0.01);
    }

    private static PackedPairs packed(RunConfig settings, Training training) {
        BatchPacker packer = Training.packer(settings, training.folder(), training.data());
        PairDataset dataset = training.data().datasets().get(0);
        return packer.pack(List.of(
                training.data().encoder().encode(dataset, 0),
                training.data().encoder().encode(dataset, 1)));
    }

    private static void assertSameTensors(Path expected, Path found) {
        assertThat(tensors(found)).containsExactlyEntriesOf(tensors(expected));
    }

    /** Returns the tensors of a checkpoint in order: file, type and shape. */
    private static Map<String, String> tensors(Path folder) {
        Map<String, String> tensors = new LinkedHashMap<>();
        SafetensorsFolder.read(folder).tensors().forEach((name, tensor) -> {
            TensorInfo info = tensor.info();
            tensors.put(name, tensor.file().getFileName() + " " + info.type() + " " + info.shape());
        });
        return tensors;
    }
}
