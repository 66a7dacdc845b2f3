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
            bar.update(0, 10, ""); // nothing has happened yet, so there is no line
            after(10);
            bar.update(1, 10, "loss 2.0"); // this also paid for warming up, so it does not count for later rates
            after(2);
            bar.update(2, 10, "loss 1.9"); // too soon for another line
            after(4);
            bar.update(4, 10, "loss 1.5");
        }
        // After the first unit: 3 units in 6 seconds, so 2 seconds each, and 6 units are left.
        assertThat(text().lines())
                .containsExactly(
                        "train 1/10 step  10.0 s/step ETA 01:30  loss 2.0",
                        "train 4/10 step  2.0 s/step ETA 00:12  loss 1.5");
    }

    @Test
    void terminalLineIsRedrawnInPlaceAndRemovedAtTheEnd() {
        try (ProgressBar bar = bar(true)) {
            after(1);
            bar.update(5, 10, "");
        }
        assertThat(text())
                .doesNotContain("\n")
                .startsWith("\r\u001b[Ktrain [####----] 5/10 step  5.0 step/s ETA 00:01")
                .endsWith("\r\u001b[K");
    }

    @Test
    void wideTerminalHasRoomForALongBarBesideTheDetail() {
        Terminal wide = new Terminal(new PrintStream(bytes, true, StandardCharsets.UTF_8), true, 200);
        try (ProgressBar bar = new ProgressBar(wide, "train", "step", () -> now)) {
            after(1);
            bar.update(5, 10, "loss 1.5");
        }
        assertThat(text()).contains("train [############------------] 5/10 step  5.0 step/s ETA 00:01  loss 1.5");
    }

    @Test
    void lastUnitIsAlwaysShownWithTheTimeTaken() {
        try (ProgressBar bar = bar(false)) {
            bar.update(9, 10, "");
            after(1);
            bar.update(10, 10, "");
        }
        assertThat(text().lines())
                .singleElement()
                .satisfies(
                        line -> assertThat(line).startsWith("train 10/10 step").endsWith("done in 00:01"));
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
        return new ProgressBar(terminal(interactive), "train", "step", () -> now);
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
