package dev.mpo.train.setup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mpo.core.ConfigException;
import dev.mpo.train.GoldenRuns;
import dev.mpo.train.NanoModel;
import dev.mpo.train.Trainer;
import dev.mpo.train.config.RunConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Training against the policy without its adapters. */
class AdapterReferenceTest {

    @TempDir
    Path temp;

    @Test
    void trainingIsTheSameAsWithACopyOfTheCheckpoint() throws IOException {
        RunConfig adapters = NanoModel.write(temp, 1)
                .settings(
                        "model.lora.rank=4",
                        "model.lora.targets=[\"vision\",\"language\"]",
                        "model.freeze=[\"projector\"]",
                        "model.drop_path_rate=0",
                        "train.learning_rate=0.01",
                        "train.max_steps=4");
        List<JsonNode> copy = metrics(adapters, "copy");
        List<JsonNode> adapter = metrics(adapters.with("reference.mode=adapter"), "adapter");
        for (int i = 0; i < copy.size(); i++) {
            for (String key : List.of("loss", "grad_norm", "rewards/margins", "logps/chosen", "reward_shift")) {
                assertThat(adapter.get(i).get(key))
                        .as("step " + (i + 1) + " " + key)
                        .isEqualTo(copy.get(i).get(key));
            }
        }
        assertThat(copy.get(0).get("rewards/margins").doubleValue()).isZero();
        assertThat(copy.get(3).get("rewards/margins").doubleValue()).isNotZero();
    }

    private List<JsonNode> metrics(RunConfig settings, String name) throws IOException {
        Trainer.train(settings, temp.resolve(name));
        return Files.readAllLines(temp.resolve(name + "/metrics.jsonl")).stream()
                .map(GoldenRuns::parse)
                .toList();
    }

    @Test
    void partsThatAreTrainedBesideTheAdaptersAreNamedWithTheFix() {
        RunConfig settings = NanoModel.write(temp, 1).settings("model.lora.rank=4", "reference.mode=adapter");
        assertThatThrownBy(() -> Training.open(settings))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("vision and projector would be")
                .hasMessageContaining("model.freeze=[vision, projector]")
                .hasMessageContaining("reference.mode=copy");
    }

    @Test
    void adaptersAreNeeded() {
        NanoModel model = NanoModel.write(temp, 1);
        assertThatThrownBy(() -> model.settings("reference.mode=adapter"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("model.lora.rank");
        assertThatThrownBy(
                        () -> model.settings("reference.mode=adapter", "model.lora.rank=2", "reference.path=elsewhere"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("reference.path");
    }
}
