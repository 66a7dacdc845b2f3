package dev.mpo.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The names that checkpoint files give to tensors are translated in one package, so that nothing else depends on them.
 */
class CheckpointNamesTest {

    private static final Pattern TENSOR_NAME = Pattern.compile(
            "\"[^\"\\n]*(vision_model\\.|language_model\\.|mlp1\\.[013]|tok_embeddings|attention_norm|feed_forward|_layernorm|[qkvo]_proj)");

    /**
     * A family of language models brings its own names, in one table each. Whether a head is tied depends on the
     * tensors that are stored, so reading the configuration must know its name.
     */
    private static final List<String> EXCEPTIONS = List.of(
            "/core/config/DecoderNames.java", "/core/config/InternLm2.java", "/core/config/ModelConfigReader.java");

    @Test
    void onlyTheWeightsPackageAndTheTablesOfFamiliesContainThem() throws IOException {
        List<Path> sources = mainSources();

        assertThat(sources).hasSizeGreaterThan(20);
        assertThat(sources.stream()
                        .filter(file -> !file.toString().contains("/core/weights/"))
                        .filter(file -> EXCEPTIONS.stream().noneMatch(file.toString()::endsWith))
                        .filter(file -> TENSOR_NAME.matcher(read(file)).find()))
                .isEmpty();
    }

    private static List<Path> mainSources() throws IOException {
        Path root = Path.of("").toAbsolutePath();
        while (!Files.isDirectory(root.resolve("mpo-core"))) {
            root = root.getParent();
        }
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(file -> file.toString().contains("/src/main/java/")
                            && file.toString().endsWith(".java"))
                    .toList();
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
