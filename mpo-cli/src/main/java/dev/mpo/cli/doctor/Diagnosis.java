package dev.mpo.cli.doctor;

import dev.mpo.cli.doctor.AcceleratorProbe.Accelerators;
import dev.mpo.cli.doctor.EngineProbe.Engine;
import dev.mpo.cli.doctor.Finding.Severity;
import dev.mpo.cli.doctor.LibraryProbe.Library;
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
    private static final long SMALL_MEMORY_BYTES = 3L << 30;

    private final List<Finding> findings = new ArrayList<>();

    private Diagnosis() {}

    /** Returns the findings, most serious first. */
    static List<Finding> of(
            Processor processor,
            Memory memory,
            List<Disk> disks,
            Engine engine,
            Accelerators accelerators,
            List<Library> libraries) {
        Diagnosis diagnosis = new Diagnosis();
        diagnosis.judgeEngine(engine, disks);
        diagnosis.judgeAccelerators(engine, accelerators, libraries);
        diagnosis.judgeProcessor(processor);
        diagnosis.judgeMemory(memory);
        diagnosis.findings.sort(Comparator.comparing(Finding::severity));
        return List.copyOf(diagnosis.findings);
    }

    /** Returns the warning about a GPU that would stay idle, if there is one; training repeats it at its start. */
    static List<Finding> idleAccelerator(Engine engine, Accelerators accelerators) {
        if (!accelerators.present() || engine.supportsCuda()) {
            return List.of();
        }
        String what = accelerators.devices().isEmpty()
                ? String.join(", ", accelerators.deviceFiles())
                : accelerators.devices().get(0).name() + " ("
                        + accelerators.devices().size() + " in this machine)";
        return List.of(new Finding(
                Severity.WARNING,
                "GPU NOT USED: this machine has " + what + ", but only CPU native libraries are loaded,"
                        + " so everything runs on the CPU, many times slower",
                "point PYTORCH_LIBRARY_PATH and LD_LIBRARY_PATH at the lib folder of a CUDA 12.8 build of libtorch"
                        + " 2.7.1 (for example of 'pip install torch==2.7.1') and set PYTORCH_FLAVOR=cu128"));
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

    private void judgeAccelerators(Engine engine, Accelerators accelerators, List<Library> libraries) {
        findings.addAll(idleAccelerator(engine, accelerators));
        if (!accelerators.present()) {
            add(Severity.NOTE, "no GPU found: everything runs on the CPU", "");
        } else if (engine.supportsCuda() && engine.accelerators() == 0) {
            add(
                    Severity.WARNING,
                    "CUDA native libraries are loaded, but they see no GPU",
                    "make libcudart.so.12 visible through LD_LIBRARY_PATH, and check CUDA_VISIBLE_DEVICES and the driver");
        }
        for (Library library : libraries) {
            boolean wanted = library.file().startsWith("libnccl")
                    && accelerators.devices().size() > 1;
            if (wanted && !library.found()) {
                add(
                        Severity.WARNING,
                        library.file() + " was not found: several GPUs cannot work together",
                        "install NCCL 2 and make it visible through LD_LIBRARY_PATH");
            }
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
