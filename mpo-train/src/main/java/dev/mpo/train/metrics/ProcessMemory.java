package dev.mpo.train.metrics;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** The memory of this process and its machine as Linux reports it, native allocations included. */
public final class ProcessMemory {

    private ProcessMemory() {}

    /** Returns the largest resident size so far in bytes, or 0 where the system does not tell. */
    public static long peakResidentBytes() {
        return read(Path.of("/proc/self/status"), "VmHWM:", 0);
    }

    /** Returns the present resident size in bytes, or 0 where the system does not tell. */
    public static long residentBytes() {
        return read(Path.of("/proc/self/status"), "VmRSS:", 0);
    }

    /** Returns the memory that new allocations can use without swapping, in bytes; unlimited where unknown. */
    public static long availableBytes() {
        return read(Path.of("/proc/meminfo"), "MemAvailable:", Long.MAX_VALUE);
    }

    private static long read(Path file, String key, long unknown) {
        try {
            for (String line : Files.readAllLines(file, StandardCharsets.US_ASCII)) {
                if (line.startsWith(key)) {
                    return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
                }
            }
        } catch (IOException e) {
            return unknown;
        }
        return unknown;
    }
}
