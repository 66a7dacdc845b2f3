package dev.mpo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mpo.core.config.ModelConfig;
import dev.mpo.train.config.ParallelSettings.Shard;
import dev.mpo.train.config.RunConfig;
import dev.mpo.train.optim.LrSchedule;
import dev.mpo.train.optim.WeightDecayGrouping;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The committed recipes against the published ones. */
class RecipesTest {

    /** The project's folder; tests run in that of their module. */
    static final Path PROJECT = Path.of("..").toAbsolutePath().normalize();

    @ParameterizedTest
    @CsvSource({
        "internvl2_5_1b_mpo,  1e-6, 8192, 0.1, OPTIMIZER, 256, 0.03",
        "internvl2_5_2b_mpo,  1e-6, 8192, 0.1, OPTIMIZER, 256, 0.03",
        "internvl2_5_4b_mpo,  1e-6, 8192, 0.1, OPTIMIZER, 256, 0.03",
        "internvl2_5_8b_mpo,  1e-6, 8192, 0.1, OPTIMIZER, 256, 0.03",
        "internvl2_5_26b_mpo, 1e-6, 8192, 0.4, FULL,      256, 0.03",
        "internvl2_5_38b_mpo, 1e-6, 8192, 0.4, FULL,      512, 0.03",
        "internvl2_5_78b_mpo, 1e-6, 8192, 0.4, FULL,      512, 0.03",
        "internvl2_8b_mpo,       5e-6, 6144, 0.1, OPTIMIZER, 256, 0.03",
        "internvl2_8b_paper_mpo, 5e-6, 6144, 0.1, OPTIMIZER, 256, 0.05",
        "internvl3_1b_mpo, 2e-7, 12288, 0.1, OPTIMIZER, 256, 0.03",
        "internvl3_2b_mpo, 2e-7, 12288, 0.1, OPTIMIZER, 256, 0.03",
        "internvl3_8b_mpo, 2e-7, 12288, 0.1, FULL, 256, 0.03",
        "internvl3_9b_mpo, 2e-7, 12288, 0.1, FULL, 256, 0.03",
        "internvl3_14b_mpo, 2e-7, 12288, 0.1, FULL, 256, 0.03",
        "internvl3_38b_mpo, 2e-7, 8192, 0.4, FULL, 512, 0.03",
        "internvl3_78b_mpo, 2e-7, 8192, 0.4, FULL, 512, 0.03",
        "internvl3_5_1b_mpo, 2e-7, 16384, 0.0, FULL, 256, 0.03",
        "internvl3_5_2b_mpo, 2e-7, 16384, 0.0, FULL, 256, 0.03",
        "internvl3_5_4b_mpo, 2e-7, 16384, 0.0, FULL, 256, 0.03",
        "internvl3_5_8b_mpo, 2e-7, 16384, 0.1, FULL, 256, 0.03",
        "internvl3_5_14b_mpo, 2e-7, 16384, 0.1, FULL, 256, 0.03",
        "internvl3_5_38b_mpo, 2e-7, 16384, 0.4, FULL, 256, 0.03",
        "internvl3_5_30b_a3b_mpo, 2e-7, 16384, 0.1, FULL, 256, 0.03",
        "internvl3_5_241b_a28b_mpo, 2e-7, 16384, 0.4, FULL, 256, 0.03",
        "internvl3_5_gpt_oss_20b_a4b_mpo, 2e-7, 16384, 0.1, FULL, 256, 0.03",
    })
    void recipeHasThePublishedValues(
            String name, double learningRate, int length, double dropPath, Shard shard, int batch, double warmup)
            throws IOException {
        RunConfig config = RunConfig.load(List.of(PROJECT.resolve("configs/" + name + ".yaml")), List.of());

        assertThat(config.train().learningRate()).isEqualTo(learningRate);
        assertThat(config.data().maxSeqLength()).isEqualTo(length);
        assertThat(config.model().dropPathRate()).isEqualTo(dropPath);
        assertThat(config.parallel().shard()).isEqualTo(shard);
        assertThat(config.train().warmupRatio()).isEqualTo(warmup);
        assertThat(config.train().lrScheduler()).isEqualTo(LrSchedule.Kind.COSINE);
        assertThat(config.train().weightDecay()).isEqualTo(0.05);
        assertThat(config.train().weightDecayGrouping()).isEqualTo(WeightDecayGrouping.ALL);
        assertThat(config.train().maxGradNorm()).isEqualTo(1);
        assertThat(config.train().perDeviceBatchSize()).isEqualTo(1);
        assertThat(config.model().freeze()).isEmpty();
        assertThat(config.data().maxDynamicPatch()).isEqualTo(12);
        assertThat(config.loss().weights()).containsExactly(0.8, 0.2, 1.0);
        String job = Files.readString(PROJECT.resolve("scripts/slurm/" + name + ".sbatch"));
        int ranks = number(job, "--nodes=(\\d+)") * number(job, "--ntasks-per-node=(\\d+)");
        assertThat(number(job, "scripts/slurm/run\" " + name + " (\\d+)")).isEqualTo(batch);
        assertThat((long) ranks * config.train().accumulationSteps(ranks)).isEqualTo(batch);
    }

    @Test
    void everyPublishedModelHasARecipe() {
        for (String model : ModelConfig.publishedNames()) {
            String name = model.toLowerCase(Locale.ROOT).replace('-', '_').replace("_preview", "") + "_mpo";

            assertThat(PROJECT.resolve("configs/" + name + ".yaml")).exists();
            assertThat(PROJECT.resolve("scripts/slurm/" + name + ".sbatch")).exists();
        }
    }

    private static int number(String text, String pattern) {
        Matcher matcher = Pattern.compile(pattern).matcher(text);
        assertThat(matcher.find()).as(pattern).isTrue();
        return Integer.parseInt(matcher.group(1));
    }

    @Test
    void everyRecipeLoads() throws IOException {
        try (Stream<Path> files = Files.list(PROJECT.resolve("configs"))) {
            List<Path> recipes = files.toList();
            assertThat(recipes).hasSizeGreaterThanOrEqualTo(25);
            for (Path recipe : recipes) {
                assertThat(RunConfig.load(List.of(recipe), List.of()).train().epochs())
                        .as(recipe.toString())
                        .isEqualTo(1);
            }
        }
    }
}
