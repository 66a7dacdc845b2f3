package dev.mpo.tools.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;

/** Peak memory of one measurement in a process of its own: within one process only the largest variant would show. */
public final class IsolatedPeak {

    private IsolatedPeak() {}

    /**
     * Runs a program with this process's Java, options and class path, and returns the {@code peak_device_memory_bytes}
     * of the JSON object that it prints or, where it has none, the {@code peak_memory_bytes}.
     *
     * @throws IllegalStateException if it fails
     */
    public static long of(String mainClass, List<String> arguments) {
        JsonNode report = run(List.of(), mainClass, arguments);
        JsonNode onDevice = report.get("peak_device_memory_bytes");
        return (onDevice == null ? report.get("peak_memory_bytes") : onDevice).longValue();
    }

    /**
     * Runs a program with this process's Java, options and class path, and returns the JSON object that it prints.
     *
     * @param options further options of Java
     * @throws IllegalStateException if it fails
     */
    public static JsonNode run(List<String> options, String mainClass, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(ProcessHandle.current().info().command().orElse("java"));
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(option -> !option.startsWith("-javaagent"))
                .forEach(command::add);
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), mainClass));
        command.addAll(arguments);
        try {
            Process process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            byte[] json = process.getInputStream().readAllBytes();
            int exit = process.waitFor();
            if (exit != 0) {
                throw new IllegalStateException("the process for one variant ended with exit code " + exit);
            }
            return new ObjectMapper().readTree(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while measuring memory", e);
        }
    }
}
