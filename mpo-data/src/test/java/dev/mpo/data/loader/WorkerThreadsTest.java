package dev.mpo.data.loader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class WorkerThreadsTest {

    @Test
    void tasksRunAtTheSameTimeAndResultsComeInOrder() {
        CyclicBarrier together = new CyclicBarrier(3);
        try (WorkerThreads threads = new WorkerThreads(3, "test")) {
            List<Supplier<String>> tasks = Stream.of("a", "b", "c")
                    .<Supplier<String>>map(name -> () -> {
                        await(together);
                        return name;
                    })
                    .toList();
            assertThat(threads.all(tasks)).containsExactly("a", "b", "c");
        }
    }

    @Test
    void ofSeveralFailuresTheFirstInOrderIsTold() {
        CountDownLatch secondFailed = new CountDownLatch(1);
        try (WorkerThreads threads = new WorkerThreads(2, "test")) {
            List<Supplier<String>> tasks = List.of(
                    () -> {
                        await(secondFailed);
                        throw new IllegalArgumentException("first");
                    },
                    () -> {
                        secondFailed.countDown();
                        throw new IllegalArgumentException("second");
                    });
            assertThatThrownBy(() -> threads.all(tasks)).hasMessage("first");
        }
    }

    @Test
    void tasksThatHaveNotBegunAreNotBegunAfterClosing() throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch mayEnd = new CountDownLatch(1);
        WorkerThreads threads = new WorkerThreads(1, "test");
        Future<String> first = threads.submit(() -> {
            begun.countDown();
            await(mayEnd);
            return "first";
        });
        Future<String> second = threads.submit(() -> "second");
        begun.await();
        Thread closing = new Thread(threads::close);
        closing.start();
        while (closing.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
        mayEnd.countDown();
        assertThat(WorkerThreads.await(first)).isEqualTo("first");
        assertThatThrownBy(() -> WorkerThreads.await(second)).isInstanceOf(CancellationException.class);
        closing.join();
    }

    private static void await(CyclicBarrier barrier) {
        try {
            barrier.await(10, TimeUnit.SECONDS);
        } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
            throw new IllegalStateException("the tasks did not meet", e);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
