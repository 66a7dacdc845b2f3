package dev.mpo.data.loader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TileBudgetTest {

    private final TileBudget budget = new TileBudget(100);

    @Test
    void aPairWaitsUntilEarlierOnesAreDelivered() throws Exception {
        budget.reserve(0, 60);
        CompletableFuture<Void> second = CompletableFuture.runAsync(() -> budget.reserve(2, 50));
        Thread.sleep(50);
        assertThat(second).isNotDone();
        budget.delivered(0);
        second.get(10, TimeUnit.SECONDS);
        assertThat(budget.used()).isEqualTo(50);
    }

    @Test
    void thePairThatIsDueNextNeverWaits() throws Exception {
        budget.reserve(1, 90);
        budget.reserve(0, 500);
        assertThat(budget.used()).isEqualTo(590);
        CompletableFuture<Void> third = CompletableFuture.runAsync(() -> budget.reserve(2, 90));
        budget.delivered(0);
        Thread.sleep(50);
        assertThat(third).isNotDone();
        budget.delivered(1); // now the third is due
        third.get(10, TimeUnit.SECONDS);
        assertThat(budget.used()).isEqualTo(90);
    }

    @Test
    void aPairLargerThanTheLimitIsAloneUnlessItIsDue() throws Exception {
        CompletableFuture<Void> large = CompletableFuture.runAsync(() -> budget.reserve(3, 1000));
        large.get(10, TimeUnit.SECONDS); // nothing else is in use
        assertThat(budget.used()).isEqualTo(1000);
    }

    @Test
    void lessMemoryAfterDecodingLetsTheNextOneIn() throws Exception {
        budget.reserve(0, 95);
        CompletableFuture<Void> second = CompletableFuture.runAsync(() -> budget.reserve(1, 50));
        budget.set(0, 40);
        second.get(10, TimeUnit.SECONDS);
        assertThat(budget.used()).isEqualTo(90);
    }

    @Test
    void aSecondReservationOfAPairTakesThePlaceOfTheFirst() {
        budget.reserve(1, 80);
        budget.reserve(1, 90);
        assertThat(budget.used()).isEqualTo(90);
    }

    @Test
    void closingEndsTheWait() {
        budget.reserve(0, 60);
        CompletableFuture<Void> second = CompletableFuture.runAsync(() -> budget.reserve(2, 50));
        budget.close();
        assertThatThrownBy(second::join).hasCauseInstanceOf(CancellationException.class);
    }
}
