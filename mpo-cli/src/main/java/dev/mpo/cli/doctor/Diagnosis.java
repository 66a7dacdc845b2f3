package dev.mpo.cli.doctor;

import dev.mpo.cli.doctor.AcceleratorProbe.Accelerators;
import dev.mpo.cli.doctor.EngineProbe.Engine;
import dev.mpo.cli.doctor.Finding.Severity;
import dev.mpo.cli.doctor.MachineReport.Disk;
import dev.mpo.cli.doctor.MachineReport.Memory;
import dev.mpo.cli.doctor.MachineReport.Processor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Judges what was found on a machine: what stops training, what slows it down, and how to mend either. */
final class Diagnosis {

    private static final double BYTES_PER_GIBIBYTE = 1L << 30;
    private static final long NATIVES_BYTES = 500L << 20; // libtorch for the CPU unpacks to 432 MB
    private static final int OLDEST_DRIVER = 525; // of CUDA 12
    private static final long SMALL_MEMORY_BYTES = 3L << 30;

    private final List<Finding> findings = new ArrayList<>();

    private Diagnosis() {}

    /**
     * What computes, and what connects several of them.
     *
     * @param accelerators the graphics processors
     * @param collectives how processes would exchange tensors
     * @param cpuChosen whether graphics processors are hidden on purpose
     */
    record Devices(Accelerators accelerators, CollectivesProbe.Choice collectives, boolean cpuChosen) {}

    /** Returns the findings, most serious first. */
    static List<Finding> of(Processor processor, Memory memory, List<Disk> disks, Engine engine, Devices devices) {
        Diagnosis diagnosis = new Diagnosis();
        diagnosis.judgeEngine(engine, disks);
        diagnosis.judgeAccelerators(engine, devices);
        diagnosis.judgeCollectives(engine, devices);
        diagnosis.judgeProcessor(processor);
        diagnosis.judgeMemory(memory);
        diagnosis.findings.sort(Comparator.comparing(Finding::severity));
        return List.copyOf(diagnosis.findings);
    }

    /** Returns the error about GPUs that would stay idle, if there is one; commands refuse to compute with it. */
    static List<Finding> idleAccelerator(Engine engine, Accelerators accelerators) {
        if (!accelerators.present() || !engine.loaded()) {
            return List.of();
        }
        String what = accelerators.devices().isEmpty()
                ? String.join(", ", accelerators.deviceFiles())
                : accelerators.devices().get(0).name() + " ("
                        + accelerators.devices().size() + " in this machine)";
        String cpu = "; to compute on the processor on purpose, set CUDA_VISIBLE_DEVICES=-1";
        if (!engine.supportsCuda()) {
            return List.of(new Finding(
                    Severity.ERROR,
                    "GPU NOT USED: this machine has " + what + ", but only CPU native libraries are loaded,"
                            + " so everything would run on the CPU, many times slower",
                    "run scripts/gpu-libs DIR where there is internet and source DIR/env here, or point"
                            + " PYTORCH_LIBRARY_PATH and LD_LIBRARY_PATH at the lib folder of a CUDA 12.8 build of libtorch"
                            + " 2.7.1 (for example of 'pip install torch==2.7.1') and set PYTORCH_FLAVOR=cu128" + cpu));
        }
        if (engine.accelerators() == 0) {
            return List.of(new Finding(
                    Severity.ERROR,
                    "GPU NOT USED: this machine has " + what + ", and CUDA native libraries are loaded, but they see no"
                            + " GPU",
                    "make libcudart.so.12 visible through LD_LIBRARY_PATH, and check CUDA_VISIBLE_DEVICES, the driver and"
                            + " that the job was given GPUs" + cpu));
        }
        return List.of();
    }

