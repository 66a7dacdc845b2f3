package dev.mpo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ProgressBarTest {

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private long now = 1;

    @Test
    void logFileGetsALineEveryFewSecondsWithRateAndTimeLeft() {
        try (ProgressBar bar = bar(false)) {
            bar.update(0, "");
            after(10);
            bar.update(1, "loss 2.0"); // the first step also pays for warming up, so it does not count for the rate
            after(2);
            bar.update(2, "loss 1.9"); // too soon for another line
            after(4);
            bar.update(4, "loss 1.5");
        }
        // After the first unit: 3 units in 6 seconds, so 2 seconds each, and 6 units are left.
        assertThat(text().lines())
                .containsExactly(
                        "train 0/10 step  - ETA -",
                        "train 1/10 step  10.0 s/step ETA 01:30  loss 2.0",
                        "train 4/10 step  2.0 s/step ETA 00:12  loss 1.5");
    }

    @Test
    void terminalLineIsRedrawnInPlaceAndRemovedAtTheEnd() {
        try (ProgressBar bar = bar(true)) {
            bar.update(0, "");
            after(1);
            bar.update(5, "");
        }
        assertThat(text())
                .doesNotContain("\n")
                .contains("\r\u001b[Ktrain [############------------] 5/10 step")
                .endsWith("\r\u001b[K");
    }

    @Test
    void lastUnitIsAlwaysShownWithTheTimeTaken() {
        try (ProgressBar bar = bar(false)) {
            bar.update(9, "");
            after(1);
            bar.update(10, "");
        }
        assertThat(text().lines().reduce((first, second) -> second).orElse(""))
                .startsWith("train 10/10 step")
                .endsWith("done in 00:01");
    }

    @Test
    void logLinePushesTheStatusLineDown() {
        Terminal terminal = terminal(true);
        terminal.setStatus("status");
        terminal.print("a log line\n");

        assertThat(text()).isEqualTo("\r\u001b[Kstatus\r\u001b[Ka log line\nstatus");
    }

    @Test
    void statusLineNeverWraps() {
        terminal(true).setStatus("x".repeat(500));

        assertThat(text()).hasSizeLessThan(90);
    }

    private ProgressBar bar(boolean interactive) {
        return new ProgressBar(terminal(interactive), "train", "step", 10, () -> now);
    }

    private Terminal terminal(boolean interactive) {
        return new Terminal(new PrintStream(bytes, true, StandardCharsets.UTF_8), interactive, 80);
    }

    private void after(int seconds) {
        now += Duration.ofSeconds(seconds).toNanos();
    }

    private String text() {
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
