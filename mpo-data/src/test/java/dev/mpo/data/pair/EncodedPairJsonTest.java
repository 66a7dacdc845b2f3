package dev.mpo.data.pair;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mpo.data.image.Tiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class EncodedPairJsonTest {

    @TempDir
    private Path folder;

    @Test
    void eachPairIsOneLineWithTheContractsKeys() throws IOException {
        EncodedPair pair = new EncodedPair(
                "a \"b\"",
                3,
                "a.jsonl:4",
                Tiles.none(28),
                2,
                4,
                new int[] {5, 6, 7},
                new int[][] {{1, 3}},
                new int[] {8},
                new int[][] {},
                false,
                false);
        Path file = folder.resolve("out.jsonl");
        try (EncodedPairJson json = EncodedPairJson.create(file)) {
            json.write(pair);
            json.write(pair);
        }
        String line = "{\"dataset\":\"a \\\"b\\\"\",\"line\":3,\"num_tiles\":2,\"chosen_input_ids\":[5,6,7],"
                + "\"chosen_label_spans\":[[1,3]],\"rejected_input_ids\":[8],\"rejected_label_spans\":[]}";
        assertThat(Files.readAllLines(file)).containsExactly(line, line);
    }
}
