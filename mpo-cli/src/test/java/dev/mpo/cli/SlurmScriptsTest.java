package dev.mpo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mpo.data.synth.NanoCheckpoint;
import dev.mpo.data.synth.NanoModelConfig;
import dev.mpo.data.synth.SyntheticDataset;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The scripts for Slurm, run with an srun that starts two ranks by mpirun, and an mpo that says what it is told or, in
 * one test, really trains.
 */
class SlurmScriptsTest {

    private static final Path SCRIPTS = RecipesTest.PROJECT.resolve("scripts");
    private static final int TIMEOUT_SECONDS = 60;
    private static final int STEPS = 60; // enough for a warning to arrive on a busy machine

    @TempDir
    private Path folder = Path.of("");

    private record Ended(int exitCode, String output) {}

    static List<Path> jobs() throws IOException {
        try (Stream<Path> files = Files.list(SCRIPTS.resolve("slurm"))) {
            return files.filter(file -> file.toString().endsWith(".sbatch"))
                    .sorted()
                    .toList();
        }
    }

    private static void require(String program, String packageName) {
        boolean found = Stream.of(System.getenv().getOrDefault("PATH", "").split(":", -1))
                .anyMatch(each -> Files.isExecutable(Path.of(each, program)));
        Assumptions.assumeTrue(found, "no " + program + " on this machine (apt-get install " + packageName + ")");
    }

    @BeforeEach
    void standIns() throws IOException {
        program("srun", """
                while [[ $1 == -* ]]; do shift; done
                exec mpirun -np "$SLURM_NTASKS" --oversubscribe --bind-to none "$@"
                """);
        program("scontrol", "if [[ $1 == show ]]; then echo \"${JOB:-}\"; else echo \"scontrol $*\"; fi\n");
        program("mpo", """
                echo "rank $OMPI_COMM_WORLD_RANK of $OMPI_COMM_WORLD_SIZE, threads $OMP_NUM_THREADS: $*"
                if [[ -n ${WAIT_FOR_USR1:-} ]]; then
                  trap 'echo "rank $OMPI_COMM_WORLD_RANK is warned"; exit 130' USR1
                  echo waiting
                  for ((i = 0; i < 300; i++)); do sleep 0.1; done
                fi
                exit "${MPO_EXIT:-0}"
                """);
    }

