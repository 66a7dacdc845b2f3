package dev.mpo.tools.plan;

import dev.mpo.core.ConfigException;
import java.lang.management.ManagementFactory;
import java.util.List;

/**
 * A device that a run is planned for.
 *
 * @param name how it is called in the output
 * @param memoryBytes its memory
 * @param teraflops operations that training achieves per second, in 1e12; well below the data sheet
 * @param linkBytesPerSecond bytes per second that a device exchanges with the others of its machine
 * @param networkBytesPerSecond bytes per second that it exchanges with those of other machines
 * @param hostBytesPerSecond bytes per second between the device and the host's memory
 * @param narrow whether it computes in bf16 unless told otherwise
 * @param calibration measured numbers of the memory model
 */
public record DeviceSpec(
        String name,
        double memoryBytes,
        double teraflops,
        double linkBytesPerSecond,
        double networkBytesPerSecond,
        double hostBytesPerSecond,
        boolean narrow,
        Calibration calibration) {

    /** The names of the known devices. */
    public static final List<String> NAMES = List.of("h100", "h200", "cpu");

    private static final int DEVICES_OF_A_MACHINE = 8;
    private static final double GIB = 1L << 30;
    private static final double TERAFLOPS_PER_CORE = 0.06;

    /**
     * Returns a known device. The speeds are assumptions, stated in the output: 400 achieved TFLOP/s in bf16 and 300
     * GB/s to the other devices of a machine of eight for both GPUs, 50 GB/s (400 Gbit/s for each GPU) to those of
     * other machines, 25 GB/s to the host; 0.06 TFLOP/s per core of this machine's CPU in fp32.
     *
     * @throws ConfigException if there is no such device
     */
    public static DeviceSpec named(String name) {
        return switch (name) {
            case "h100" -> gpu("H100 80 GB", 79);
            case "h200" -> gpu("H200 141 GB", 139);
            case "cpu" -> cpu();
            default ->
                throw new ConfigException("--device: expected one of " + NAMES + ", got \"" + name
                        + "\"; for another one give the nearest with --device-memory and --device-tflops");
        };
    }

    private static DeviceSpec gpu(String name, double gibibytes) {
        return new DeviceSpec(name, gibibytes * GIB, 400, 300e9, 50e9, 25e9, true, Calibration.gpu());
    }

    private static DeviceSpec cpu() {
        var system = ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class);
        int cores = Runtime.getRuntime().availableProcessors();
        return new DeviceSpec(
                "this CPU, " + cores + " cores",
                system.getTotalMemorySize(),
                TERAFLOPS_PER_CORE * cores,
                1e9,
                1e9,
                10e9,
                false,
                Calibration.cpu());
    }

    /** Returns the bytes per second that a device exchanges when that many take part. */
    public double linkBytesPerSecond(int devices) {
        return devices > DEVICES_OF_A_MACHINE ? networkBytesPerSecond : linkBytesPerSecond;
    }

    /** Returns this device with another memory, in bytes. */
    public DeviceSpec withMemory(double bytes) {
        return new DeviceSpec(
                name,
                bytes,
                teraflops,
                linkBytesPerSecond,
                networkBytesPerSecond,
                hostBytesPerSecond,
                narrow,
                calibration);
    }

    /** Returns this device with another achieved speed, in 1e12 operations per second. */
    public DeviceSpec withTeraflops(double achieved) {
        return new DeviceSpec(
                name,
                memoryBytes,
                achieved,
                linkBytesPerSecond,
                networkBytesPerSecond,
                hostBytesPerSecond,
                narrow,
                calibration);
    }
}
