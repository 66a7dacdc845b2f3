package dev.mpo.cli.doctor;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Looks for NVIDIA graphics processors without any CUDA library: a machine whose CUDA libraries are missing is the very
 * case that needs a diagnosis.
 */
public final class AcceleratorProbe {

    private static final int FIELDS = 6;
    private static final long BYTES_PER_MEBIBYTE = 1L << 20;
    private static final int MAX_DEVICE_FILES = 64;

    private AcceleratorProbe() {}

    /**
     * The graphics processors of this machine.
     *
     * @param present true if the driver lists a device or its device files exist
     * @param deviceFiles the device files found, such as /dev/nvidia0
     * @param devices what the driver's own tool reports; empty if that tool is missing
     */
    public record Accelerators(boolean present, List<String> deviceFiles, List<Device> devices) {

        /** Copies the lists, so that a report never changes. */
        public Accelerators {
            deviceFiles = List.copyOf(deviceFiles);
            devices = List.copyOf(devices);
        }
    }

    /**
     * One graphics processor.
     *
     * @param index its number, counted from 0
     * @param name its product name
     * @param totalBytes its memory
     * @param freeBytes the part of its memory that is free
     * @param driver the version of the driver
     * @param computeCapability its architecture, such as 9.0
     */
    public record Device(
            int index, String name, long totalBytes, long freeBytes, String driver, String computeCapability) {}

    /** Asks the driver's tool and looks at the device files. */
    public static Accelerators probe() {
        List<Device> devices = parse(Processes.lines(
                "nvidia-smi",
                "--query-gpu=index,name,memory.total,memory.free,driver_version,compute_cap",
                "--format=csv,noheader,nounits"));
        List<String> files = new ArrayList<>();
        for (int i = 0; i < MAX_DEVICE_FILES; i++) {
            Path file = Path.of("/dev/nvidia" + i);
            if (Files.exists(file)) {
                files.add(file.toString());
            }
        }
        return new Accelerators(!devices.isEmpty() || !files.isEmpty(), files, devices);
    }

    /** Reads the comma-separated lines of the driver's tool; a line of another form is skipped. */
    static List<Device> parse(List<String> lines) {
        List<Device> devices = new ArrayList<>();
        for (String line : lines) {
            String[] fields = line.split("\\s*,\\s*", -1);
            if (fields.length == FIELDS && fields[0].strip().matches("\\d+")) {
                devices.add(new Device(
                        Integer.parseInt(fields[0].strip()),
                        fields[1],
                        bytes(fields[2]),
                        bytes(fields[3]),
                        fields[4],
                        fields[5].strip()));
            }
        }
        return devices;
    }

    private static long bytes(String mebibytes) {
        return mebibytes.matches("\\d+") ? Long.parseLong(mebibytes) * BYTES_PER_MEBIBYTE : -1;
    }
}
