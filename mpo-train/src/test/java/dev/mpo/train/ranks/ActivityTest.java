package dev.mpo.train.ranks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mpo.core.LongWait;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a process whose numbers are written here, second by second. */
class ActivityTest {

    private static final long SECOND = 1_000_000_000L;

    @TempDir
    private Path process = Path.of("");

    private final AtomicLong now = new AtomicLong(77 * SECOND);
    private final long[] ran = new long[20];
    private final long[] waited = new long[20];
    private long read;
    private long mapped;

    @BeforeEach
    void start() throws IOException {
        for (int thread = 0; thread < ran.length; thread++) {
            Files.createDirectories(process.resolve("task/" + (100 + thread)));
        }
        write();
    }

    private void write() throws IOException {
        for (int thread = 0; thread < ran.length; thread++) {
            Files.writeString(
                    process.resolve("task/" + (100 + thread) + "/schedstat"),
                    ran[thread] + " " + waited[thread] + " 5\n");
        }
        Files.writeString(
                process.resolve("io"), "rchar: " + read + "\nwchar: 3\nsyscr: 1\nread_bytes: " + mapped + "\n");
    }

    private int next(Activity activity) throws IOException {
        write();
        now.addAndGet(SECOND);
        return activity.quietSeconds(false);
    }

    private Activity quietFor(int seconds) throws IOException {
        Activity activity = new Activity(process, now::get);
        for (int i = 0; i < seconds; i++) {
            next(activity);
        }
        return activity;
    }

    @Test
    void secondsInWhichNothingHappensAddUp() throws IOException {
        assertThat(next(quietFor(6))).isEqualTo(7);
    }

    @Test
    void aThreadThatComputesEndsTheQuiet() throws IOException {
        Activity activity = quietFor(6);
        ran[3] += SECOND / 2;
        assertThat(next(activity)).isZero();
        assertThat(next(activity)).isEqualTo(1);
    }

    @Test
    void aThreadThatGetsNoProcessorOnAnOverloadedMachineIsNotQuiet() throws IOException {
        Activity activity = quietFor(6);
        ran[3] += SECOND / 100;
        waited[3] += SECOND * 9 / 10;
        assertThat(next(activity)).isZero();
    }

    @Test
    void threadsThatWakeUpNowAndThenChangeNothing() throws IOException {
        Activity activity = quietFor(6);
        for (int thread = 0; thread < ran.length; thread++) {
            ran[thread] += SECOND / 500;
            waited[thread] += SECOND / 10; // long queues for all of them
        }
        assertThat(next(activity)).isEqualTo(7);
    }

    @Test
    void bytesReadAndPagesMappedEndTheQuiet() throws IOException {
        Activity activity = quietFor(6);
        read += 70_000;
        assertThat(next(activity)).isZero();
        read += 5_000;
        assertThat(next(activity)).isEqualTo(1);
        mapped += 1 << 20;
        assertThat(next(activity)).isZero();
    }

    @Test
    void progressThatIsKnownEndsTheQuiet() throws IOException {
        Activity activity = quietFor(6);
        now.addAndGet(SECOND);
        assertThat(activity.quietSeconds(true)).isZero();
    }

    @Test
    void aLongWaitThatIsOpenIsNoQuiet() throws IOException {
        Activity activity = quietFor(6);
        LongWait wait = LongWait.begin();
        LongWait other = LongWait.begin();
        wait.close();
        wait.close();
        assertThat(next(activity)).isZero();
        other.close();
        assertThat(next(activity)).isEqualTo(1);
    }

    @Test
    void threadsThatEndAndStartAreNoComputation() throws IOException {
        Activity activity = quietFor(6);
        Files.delete(process.resolve("task/100/schedstat"));
        Files.delete(process.resolve("task/100"));
        Path started = Files.createDirectories(process.resolve("task/500"));
        Files.writeString(started.resolve("schedstat"), 9 * SECOND + " 0 1\n");
        now.addAndGet(SECOND);
        assertThat(activity.quietSeconds(false)).isEqualTo(7);
    }

    @Test
    void whereNothingIsKnownNobodyIsQuiet() throws IOException {
        Activity activity = new Activity(process.resolve("absent"), now::get);
        for (int i = 0; i < 5; i++) {
            assertThat(next(activity)).isZero();
        }
    }

    @Test
    void aProcessThatComputesIsBusyAndThisSystemTells() throws InterruptedException {
        org.junit.jupiter.api.Assumptions.assumeTrue(
                Files.exists(Path.of("/proc/self/io")), "no /proc/self/io on this system");
        Activity activity = new Activity();
        long end = System.nanoTime() + 2 * SECOND;
        double sum = 0;
        while (System.nanoTime() < end) {
            sum += Math.sin(sum + end);
        }
        assertThat(activity.quietSeconds(false)).isZero();
    }
}