    private void program(String name, String script) throws IOException {
        Path file = folder.resolve(name);
        Files.writeString(file, "#!/usr/bin/env bash\n" + script);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private ProcessBuilder job(Path script, Map<String, String> more, String... arguments) {
        List<String> command = new ArrayList<>(List.of("bash", script.toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment()
                .putAll(Map.of(
                        "PATH", folder + ":" + System.getenv().getOrDefault("PATH", ""),
                        "SLURM_SUBMIT_DIR", RecipesTest.PROJECT.toString(),
                        "SLURM_NTASKS", "2",
                        "SLURM_CPUS_PER_TASK", "3",
                        "SLURM_JOB_ID", "77",
                        "MPO", folder.resolve("mpo").toString(),
                        "MODEL", "/models/a",
                        "META", "/data/meta.json",
                        "OUTPUT", folder.resolve("run").toString()));
        builder.environment().remove("OMP_NUM_THREADS");
        builder.environment().putAll(Map.of("OMPI_ALLOW_RUN_AS_ROOT", "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1"));
        RankRun.hideGpus(builder);
        builder.environment().putAll(more);
        return builder;
    }

    private static Ended ended(ProcessBuilder builder) throws IOException, InterruptedException {
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)).isTrue();
        return new Ended(process.exitValue(), output);
    }

    @Test
    void scriptsAreCleanByShellcheck() throws IOException, InterruptedException {
        require("shellcheck", "shellcheck");
        List<String> command = new ArrayList<>(List.of("shellcheck"));
        jobs().forEach(job -> command.add(job.toString()));
        command.add(SCRIPTS.resolve("slurm/run").toString());
        command.add(SCRIPTS.resolve("gpu-libs").toString());
        Ended check = ended(new ProcessBuilder(command).redirectErrorStream(true));

        assertThat(check).isEqualTo(new Ended(0, ""));
    }

    @Test
    void thereIsAJobForEveryModel() throws IOException {
        assertThat(jobs()).hasSize(25);
    }

    @ParameterizedTest
    @MethodSource("jobs")
    void jobStartsTheRanksWithTheRecipe(Path job) throws IOException, InterruptedException {
        require("mpirun", "openmpi-bin");
        String text = Files.readString(job);
        assertThat(text).contains("#SBATCH --signal=USR1@600", "#SBATCH --requeue", "#SBATCH --open-mode=append");
        Ended run = ended(job(job, Map.of(), "--set", "train.seed=7"));

        String name = job.getFileName().toString().replace(".sbatch", "");
        int batch = text.contains(" 512 ") ? 512 : 256;
        String command = ", threads 3: train --config " + RecipesTest.PROJECT.resolve("configs/" + name + ".yaml")
                + " --model /models/a --meta /data/meta.json --output " + folder.resolve("run") + " --resume"
                + " --set train.global_batch_size=" + batch
                + " --set train.per_device_batch_size=1 --set train.seed=7";
        assertThat(run.exitCode()).as(run.output()).isZero();
        assertThat(run.output().lines()).containsExactlyInAnyOrder("rank 0 of 2" + command, "rank 1 of 2" + command);
    }

    @Test
    void runThatSavedItsStateIsQueuedAgainAndNoOther() throws IOException, InterruptedException {
        require("mpirun", "openmpi-bin");
        Path job = jobs().get(0);
        Ended late = ended(job(job, Map.of("MPO_EXIT", "130", "JOB", "JobState=COMPLETING Reason=TimeLimit")));
        assertThat(late.exitCode()).as(late.output()).isEqualTo(130);
        assertThat(late.output()).contains("scontrol requeue 77");

        Ended stopped = ended(job(job, Map.of("MPO_EXIT", "130", "JOB", "JobState=RUNNING Reason=None")));
        assertThat(stopped.exitCode()).as(stopped.output()).isEqualTo(130);
        assertThat(stopped.output()).doesNotContain("scontrol requeue").contains("it is not queued again");

        Ended cancelled = ended(job(job, Map.of("MPO_EXIT", "130", "JOB", "JobState=CANCELLED Reason=TimeLimit")));
        assertThat(cancelled.output()).doesNotContain("scontrol requeue");

        Ended failed = ended(job(job, Map.of("MPO_EXIT", "3")));
        assertThat(failed.exitCode()).as(failed.output()).isEqualTo(3);
        assertThat(failed.output()).doesNotContain("scontrol");

        Ended kept = ended(job(job, Map.of("MPO_EXIT", "130", "MPO_REQUEUE", "0")));
        assertThat(kept.exitCode()).as(kept.output()).isEqualTo(130);
        assertThat(kept.output()).doesNotContain("scontrol");
    }

    @Test
    void warningOfTheJobReachesTheRanks() throws IOException, InterruptedException {
        require("mpirun", "openmpi-bin");
        Process process = job(jobs().get(0), Map.of("WAIT_FOR_USR1", "1")).start();
        for (int waiting = 0; waiting < 2; ) {
            String line = process.inputReader().readLine();
            assertThat(line).isNotNull();
            waiting += line.equals("waiting") ? 1 : 0;
        }
        new ProcessBuilder("sh", "-c", "kill -USR1 " + process.pid()).start().waitFor();
        String rest = String.join("\n", process.inputReader().lines().toList());

        assertThat(process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(rest).isEqualTo(130);
        assertThat(rest).contains("is warned", "scontrol requeue 77");
    }

    /** The recipe of a real model, on a small one, with settings that a processor can do. */
    private ProcessBuilder training(Path output, Path model, Path meta) throws IOException {
        program("mpo", "exec '" + String.join("' '", RankRun.program()) + "' \"$@\"\n");
        Map<String, String> environment = Map.of(
                "MODEL",
                model.toString(),
                "META",
                meta.toString(),
                "OUTPUT",
                output.toString(),
                "GLOBAL_BATCH",
                "4",
                "SLURM_CPUS_PER_TASK",
                "1",
                "OMPI_MCA_mpi_yield_when_idle",
                "1");
        List<String> settings = new ArrayList<>();
        for (String setting : List.of(
                "train.precision=fp32", "train.learning_rate=1e-3", "train.max_steps=" + STEPS, "data.num_workers=1")) {
            settings.addAll(List.of("--set", setting));
        }
        return job(jobs().get(0), environment, settings.toArray(String[]::new));
    }

    @Test
    void runThatIsWarnedGoesOnWhenItsJobIsStartedAgain() throws IOException, InterruptedException {
        RankRun.requireMpi();
        SyntheticDataset data =
                SyntheticDataset.write(folder.resolve("data"), new SyntheticDataset.Options(1, 100, 25, 56));
        Path meta = data.trainMeta();
        Path model = folder.resolve("model");
        NanoCheckpoint.write(model, new NanoModelConfig(56, 14, 16, 32, 2, 2, 16, 32, 2, 2, 1), data.texts(), 1);
        Ended whole = ended(training(folder.resolve("whole"), model, meta));
        assertThat(whole.exitCode()).as(whole.output()).isZero();

        Path warned = folder.resolve("warned");
        Path log = folder.resolve("warned.log");
        Process first =
                training(warned, model, meta).redirectOutput(log.toFile()).start();
        Path metrics = warned.resolve("metrics.jsonl");
        RunFiles.awaitSteps(first, warned, 2);
        assertThat(first.isAlive()).as(Files.readString(log)).isTrue();
        new ProcessBuilder("sh", "-c", "kill -USR1 " + first.pid()).start().waitFor();
        assertThat(first.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(first.exitValue()).as(Files.readString(log)).isEqualTo(130);
        assertThat(Files.readString(log)).contains("scontrol requeue 77");
        assertThat(warned.resolve("final")).doesNotExist();
        Ended again = ended(training(warned, model, meta));

        assertThat(again.exitCode()).as(again.output()).isZero();
        assertThat(again.output()).doesNotContain("scontrol");
        assertThat(Files.readAllLines(metrics)).hasSize(STEPS);
        assertThat(warned.resolve("final/model.safetensors"))
                .hasSameBinaryContentAs(folder.resolve("whole/final/model.safetensors"));
    }

    @Test
    void whatIsMissingIsNamed() throws IOException, InterruptedException {
        Path job = jobs().get(0);
        Ended model = ended(job(job, Map.of("MODEL", "")));
        assertThat(model)
                .isEqualTo(new Ended(2, "error: MODEL is not set: MODEL=DIR META=FILE OUTPUT=DIR sbatch ...\n"));

        Ended ranks = ended(job(job, Map.of("SLURM_NTASKS", "3")));
        assertThat(ranks.exitCode()).isEqualTo(2);
        assertThat(ranks.output()).startsWith("error: a global batch of 256 does not divide by 3 ranks");
    }

    @Test
    void librariesForCudaAreAssembledAndADamagedFileIsNoticed() throws IOException, InterruptedException {
        require("unzip", "unzip");
        require("curl", "curl");
        require("zip", "zip");
        Path repository = folder.resolve("repository");
        archive(
                repository,
                "org/bytedeco/pytorch/2.7.1-1.5.12/pytorch-2.7.1-1.5.12-linux-x86_64-gpu.jar",
                "org/bytedeco/pytorch/linux-x86_64-gpu/",
                "libtorch.so",
                "libtorch_cpu.so",
                "libtorch_cuda.so",
                "libc10.so",
                "libc10_cuda.so",
                "libjnitorch.so");
        archive(
                repository,
                "org/bytedeco/cuda/12.6-9.5-1.5.11/cuda-12.6-9.5-1.5.11-linux-x86_64-redist.jar",
                "org/bytedeco/cuda/linux-x86_64/",
                "libcudart.so.12",
                "libnccl.so.2",
                "libnvrtc-builtins.so.12.6");
        archive(
                repository,
                "org/bytedeco/cuda-redist/12.9-9.10-1.5.12/cuda-redist-12.9-9.10-1.5.12-linux-x86_64.jar",
                "org/bytedeco/cuda/linux-x86_64/",
                "libcudart.so.12",
                "libcufile.so.0");
        Path last = archive(
                repository,
                "org/bytedeco/openblas/0.3.30-1.5.12/openblas-0.3.30-1.5.12-linux-x86_64.jar",
                "org/bytedeco/openblas/linux-x86_64/",
                "libopenblas.so.0");
        Path target = folder.resolve("libs");
        ProcessBuilder script =
                new ProcessBuilder(SCRIPTS.resolve("gpu-libs").toString(), target.toString()).redirectErrorStream(true);
        script.environment().put("MAVEN_URL", repository.toUri().toString().replaceFirst("/$", ""));
        Path sum = Path.of(last + ".sha1");
        String right = Files.readString(sum);
        Files.writeString(sum, "0".repeat(40));
        Ended damaged = ended(script);
        assertThat(damaged.exitCode()).isEqualTo(1);
        assertThat(damaged.output()).contains("error: openblas-0.3.30-1.5.12-linux-x86_64.jar is damaged");
        Files.writeString(sum, right);
        Ended good = ended(script);

        assertThat(good.exitCode()).as(good.output()).isZero();
        try (Stream<Path> files = Files.list(target)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder(
                            "env",
                            "libtorch.so",
                            "libtorch_cpu.so",
                            "libtorch_cuda.so",
                            "libc10.so",
                            "libc10_cuda.so",
                            "libcudart.so.12",
                            "libnccl.so.2",
                            "libnvrtc-builtins.so.12.6",
                            "libcufile.so.0",
                            "libopenblas.so.0");
        }
        assertThat(Files.readString(target.resolve("libcudart.so.12"))).contains("cuda-12.6");
        assertThat(Files.readString(target.resolve("env")))
                .contains("PYTORCH_LIBRARY_PATH='" + target, "PYTORCH_FLAVOR=cu128");
    }

    private static Path archive(Path repository, String jar, String inside, String... names)
            throws IOException, InterruptedException {
        Path file = repository.resolve(jar);
        Path content = Files.createDirectories(file.resolveSibling("content").resolve(inside));
        for (String name : names) {
            Files.writeString(content.resolve(name), name + " of " + file.getFileName());
        }
        String top = inside.substring(0, inside.indexOf('/'));
        Process zip = new ProcessBuilder("zip", "-q", "-r", file.toString(), top)
                .directory(file.resolveSibling("content").toFile())
                .start();
        assertThat(zip.waitFor()).isZero();
        Process sum = new ProcessBuilder("sha1sum", file.toString()).start();
        String digits = new String(sum.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        Files.writeString(Path.of(file + ".sha1"), digits.substring(0, 40));
        return file;
    }
}
