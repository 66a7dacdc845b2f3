package dev.mpo.train.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mpo.core.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Launch scripts in the manner of InternVL's, and what they mean here. */
class TrainingScriptTest {

    @TempDir
    private Path folder;

    private TrainingScript.Meaning meaning(String script) throws IOException {
        return TrainingScript.read(Files.writeString(folder.resolve("mpo.sh"), script))
                .meaning();
    }

    @Test
    void flagsBecomeSettingsAndTheBatchIsThatOfAllDevices() throws IOException {
        TrainingScript.Meaning meaning = meaning("""
                set -x
                GPUS=${GPUS:-256}
                BATCH_SIZE=${BATCH_SIZE:-512}
                PER_DEVICE=${PER_DEVICE:-2}
                GRADIENT_ACC=$((BATCH_SIZE / PER_DEVICE / GPUS))
                OUTPUT_DIR='work_dirs/out'
                srun --gres=gpu:8 --nodes=32 \\
                  python -u train.py \\
                  --model_name_or_path "OpenGVLab/InternVL2_5-8B" \\
                  --conv_style "internvl2_5" \\
                  --output_dir ${OUTPUT_DIR} \\
                  --meta_path "MMPR-v1.1/meta.json" \\
                  --freeze_llm False --freeze_mlp True --freeze_backbone True \\
                  --drop_path_rate 0.4 \\
                  --bf16 True \\
                  --per_device_train_batch_size ${PER_DEVICE} \\
                  --gradient_accumulation_steps ${GRADIENT_ACC} \\
                  --save_strategy "no" --save_steps 100 \\
                  --learning_rate 1e-6 \\
                  --grad_checkpoint True \\
                  --deepspeed "zero_stage3_config.json" \\
                  --report_to "tensorboard" \\
                  --loss_type sigmoid,bco_pair --sigmoid_loss_weight 0.8 --bco_pair_loss_weight 0.2 --rpo_alpha 1 \\
                  --ps_version 'v2' --new_flag $(date) \\
                  2>&1 | tee -a "${OUTPUT_DIR}/training_log.txt"
                """);

        assertThat(meaning.model()).hasValue("OpenGVLab/InternVL2_5-8B");
        assertThat(meaning.meta()).hasValue("MMPR-v1.1/meta.json");
        assertThat(meaning.output()).hasValue("work_dirs/out");
        assertThat(meaning.settings())
                .contains(
                        "model.freeze=[\"projector\",\"vision\"]",
                        "model.drop_path_rate=0.4",
                        "train.global_batch_size=512",
                        "train.per_device_batch_size=2",
                        "train.learning_rate=1e-6",
                        "train.precision=bf16",
                        "train.recompute=full",
                        "train.weight_decay_grouping=all",
                        "parallel.shard=full",
                        "loss.type=[\"sigmoid\",\"bco_pair\",\"sft\"]",
                        "loss.weights=[0.8,0.2,1]")
                .noneMatch(line -> line.startsWith("checkpoint.save_steps")
                        || line.startsWith("train.gradient_accumulation_steps"));
        assertThat(meaning.notes())
                .anyMatch(note -> note.startsWith("--save_steps 100: not used"))
                .anyMatch(note -> note.startsWith("--ps_version v2: it belongs to the checkpoint"))
                .anyMatch(note -> note.startsWith("--new_flag $(date): the value cannot be worked out"))
                .noneMatch(note -> note.contains("gres"));
        RunConfig config = RunConfig.defaults().with(meaning.settings().toArray(String[]::new));
        assertThat(config.train().accumulationSteps(16)).isEqualTo(16);
    }

    @Test
    void aScriptWithoutATrainerIsRefused() throws IOException {
        Path other = Files.writeString(folder.resolve("other.sh"), "echo --help\n");
        assertThatThrownBy(() -> TrainingScript.read(other))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("--model_name_or_path");
        assertThatThrownBy(() -> TrainingScript.read(folder.resolve("absent.sh")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("absent.sh");
    }

    @Test
    void namesOfOtherTrainersFindTheSetting() {
        for (String[] pair : new String[][] {
            {"train.lr", "train.learning_rate"},
            {"num_train_epochs", "train.epochs"},
            {"bf16", "train.precision"},
            {"train.deepspeed", "parallel.shard"},
            {"conv_style", "data.template"},
            {"dpo", "loss.type"},
            {"per_device_train_batch_size", "train.per_device_batch_size"},
        }) {
            ConfigLoader loader = new ConfigLoader().set(pair[0] + "=1");
            assertThatThrownBy(loader::load).hasMessageContaining(pair[1] + " here");
        }
        for (String key : new String[] {"optimizer", "train.deterministic", "zzz"}) {
            ConfigLoader loader = new ConfigLoader().set(key + "=1");
            assertThatThrownBy(loader::load).hasMessageNotContaining("nearest");
        }
    }

    @Test
    void everySettingOfTheTableExists() {
        for (String name :
                new String[] {"lr", "zero", "lora_r", "report_to", "ref_model", "max_length", "grad_accum"}) {
            assertThat(ForeignNames.setting(name))
                    .isPresent()
                    .get()
                    .satisfies(
                            key -> assertThat(RunConfig.defaults().bySetting()).containsKey(key));
        }
    }

    @Test
    void aGlobalBatchIsSharedEvenlyOrRefusedWithTheNearest() {
        RunConfig config = RunConfig.defaults().with("train.global_batch_size=256", "train.per_device_batch_size=2");
        assertThat(config.train().accumulationSteps(8)).isEqualTo(16);
        assertThatThrownBy(() -> config.train().accumulationSteps(48))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("192 and 288");
        assertThatThrownBy(() -> config.train().accumulationSteps(256)).hasMessageContaining("the nearest are 512");
        assertThat(RunConfig.defaults().train().accumulationSteps(7)).isEqualTo(1);
    }
}