    private void judgeEngine(Engine engine, List<Disk> disks) {
        if (engine.loaded()) {
            return;
        }
        long free = disks.stream().mapToLong(Disk::freeBytes).min().orElse(Long.MAX_VALUE);
        String fix = free < NATIVES_BYTES
                ? "free at least 500 MB, or point DJL_CACHE_DIR at a folder with room"
                : "the distribution carries native code for Linux on x86_64; elsewhere set PYTORCH_LIBRARY_PATH"
                        + " to the lib folder of libtorch 2.7.1";
        add(Severity.ERROR, "the tensor library could not be loaded: " + engine.failure(), fix);
    }

    private void judgeAccelerators(Engine engine, Devices devices) {
        Accelerators accelerators = devices.accelerators();
        if (!accelerators.present()) {
            add(Severity.NOTE, "no GPU found: everything runs on the CPU", "");
        } else if (devices.cpuChosen()) {
            add(Severity.NOTE, "CUDA_VISIBLE_DEVICES hides the GPUs: everything runs on the CPU", "");
        } else {
            findings.addAll(idleAccelerator(engine, accelerators));
        }
        for (AcceleratorProbe.Device device : accelerators.devices()) {
            String major = device.driver().replaceAll("\\D.*", "");
            if (!major.isEmpty() && Integer.parseInt(major) < OLDEST_DRIVER) {
                add(
                        Severity.WARNING,
                        "the driver " + device.driver() + " is too old for CUDA 12",
                        "install driver " + OLDEST_DRIVER + " or newer");
                return;
            }
        }
    }

    private void judgeCollectives(Engine engine, Devices devices) {
        CollectivesProbe.Choice collectives = devices.collectives();
        int gpus = engine.supportsCuda()
                ? Math.max(
                        engine.accelerators(), devices.accelerators().devices().size())
                : 0;
        if (gpus > 1 && collectives.nccl().isEmpty()) {
            add(
                    Severity.WARNING,
                    "libnccl.so.2 was not found: several GPUs cannot work together",
                    "install NCCL 2 (Debian: apt-get install libnccl2; clusters: module load nccl; or scripts/gpu-libs)"
                            + " and make it visible through LD_LIBRARY_PATH");
        }
        if (gpus == 0 && collectives.mpi().isEmpty()) {
            add(
                    Severity.NOTE,
                    "no Open MPI: training with several processes on CPUs is not possible",
                    "install it (Debian: apt-get install openmpi-bin; clusters: module load openmpi)");
        } else if (gpus == 0 && collectives.mpirun().isEmpty()) {
            add(
                    Severity.NOTE,
                    "no mpirun in PATH: --devices cannot start processes; srun --mpi=pmix can",
                    "install it (Debian: apt-get install openmpi-bin)");
        }
        if (collectives.ranks().startsWith("contradictory")) {
            add(Severity.ERROR, "the variables of the launcher are " + collectives.ranks(), "unset those left over");
        }
    }

    private void judgeProcessor(Processor processor) {
        if (processor.nativeThreads() > processor.cores()) {
            add(
                    Severity.WARNING,
                    "OMP_NUM_THREADS=" + processor.nativeThreads() + " is more than the " + processor.cores()
                            + " cores of this process: threads that wait for each other slow training down many times",
                    "set OMP_NUM_THREADS=" + processor.cores() + " or less");
        }
        if (!"PASSIVE".equalsIgnoreCase(processor.environment().getOrDefault("OMP_WAIT_POLICY", ""))) {
            add(
                    Severity.NOTE,
                    "OMP_WAIT_POLICY is not PASSIVE: idle native threads burn processor time",
                    "start the program through the mpo launcher, which sets it");
        }
    }

    private void judgeMemory(Memory memory) {
        if (memory.availableBytes() >= 0 && memory.availableBytes() < SMALL_MEMORY_BYTES) {
            add(
                    Severity.WARNING,
                    String.format(
                            Locale.ROOT,
                            "only %.1f GiB of memory are available",
                            memory.availableBytes() / BYTES_PER_GIBIBYTE),
                    "close other programs; training needs about 16 bytes per parameter, plus activations");
        }
    }

    private void add(Severity severity, String message, String fix) {
        findings.add(new Finding(severity, message, fix));
    }
}
