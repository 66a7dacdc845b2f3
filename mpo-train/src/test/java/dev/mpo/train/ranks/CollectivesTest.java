package dev.mpo.train.ranks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mpo.core.tensor.Device;
import java.time.Duration;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs {@link CollectivesContract} with every implementation. */
class CollectivesTest {

    private static final Duration LIMIT = Duration.ofMinutes(5);

    @TestFactory
    Stream<DynamicTest> aSingleRank() {
        Map<String, Runnable> checks = CollectivesContract.of(new SingleRank(Device.CPU));
        return checks.entrySet().stream()
                .map(check -> DynamicTest.dynamicTest(
                        check.getKey(), () -> check.getValue().run()));
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 4})
    void ranksOfMpi(int size) {
        MpiRun run = MpiRun.of(size, LIMIT, ContractMain.class);

        assertThat(run.exitCode()).as(run.output()).isZero();
        for (String check : CollectivesContract.of(new SingleRank(Device.CPU)).keySet()) {
            assertThat(run.output().lines())
                    .contains(IntStream.range(0, size)
                            .mapToObj(rank -> "rank " + rank + " passed: " + check)
                            .toArray(String[]::new));
        }
    }
}
