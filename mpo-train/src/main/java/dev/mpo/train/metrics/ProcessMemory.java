package dev.mpo.train.metrics;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** The resident memory of this process as Linux reports it, native allocations included. */
public final class ProcessMemory {

    private ProcessMemory() {}

    /** Returns the largest resident size so far in bytes, or 0 where the system does not tell. */
    public static long peakResidentBytes() {
        return read("VmHWM:");
    }

    /** Returns the present resident size in bytes, or 0 where the system does not tell. */
    public static long residentBytes() {
        return read("VmRSS:");
    }

    private static long read(String key) {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/self/status"), StandardCharsets.US_ASCII)) {
                if (line.startsWith(key)) {
                    return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
                }
            }
        } catch (IOException e) {
            return 0;
        }
        return 0;
    }
}
