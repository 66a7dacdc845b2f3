package dev.mpo.train.ranks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Ranks that fail, die, hang or are stopped end the run within seconds, with the reason. */
@Timeout(value = 100, unit = TimeUnit.SECONDS)
class WatchTest {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @Test
    void aRankThatFailsEndsAllWithItsErrorAndItsCode() {
        MpiRun run = MpiRun.of(3, LIMIT, WatchMain.class, "fail", "60", "20");

        assertThat(run.exitCode()).as(run.output()).isEqualTo(3);
        assertThat(run.output()).contains("row 7 is bad").doesNotContain("went on");
        assertThat(run.seconds()).isLessThan(30);
    }

    @Test
    void aRankThatIsBusyWithSomethingElseIsNamedWithThePlace() {
        MpiRun run = MpiRun.of(3, LIMIT, WatchMain.class, "busy", "4", "0");

        assertThat(run.exitCode()).as(run.output()).isEqualTo(1);
        assertThat(run.output())
                .containsPattern(
                        "rank 1 \\(.*, process \\d+\\) hangs: others wait for it in all-reduce of 17 x FLOAT32 for 4 s;"
                                + " it is at Thread.sleep:-?\\d+ < WatchMain.computeForever:")
                .doesNotContain("went on");
        assertThat(run.seconds()).isLessThan(30);
    }

    @Test
    void aRankThatLivesAndDoesNothingIsNamedWithThePlaceLongBeforeTheTimeout() {
        MpiRun run = MpiRun.of(3, LIMIT, WatchMain.class, "idle", "60", "6");

        assertThat(run.exitCode()).as(run.output()).isEqualTo(1);
        assertThat(run.output())
                .containsPattern(
                        "rank 1 \\(.*, process \\d+\\) hangs: it has made no progress for [678] s while rank [02]"
                                + " waits for it in all-reduce of 17 x FLOAT32; it is at Unsafe.park:-?\\d+ < "
                                + "WatchMain.waitForever:")
                .contains("what the threads of rank 1 were doing:")
                .doesNotContain("went on");
        assertThat(run.seconds()).isLessThan(40);
    }

    @ParameterizedTest
    @ValueSource(strings = {"compute", "read", "wait"})
    void aRankThatTakesLongIsNotTakenForOneThatHangs(String how) {
        MpiRun run = MpiRun.of(2, LIMIT, WatchMain.class, how, "60", "3");

        assertThat(run.exitCode()).as(run.output()).isZero();
        assertThat(run.output()).contains("rank 0 went on", "rank 1 went on");
    }

    @Test
    void aProcessThatIsStoppedIsNoticed() {
        MpiRun run = MpiRun.of(2, LIMIT, WatchMain.class, "stop", "5", "0");

        assertThat(run.exitCode()).as(run.output()).isEqualTo(1);
        assertThat(run.output()).containsPattern("rank 1 \\(.*\\) hangs: ").doesNotContain("went on");
        assertThat(run.seconds()).isLessThan(30);
    }

    @Test
    void aRankThatEndsWithoutAWordEndsTheOthers() {
        MpiRun run = MpiRun.of(2, LIMIT, WatchMain.class, "kill", "60", "20");

        assertThat(run.exitCode()).as(run.output()).isNotZero();
        assertThat(run.output()).doesNotContain("went on");
        assertThat(run.seconds()).isLessThan(30);
    }

    /** Three ranks of one process: what each is told, rank by rank. */
    private static final class Three implements AutoCloseable {

        private final List<BlockingQueue<WatchMessage.Failed>> told =
                List.of(new LinkedBlockingQueue<>(), new LinkedBlockingQueue<>(), new LinkedBlockingQueue<>());
        private final ServerSocket server = new ServerSocket(0);
        private final RankWatch first;
        private final RankWatch second;
        private final Socket third;

        /** Rank 2 is a bare connection that says hello and then nothing more. */
        Three(Duration silence) throws Exception {
            WaitLimits limits = WaitLimits.of(silence);
            InetSocketAddress place = new InetSocketAddress(InetAddress.getLoopbackAddress(), server.getLocalPort());
            CompletableFuture<RankWatch> host = CompletableFuture.supplyAsync(
                    () -> RankWatch.host(self(0), server, 5, new byte[] {1, 2}, PATIENCE, limits));
            try (Socket stranger = new Socket(place.getAddress(), place.getPort())) {
                new WatchMessage.Join(6, 1, "another run").write(WatchLink.output(stranger));
            }
            second = RankWatch.join(self(1), List.of(place), 5, PATIENCE, WaitLimits.of(LIMIT));
            third = new Socket(place.getAddress(), place.getPort());
            new WatchMessage.Join(5, 2, "n9, process 3").write(WatchLink.output(third));
            first = host.get();
        }

        private RankWatch.Self self(int rank) {
            return new RankWatch.Self(
                    new Ranks(rank, 3, rank, 3),
                    new OperationTrack()::place,
                    () -> "its place",
                    failure -> told.get(rank).add(failure));
        }

        WatchMessage.Failed told(int rank) throws InterruptedException {
            WatchMessage.Failed failure = told.get(rank).poll(20, TimeUnit.SECONDS);
            return failure == null ? new WatchMessage.Failed(-1, -1, "nothing") : failure;
        }

        @Override
        public void close() throws IOException {
            first.close();
            second.close();
            third.close();
        }
    }

    @Test
    void theFirstRankHandsOutItsContentToRanksOfTheRunAlone() throws Exception {
        try (Three ranks = new Three(Duration.ofSeconds(60))) {
            assertThat(ranks.second.content()).containsExactly(1, 2);
        }
    }

    @Test
    void aConnectionThatEndsTellsOfADeath() throws Exception {
        try (Three ranks = new Three(Duration.ofSeconds(60))) {
            ranks.third.close();

            assertThat(ranks.told(1).message()).startsWith("rank 2 (n9, process 3) is gone without a word");
            assertThat(ranks.told(0).rank()).isEqualTo(2);
        }
    }

    @Test
    void silenceTellsOfAProcessThatIsStopped() throws Exception {
        try (Three ranks = new Three(Duration.ofSeconds(2))) {
            assertThat(ranks.told(1).message()).startsWith("rank 2 (n9, process 3) hangs: nothing has been heard");
            assertThat(ranks.told(0).rank()).isEqualTo(2);
        }
    }

    @Test
    void aFailureReachesEveryOtherRankOnce() throws Exception {
        try (Three ranks = new Three(Duration.ofSeconds(60))) {
            ranks.second.fail(4, "the weights are damaged");

            assertThat(ranks.told(0)).isEqualTo(new WatchMessage.Failed(1, 4, "the weights are damaged"));
            assertThat(ranks.told.get(1)).isEmpty();
            assertThat(WatchMessage.read(thirdsInput(ranks))).isInstanceOf(WatchMessage.Welcome.class);
        }
    }

    private static java.io.DataInputStream thirdsInput(Three ranks) throws IOException {
        return WatchLink.input(ranks.third);
    }

    @Test
    void aRunThatIsOverLeavesNobodyToBlame() throws Exception {
        try (Three ranks = new Three(Duration.ofSeconds(60))) {
            ranks.second.close();
            ranks.first.close();
            Thread.sleep(300);

            assertThat(ranks.told.get(0)).isEmpty();
            assertThat(ranks.told.get(1)).isEmpty();
        }
    }
}
