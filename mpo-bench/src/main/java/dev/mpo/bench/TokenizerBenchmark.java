package dev.mpo.bench;

import dev.mpo.data.synth.NanoTokenizerWriter;
import dev.mpo.data.text.Tokenizer;
import dev.mpo.data.text.Tokenizers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Text to token ids, with a byte-pair tokenizer trained on a few sentences. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
@SuppressWarnings("NullAway.Init") // JMH sets every field before the first call
public class TokenizerBenchmark {

    private static final String SENTENCE =
            "The picture shows three red circles left of a blue square; the smallest one (number 2) touches its edge. ";

    /** Sentences of the text: 40 make about a thousand tokens. */
    @Param("40")
    public int sentences;

    private Path folder;
    private Tokenizer tokenizer;
    private String text;

    /** Trains a tokenizer in a temporary folder. */
    @Setup
    public void create() throws IOException {
        folder = Files.createTempDirectory("mpo-bench");
        NanoTokenizerWriter.write(folder, List.of(SENTENCE));
        tokenizer = Tokenizers.load(folder);
        text = SENTENCE.repeat(sentences);
    }

    /** Deletes the folder. */
    @TearDown
    public void delete() throws Exception {
        tokenizer.close();
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder()).forEach(TokenizerBenchmark::delete);
        }
    }

    private static void delete(Path file) {
        try {
            Files.delete(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Encodes the text. */
    @Benchmark
    public int[] encode() {
        return tokenizer.encode(text);
    }
}
