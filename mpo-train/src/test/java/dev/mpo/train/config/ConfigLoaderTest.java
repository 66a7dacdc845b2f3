package dev.mpo.train.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.mpo.core.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ConfigLoaderTest {

    @TempDir
    private Path folder;

    private Path write(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    private static RunConfig set(String... settings) {
        return RunConfig.load(List.of(), List.of(settings));
    }

    private static String failure(String... settings) {
        return failure(() -> set(settings));
    }

    private static String failure(Path... files) {
        return failure(() -> RunConfig.load(List.of(files), List.of()));
    }

    private static String failure(ThrowingCallable call) {
        ConfigException failure = catchThrowableOfType(ConfigException.class, call);
        assertThat(failure).isNotNull();
        return String.valueOf(failure.getMessage());
    }

    @Test
    void laterLayersWinAndMappingsMerge() throws IOException {
        Path first = write("a.yaml", "train:\n  epochs: 2\n  seed: 7\ndata:\n  path_map: {/a: /b}\n");
        Path second = write("b.json", "{\"train\": {\"epochs\": 3}, \"data\": {\"path_map\": {\"/c\": \"/d\"}}}");
        RunConfig config = RunConfig.load(List.of(first, second), List.of("train.seed=8", "train.seed=9"));
        assertThat(config.train().epochs()).isEqualTo(3);
        assertThat(config.train().seed()).isEqualTo(9);
        assertThat(config.data().pathMap()).isEqualTo(Map.of("/a", "/b", "/c", "/d"));
    }

    @Test
    void listsReplaceInsteadOfAppending() {
        RunConfig config = set("loss.type=[\"sigmoid\"]", "loss.weights=[1]");
        assertThat(config.loss().type()).containsExactly("sigmoid");
        assertThat(config.loss().weights()).containsExactly(1.0);
    }

    @Test
    void metaFilesAreOneOrManyAndWrittenBackAsTheyAreShortest() throws IOException {
        assertThat(set().data().meta()).isEmpty();
        assertThat(set("data.meta=a.json").data().meta()).containsExactly("a.json");
        assertThat(set("data.meta=a.json", "data.meta=null").data().meta()).isEmpty();
        RunConfig two = set("data.meta=[\"a.json\",\"b.json\"]");
        assertThat(two.data().meta()).containsExactly("a.json", "b.json");
        for (RunConfig config : List.of(set(), set("data.meta=a.json"), two)) {
            Path written = write("resolved.yaml", config.toYaml());
            assertThat(RunConfig.load(List.of(written), List.of())).isEqualTo(config);
        }
        assertThat(set("data.meta=a.json").toYaml()).contains("  meta: \"a.json\"\n");
        assertThat(failure("data.meta=7")).contains("data.meta", "expected text, a list of texts", "got 7");
        assertThat(failure("data.meta=[7]")).contains("data.meta[0]", "expected text, got 7");
    }

    @Test
    void weightsOfDataSetsMergeByNameAndAreNumbers() throws IOException {
        Path file = write("a.yaml", "data:\n  repeat_time: {a: 2, b.c: 3}\n");
        RunConfig config = RunConfig.load(List.of(file), List.of("data.repeat_time.b.c=0.5"));
        assertThat(config.data().repeatTime()).isEqualTo(Map.of("a", 2.0, "b.c", 0.5));
        assertThat(failure("data.repeat_time.a=-1"))
                .contains("data.repeat_time[a]", "a number of at least 0 and of at most 1000000, got -1");
        assertThat(failure("data.repeat_time.a=twice")).contains("data.repeat_time[a]", "got \"twice\"");
    }

    @Test
    void aWholeSectionCanBeSetAtOnce() {
        assertThat(set("train={\"epochs\":2,\"max_steps\":5}").train().maxSteps())
                .isEqualTo(5);
    }

    @Test
    void keysOfAMappingMayHoldDots() {
        assertThat(set("data.path_map./their.data/x=/mine").data().pathMap())
                .containsExactly(Map.entry("/their.data/x", "/mine"));
    }

    @Test
    void textNeedsNoQuotesUnlessItIsValidJson() {
        assertThat(set("model.path=/some/where").model().path()).isEqualTo("/some/where");
        assertThat(set("model.path=\"7\"").model().path()).isEqualTo("7");
        assertThat(failure("model.path=7")).contains("model.path (--set): expected text, or null, got 7");
    }

    @Test
    void nullReturnsASettingToTheCheckpointsChoice() {
        assertThat(set("model.image_size=224", "model.image_size=null").model().imageSize())
                .isNull();
        assertThat(failure("train.epochs=null")).contains("expected a number above 0, got null");
    }

    @Test
    void commandLineFlagsCanSetTextThatLooksLikeANumber() {
        RunConfig config =
                new ConfigLoader().setText("model.path", "7", "--model").load();
        assertThat(config.model().path()).isEqualTo("7");
    }

    @ParameterizedTest
    @CsvSource({
        "train.lerning_rate=1, train.lerning_rate, train.learning_rate",
        "learning_rate=1, learning_rate, train.learning_rate",
        "loss.betta=1, loss.betta, loss.beta",
        "data.max_dynamic_patches=6, data.max_dynamic_patches, data.max_dynamic_patch",
        "modle.path=x, modle.path, model.path",
        "model.lora.rnk=4, model.lora.rnk, model.lora.rank",
        "trian.epochs=1, trian.epochs, train.epochs",
    })
    void anUnknownKeyNamesTheNearestKnownOne(String setting, String path, String nearest) {
        assertThat(failure(setting)).contains(path + " (--set): unknown key; the nearest known key is " + nearest);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "train.epochs=\"1\" | expected a number above 0, got \"1\"",
                "train.epochs=0 | expected a number above 0, got 0",
                "train.epochs=NaN | expected a number above 0, got \"NaN\"",
                "train.learning_rate=1e999 | expected a number of at least 0",
                "train.max_steps=7.9 | expected a whole number of at least 1, or null, got 7.9",
                "train.max_steps=7.0 | expected a whole number of at least 1, or null, got 7.0",
                "train.max_steps=99999999999 | expected a whole number of at least 1, or null, got 99999999999",
                "train.adam_beta1=1 | expected a number of at least 0 and below 1, got 1",
                "data.shuffle=0 | expected true or false, got 0",
                "data.shuffle=yes | expected true or false, got \"yes\"",
                "train.recompute=some | expected one of none, full, auto, got \"some\"",
                "train.recompute=FULL | expected one of none, full, auto, got \"FULL\"",
                "model.freeze=vision | expected a list such as [a, b], each element one of vision, projector, language",
                "model.freeze=[\"visio\"] | model.freeze[0]",
                "loss.weights=[1,\"2\",3] | loss.weights[1] (--set): expected a number, got \"2\"",
                "data.path_map=[] | expected a mapping of text to text, got []",
                "data.path_map={\"a\":1} | data.path_map[a] (--set): expected text, got 1",
                "train=5 | train (--set): expected a mapping of settings, got 5",
            })
    void aValueThatDoesNotFitIsRefusedWithoutCoercion(String setting, String message) {
        assertThat(failure(setting)).contains(message);
    }

    @Test
    void aRangeProblemNamesTheDefault() {
        assertThat(failure("train.warmup_ratio=3"))
                .isEqualTo("configuration: train.warmup_ratio (--set): "
                        + "expected a number of at least 0 and of at most 1, got 3; default: 0.03");
    }

    @Test
    void everyProblemIsReportedAtOnceWithItsOrigin() throws IOException {
        Path yaml = write("run.yaml", "train:\n  epochs: -1\n  bogus: 1\nloss:\n  beta: text\n");
        Path json = write("run.json", "{\"log\": {\"steps\": 0}}");
        ConfigException failure = catchThrowableOfType(
                ConfigException.class,
                () -> RunConfig.load(
                        List.of(yaml, json, folder.resolve("absent.yaml")),
                        List.of("engine.mode=fast", "no-equals-sign")));
        assertThat(failure)
                .hasMessageContaining("7 problems")
                .hasMessageContaining("train.epochs (" + yaml + ":2)")
                .hasMessageContaining("train.bogus (" + yaml + ":3)")
                .hasMessageContaining("loss.beta (" + yaml + ":5)")
                .hasMessageContaining("log.steps (" + json + ")")
                .hasMessageContaining("absent.yaml: no such configuration file")
                .hasMessageContaining("engine.mode (--set): expected one of branched, plain, got \"fast\"")
                .hasMessageContaining("--set no-equals-sign: expected key=value");
    }

    @Test
    void yamlReadsScientificNumbersAndRefusesTruthyWords() throws IOException {
        Path good = write("good.yaml", "train:\n  learning_rate: 1e-6\n  adam_epsilon: 1E-9\n  epochs: 2\nlog:\n");
        RunConfig config = RunConfig.load(List.of(good), List.of());
        assertThat(config.train().learningRate()).isEqualTo(1e-6);
        assertThat(config.train().adamEpsilon()).isEqualTo(1e-9);
        assertThat(failure(write("bad.yaml", "data: {shuffle: yes}"))).contains("got \"yes\"");
        assertThat(failure(write("inf.yaml", "train: {learning_rate: .inf}"))).contains("got \".inf\"");
        assertThat(failure(write("quoted.yaml", "train: {epochs: \"2\"}"))).contains("got \"2\"");
    }

    @Test
    void duplicateKeysAreRefusedWithBothLines() throws IOException {
        Path yaml = write("twice.yaml", "train:\n  epochs: 1\n  epochs: 2\n");
        assertThat(failure(yaml)).contains("train.epochs (" + yaml + ":3): set twice, first on line 2");
        assertThat(failure(write("twice.json", "{\"train\": {}, \"train\": {}}")))
                .contains("twice.json:1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"train: [", "a: b: c", "- 1\n- 2", "just text", "x: !!java.net.URL [a]", "a: &a [*a]"})
    void brokenYamlIsReportedWithItsFile(String text) throws IOException {
        assertThat(failure(write("broken.yaml", text))).contains("broken.yaml");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"train\": {\"epochs\": NaN}}", "{} {}", "[1]", "{\"train\": ", "{'train': {}}"})
    void brokenJsonIsReportedWithItsFile(String text) throws IOException {
        assertThat(failure(write("broken.json", text))).contains("broken.json");
    }

    @Test
    void anEmptyFileSetsNothing() throws IOException {
        assertThat(RunConfig.load(List.of(write("empty.yaml", "# nothing\n")), List.of()))
                .isEqualTo(RunConfig.defaults());
    }

    @Test
    void lossTermsAndWeightsMustFitTogether() {
        assertThat(failure("loss.type=[\"sigmoid\"]"))
                .contains("loss.weights (defaults.yaml")
                .contains("expected one weight for each of the 1 loss terms [sigmoid], got 3");
        assertThat(failure("loss.type=[\"sigmiod\"]", "loss.weights=[1]"))
                .contains("loss.type[0] (--set): unknown loss term \"sigmiod\"; the nearest known one is sigmoid");
        assertThat(failure("loss.type=[\"sft\",\"sft\"]", "loss.weights=[1,1]")).contains("listed twice");
        assertThat(failure("loss.type=[]", "loss.weights=[]")).contains("at least one loss term");
    }

    @Test
    void contradictionsBetweenSettingsAreReported() {
        assertThat(failure("data.min_dynamic_patch=13"))
                .contains("expected at most data.max_dynamic_patch, 12, got 13");
        assertThat(failure("data.video.min_num_frame=33"))
                .contains("expected at most data.video.max_num_frame, 32, got 33");
        assertThat(failure("model.freeze=[\"vision\",\"projector\",\"language\"]"))
                .contains("nothing would be trained");
        assertThat(failure("reference.mode=adapter")).contains("adapter needs adapters");
        assertThat(failure("model.lora.targets=[\"projector\"]")).contains("the projector takes no adapters");
        assertThat(failure("model.lora.targets=[]", "model.lora.rank=2")).contains("model.lora.targets (--set)");
    }

    @Test
    void everySettingHasACommentedDefault() {
        String text = ConfigLoader.defaultsText();
        for (String path : Schema.RUN.settings().keySet()) {
            assertThat(text).contains(path.substring(path.lastIndexOf('.') + 1) + ":");
        }
    }
}
