package dev.mpo.cli.doctor;

import com.sun.management.OperatingSystemMXBean;
import dev.mpo.cli.doctor.AcceleratorProbe.Accelerators;
import dev.mpo.cli.doctor.EngineProbe.Engine;
import dev.mpo.cli.doctor.LibraryProbe.Library;
import dev.mpo.cli.doctor.MachineReport.Disk;
import dev.mpo.cli.doctor.MachineReport.Java;
import dev.mpo.cli.doctor.MachineReport.Memory;
import dev.mpo.cli.doctor.MachineReport.Processor;
import dev.mpo.core.ConfigException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Examines this machine. */
public final class Doctor {

    private static final List<String> STEERING_VARIABLES = List.of(
            "OMP_NUM_THREADS",
            "OMP_WAIT_POLICY",
            "MALLOC_ARENA_MAX",
            "DJL_OFFLINE",
            "OPT_OUT_TRACKING",
            "RUST_FLAVOR",
            "PYTORCH_LIBRARY_PATH",
            "PYTORCH_FLAVOR",
            "CUDA_VISIBLE_DEVICES");

    private Doctor() {}

    /** Looks at everything and judges it; takes a few seconds, because it loads the tensor library. */
    public static MachineReport examine() {
        Map<String, String> environment = System.getenv();
        LibraryProbe libraries = LibraryProbe.ofThisMachine();
        List<Library> found = List.of(
                libraries.find("libnccl.so.2", "training on several GPUs"),
                libraries.find("libmpi.so.40", "training with several processes on CPUs"),
                libraries.find("libcudart.so.12", "counting GPUs"));
        Processor processor = processor(environment);
        Memory memory = memory();
        List<Disk> disks = List.of(
                disk("output (working folder)", Path.of("")),
                disk("unpacked native libraries", EngineProbe.cacheFolder(environment)));
        Engine engine = EngineProbe.probe(environment);
        Accelerators accelerators = AcceleratorProbe.probe();
        CollectivesProbe.Choice collectives = CollectivesProbe.probe(environment, engine, accelerators);
        return new MachineReport(
                System.getProperty("os.name") + " " + System.getProperty("os.version") + " "
                        + System.getProperty("os.arch"),
                new Java(
                        Runtime.version().toString(),
                        System.getProperty("java.vendor"),
                        System.getProperty("java.home")),
                processor,
                memory,
                disks,
                engine,
                accelerators,
                collectives,
                found,
                Diagnosis.of(
                        processor,
                        memory,
                        disks,
                        engine,
                        new Diagnosis.Devices(accelerators, collectives, cpuChosen(environment))));
    }

    /**
     * Refuses to compute on the processor of a machine whose GPUs would stay idle because the native libraries cannot
     * use them, unless {@code CUDA_VISIBLE_DEVICES} is empty or -1, which chooses the processor. Nothing else would
     * tell: the library computes on the processor without a word.
     *
     * @throws ConfigException naming the GPU and the fix
     */
    public static void requireUsedAccelerators() {
        if (cpuChosen(System.getenv())) {
            return;
        }
        Accelerators accelerators = AcceleratorProbe.probe();
        if (accelerators.present()) {
            Diagnosis.idleAccelerator(EngineProbe.probe(System.getenv()), accelerators)
                    .forEach(finding -> {
                        throw new ConfigException(finding.message() + "; " + finding.fix());
                    });
        }
    }

    /** Whether the GPUs are hidden from this process on purpose. */
    static boolean cpuChosen(Map<String, String> environment) {
        String visible = environment.get("CUDA_VISIBLE_DEVICES");
        return visible != null && (visible.isBlank() || visible.strip().equals("-1"));
    }

    private static Processor processor(Map<String, String> environment) {
        int cores = Runtime.getRuntime().availableProcessors();
        Map<String, String> set = new TreeMap<>();
        for (String name : STEERING_VARIABLES) {
            String value = environment.get(name);
            if (value != null) {
                set.put(name, value);
            }
        }
        String threads = set.getOrDefault("OMP_NUM_THREADS", "");
        return new Processor(cores, threads.matches("[1-9]\\d{0,5}") ? Integer.parseInt(threads) : cores, set);
    }

    private static Memory memory() {
        OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        return new Memory(
                system.getTotalMemorySize(),
                availableBytes(),
                Runtime.getRuntime().maxMemory());
    }

    // Free memory alone would be misleading: Linux fills it with file contents that it gives back on demand.
    private static long availableBytes() {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/meminfo"))) {
                if (line.startsWith("MemAvailable:")) {
                    return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
                }
            }
        } catch (IOException notLinux) {
            return -1;
        }
        return -1;
    }

    private static Disk disk(String purpose, Path wanted) {
        Path folder = wanted.toAbsolutePath();
        while (!Files.exists(folder) && folder.getParent() != null) {
            folder = folder.getParent();
        }
        return new Disk(purpose, folder.toString(), folder.toFile().getUsableSpace());
    }
}
