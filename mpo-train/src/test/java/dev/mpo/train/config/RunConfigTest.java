package dev.mpo.train.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.mpo.core.model.Part;
import dev.mpo.train.optim.LrSchedule;
import dev.mpo.train.optim.WeightDecayGrouping;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RunConfigTest {

    @Test
    void recordedDefaults() {
        assertThat(RunConfig.defaults())
                .isEqualTo(new RunConfig(
                        new ModelSettings(
                                null, List.of(), 0.1, null, new LoraSettings(0, null, List.of(Part.LANGUAGE), null)),
                        new DataSettings(
                                List.of(),
                                Map.of(),
                                null,
                                true,
                                DataSettings.GroupByLength.NONE,
                                64,
                                1,
                                12,
                                null,
                                8192,
                                2,
                                268435456,
                                Map.of(),
                                DataSettings.OnBadSample.REPLACE,
                                0.01,
                                DataSettings.OnTooLong.CUT,
                                178956970L,
                                DataSettings.TruncatedImages.USE,
                                new UrlSettings(false, 20, 67108864, 3, null),
                                new VideoSettings(8, 32, VideoSettings.SamplingMethod.RAND, "ffmpeg")),
                        new LossSettings(List.of("sigmoid", "bco_pair", "sft"), List.of(0.8, 0.2, 1.0), 0.1, 0),
                        new TrainSettings(
                                1.0,
                                null,
                                1,
                                1,
                                null,
                                1e-6,
                                LrSchedule.Kind.COSINE,
                                0.03,
                                0.05,
                                WeightDecayGrouping.TRANSFORMERS4,
                                0.9,
                                0.999,
                                1e-8,
                                1.0,
                                TrainSettings.OnNonfinite.STOP,
                                42,
                                TrainSettings.Precision.AUTO,
                                TrainSettings.Recompute.AUTO,
                                null),
                        new ReferenceSettings(ReferenceSettings.Mode.COPY, null, null),
                        new ParallelSettings(ParallelSettings.Shard.NONE, ParallelSettings.Offload.NONE, 1800, 20),
                        new CheckpointSettings(0, 2, false),
                        new LogSettings(1, true),
                        new EngineSettings(EngineSettings.Mode.BRANCHED)));
    }

    @Test
    void theResolvedYamlLoadsToAnEqualConfiguration(@TempDir Path folder) throws IOException {
        RunConfig config = RunConfig.defaults()
                .with(
                        "model.path=models/1B",
                        "model.freeze=[\"vision\",\"projector\"]",
                        "model.image_size=448",
                        "data.path_map={\"/theirs/a.b\":\"mine: here\",\"2024\":\"true\"}",
                        "data.use_thumbnail=false",
                        "data.meta=\"1e-6\"",
                        "train.learning_rate=2e-7",
                        "train.max_steps=10",
                        "train.seed=9007199254740993",
                        "train.weight_decay_grouping=transformers5",
                        "loss.type=[\"ipo\"]",
                        "loss.weights=[-0.5]",
                        "engine.mode=plain");
        Path file = folder.resolve("config.resolved.yaml");
        Files.writeString(file, config.toYaml());
        assertThat(RunConfig.load(List.of(file), List.of())).isEqualTo(config);
        assertThat(config.toYaml()).contains("learning_rate: 2.0E-7").contains("mode: \"plain\"");
    }

    @Test
    void theResolvedDefaultsLoadToTheDefaults(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("config.resolved.yaml");
        Files.writeString(file, RunConfig.defaults().toYaml());
        assertThat(RunConfig.load(List.of(file), List.of())).isEqualTo(RunConfig.defaults());
    }

    @Test
    void replacingASettingKeepsTheOthers() {
        RunConfig config = RunConfig.defaults().with("train.epochs=3").with("loss.beta=0.2");
        assertThat(config.train().epochs()).isEqualTo(3);
        assertThat(config.loss().beta()).isEqualTo(0.2);
        assertThat(config.with("train.epochs=1", "loss.beta=0.1")).isEqualTo(RunConfig.defaults());
    }

    @Test
    void lossSettingsCreateTheLossTheyDescribe() {
        assertThat(RunConfig.defaults().loss().createLoss().expectedAtStart(0))
                .isCloseTo(1.2 * Math.log(2), within(1e-12));
    }

    @Test
    void adapterScaleDefaultsToTwo() {
        assertThat(RunConfig.defaults().with("model.lora.rank=8").model().lora().scale())
                .isEqualTo(2);
        assertThat(RunConfig.defaults()
                        .with("model.lora.rank=8", "model.lora.alpha=4")
                        .model()
                        .lora()
                        .scale())
                .isEqualTo(0.5);
    }
}
