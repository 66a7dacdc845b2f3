package dev.mpo.cli.doctor;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Runs small diagnostic programs that may be missing or may hang. */
final class Processes {

    private static final int TIMEOUT_SECONDS = 20;

    private Processes() {}

    /** Returns the lines a program prints, or none if it is missing, fails, or takes longer than 20 seconds. */
    static List<String> lines(String... command) {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            process.getOutputStream().close();
            return output(process);
        } catch (IOException missing) {
            return List.of();
        }
    }

    private static List<String> output(Process process) {
        CompletableFuture<String> text = CompletableFuture.supplyAsync(() -> readAll(process));
        try {
            List<String> lines =
                    text.get(TIMEOUT_SECONDS, TimeUnit.SECONDS).lines().toList();
            return process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS) && process.exitValue() == 0 ? lines : List.of();
        } catch (ExecutionException | TimeoutException e) {
            return List.of();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return List.of();
        } finally {
            process.destroyForcibly();
        }
    }

    private static String readAll(Process process) {
        try {
            return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException closed) {
            return "";
        }
    }
}
