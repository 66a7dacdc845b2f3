package dev.mpo.data.meta;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.mpo.core.DataException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The JSON of meta files, of which a published one has a comma too many. */
public final class MetaJson {

    private static final Logger LOG = LoggerFactory.getLogger(MetaJson.class);
    private static final JsonMapper STRICT = JsonMapper.builder()
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();
    private static final JsonMapper LENIENT =
            STRICT.rebuild().enable(JsonReadFeature.ALLOW_TRAILING_COMMA).build();

    private static final byte[] PARQUET = "PAR1".getBytes(StandardCharsets.US_ASCII);

    private MetaJson() {}

    /**
     * Parses a file. A comma before a closing bracket, as in MMPR-v1.2's {@code debug_mpo.json}, is passed over.
     *
     * @param warns whether such a comma is worth a warning
     * @throws JsonProcessingException if the file is no JSON
     * @throws DataException if the file is in the Parquet format
     */
    public static JsonNode read(Path file, boolean warns) throws IOException {
        if (isParquet(file)) {
            throw new DataException(parquetExplained(file));
        }
        byte[] bytes = Files.readAllBytes(file);
        try {
            return STRICT.readTree(bytes);
        } catch (JsonProcessingException e) {
            JsonNode node;
            try {
                node = LENIENT.readTree(bytes);
            } catch (JsonProcessingException still) {
                e.addSuppressed(still);
                throw e;
            }
            if (warns) {
                LOG.warn(
                        "{}:{}: a comma before a closing bracket is passed over; other programs refuse it",
                        file,
                        e.getLocation() == null ? 0 : e.getLocation().getLineNr());
            }
            return node;
        }
    }

    /** Returns whether a file is in the Parquet format, by its first bytes. */
    public static boolean isParquet(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return Arrays.equals(in.readNBytes(PARQUET.length), PARQUET);
        }
    }

    /** Says what a Parquet file is, why it cannot be trained on, and what to do. */
    public static String parquetExplained(Path file) {
        boolean tiny = String.valueOf(file.getFileName()).startsWith("mmpr_tiny");
        return file + ": expected preference pairs as JSON lines, got a Parquet file"
                + (tiny
                        ? ", MMPR-Tiny: questions for reinforcement learning (the stage after MPO), without chosen and"
                                + " rejected answers. Train on MMPR-v1.2, or make pairs of these questions: "
                        : ". If it holds questions, make pairs of them: ")
                + "write its rows as JSON lines with image, question and answer, then run mpo pipeline correctness and"
                + " mpo pipeline pairs";
    }
}
