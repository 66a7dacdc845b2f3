package dev.mpo.cli.launch;

import dev.mpo.train.ranks.FailureReport;
import dev.mpo.train.ranks.Ranks;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** One rank that does what its argument says, so that its start and its end can be watched from outside. */
final class RankProgram {

    private RankProgram() {}

    public static void main(String[] arguments) throws InterruptedException {
        Ranks ranks = Ranks.discover(System.getenv());
        LocalLauncher.followLauncher(System.getenv());
        int rank = ranks.rank();
        System.out.println("result of " + rank + " of " + ranks.size());
        System.err.println("log of " + ranks.localRank() + ", threads " + System.getenv("OMP_NUM_THREADS"));
        switch (arguments[0]) {
            case "echo" -> {}
            case "fail" -> {
                Thread.sleep(rank == 1 ? 100 : 400);
                fail(rank, rank == 1 ? 3 : 1, rank == 1 ? "row 7 is bad" : "rank 1 is gone", rank != 1);
            }
            case "late" -> {
                // The rank that fails because of the other one is the first to end.
                if (rank == 0) {
                    fail(0, 1, "lost rank 1", true);
                }
                FailureReport.now(1, 4, "the weights are damaged", false).leave(System.getenv());
                Thread.sleep(500);
                Runtime.getRuntime().halt(4);
            }
            case "die" -> {
                if (rank == 1) {
                    kill("KILL", ProcessHandle.current().pid());
                }
                Thread.sleep(60_000);
            }
            case "exit" -> {
                if (rank == 1) {
                    Runtime.getRuntime().halt(7);
                }
                Thread.sleep(60_000);
            }
            case "stop" -> untilStopped(rank);
            default -> throw new IllegalArgumentException(arguments[0]);
        }
    }

    private static void fail(int rank, int code, String message, boolean consequence) {
        FailureReport.now(rank, code, message, consequence).leave(System.getenv());
        System.err.println("error: " + message);
        Runtime.getRuntime().halt(code);
    }

    private static void untilStopped(int rank) throws InterruptedException {
        CountDownLatch asked = new CountDownLatch(1);
        onWarningSignal(asked::countDown);
        System.err.println("listening");
        if (!asked.await(60, TimeUnit.SECONDS)) {
            Runtime.getRuntime().halt(9);
        }
        Thread.sleep(rank * 300L);
        System.err.println("saved");
        fail(rank, 130, "stopped after step 5", false);
    }

    private static void onWarningSignal(Runnable action) {
        try {
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Class<?> signal = Class.forName("sun.misc.Signal");
            Object proxy = Proxy.newProxyInstance(
                    RankProgram.class.getClassLoader(), new Class<?>[] {handler}, (self, method, arguments) -> {
                        action.run();
                        return null;
                    });
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance("USR1"), proxy);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void kill(String signal, long pid) {
        try {
            new ProcessBuilder("sh", "-c", "kill -" + signal + " " + pid)
                    .start()
                    .waitFor();
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
