package dev.mpo.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mpo.core.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

class LoggingTest {

    private final Logger logger = LoggerFactory.getLogger("dev.mpo.test");

    @TempDir
    private Path folder;

    @Test
    void runLogHoldsWhatWasLoggedWhileItWasOpen() throws IOException {
        Path file = folder.resolve("run").resolve("train.log");
        logger.warn("before");
        try (Logging.Copy copy = Logging.copyTo(file)) {
            assertThat(copy).isNotNull();
            logger.warn("step {} took {} s", 3, 1.5);
        }
        logger.warn("after");

        assertThat(Files.readString(file)).contains("step 3 took 1.5 s").doesNotContain("before", "after");
    }

    @Test
    void resumedRunKeepsItsEarlierLog() throws IOException {
        Path file = folder.resolve("train.log");
        for (String line : new String[] {"first run", "second run"}) {
            try (Logging.Copy copy = Logging.copyTo(file)) {
                assertThat(copy).isNotNull();
                logger.warn(line);
            }
        }
        assertThat(Files.readString(file)).contains("first run", "second run");
    }

    @Test
    void unwritableLogIsAConfigurationError() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));

        assertThatThrownBy(() -> Logging.copyTo(file.resolve("train.log")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("train.log")
                .hasMessageContaining("--output");
    }
}
