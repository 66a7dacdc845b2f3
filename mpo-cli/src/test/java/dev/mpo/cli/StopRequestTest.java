package dev.mpo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class StopRequestTest {

    @Test
    void processThatIsAskedToEndSavesFirstAndEndsWithItsOwnCode() throws IOException, InterruptedException {
        Process process = start();
        assertThat(process.inputReader().readLine()).isEqualTo("working");
        process.toHandle().destroy(); // SIGTERM, leaving the streams open

        assertThat(process.inputReader().readLine()).isEqualTo("saved");
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(130);
    }

    @Test
    void commandThatEndsByItselfLeavesNothingBehind() {
        StopRequest request = new StopRequest();
        request.listen();
        request.finish(0);

        assertThat(request.requested()).isFalse();
    }

    private static Process start() throws IOException {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        return new ProcessBuilder(
                        List.of(java.toString(), "-cp", System.getProperty("java.class.path"), Job.class.getName()))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    /** A long job that asks whether to stop. */
    static final class Job {

        private Job() {}

        public static void main(String[] arguments) throws InterruptedException {
            StopRequest request = new StopRequest();
            request.listen();
            System.out.println("working");
            while (!request.requested()) {
                Thread.sleep(10);
            }
            Thread.sleep(100);
            System.out.println("saved");
            request.finish(130);
        }
    }
}
