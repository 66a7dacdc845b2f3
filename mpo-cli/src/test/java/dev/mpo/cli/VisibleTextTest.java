package dev.mpo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class VisibleTextTest {

    private static final String HOSTILE = "a\u001b]0;owned\u0007b\u009b2Jc\u202ed\te\nf é 颜色 🙂";
    private static final String SHOWN = "a\\x1b]0;owned\\x07b\\x9b2Jc\\u202ed\te\nf é 颜色 🙂";

    @Test
    void controlCharactersAreShownAndTextStays() throws IOException {
        assertThat(VisibleText.of(HOSTILE)).isEqualTo(SHOWN);
        StringWriter target = new StringWriter();
        try (Writer writer = VisibleText.writer(target)) {
            writer.write(HOSTILE);
            writer.write('\u001b');
            writer.write(HOSTILE.toCharArray(), 1, 1);
        }
        assertThat(target.toString()).isEqualTo(SHOWN + "\\x1b\\x1b");
    }

    @Test
    void whatOthersWroteCannotDriveTheTerminal() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Terminal terminal = new Terminal(new PrintStream(bytes, true, StandardCharsets.UTF_8), false, 80);
        terminal.print(HOSTILE);
        assertThat(bytes.toString(StandardCharsets.UTF_8)).isEqualTo(SHOWN);
    }

    @Test
    void anErrorShowsWhatAPathHides() {
        Run run = Run.mpo("data", "check", "no\u001b[31msuch.json");
        assertThat(run.err()).contains("no\\x1b[31msuch.json").doesNotContain("\u001b");
        assertThat(run.exitCode()).isNotZero();
    }
}
