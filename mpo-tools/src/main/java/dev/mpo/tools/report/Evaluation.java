package dev.mpo.tools.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.mpo.core.DataException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Held-out scores before and after a run, overall and per data set, with a few pairs to look at. It lies in the run
 * directory as {@value #FILE}, where the report finds it.
 *
 * @param pairs number of held-out pairs
 * @param before scores of the model that training started from
 * @param after scores of the trained model
 * @param datasets the same per data set, in the order of the meta file
 * @param examples pairs for the reader
 */
public record Evaluation(
        int pairs, Scores before, Scores after, List<DatasetScores> datasets, List<PairExample> examples) {

    /** Name of the file in the run directory. */
    public static final String FILE = "evaluation.json";

    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .build();

    /** Copies the lists. */
    public Evaluation {
        datasets = List.copyOf(datasets);
        examples = List.copyOf(examples);
    }

    /** Writes the evaluation into a run directory and returns the file. */
    public Path save(Path runDir) {
        Path file = runDir.resolve(FILE);
        try {
            Files.writeString(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(this) + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
        return file;
    }

    /**
     * Reads the evaluation of a run directory, if it has one.
     *
     * @throws DataException if the file is not what {@link #save} writes
     */
    public static Optional<Evaluation> load(Path runDir) {
        Path file = runDir.resolve(FILE);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(JSON.readValue(file.toFile(), Evaluation.class));
        } catch (JsonProcessingException e) {
            throw new DataException(
                    file + ": expected an evaluation as mpo demo writes it, found " + e.getOriginalMessage()
                            + ". Delete the file to get a report without it",
                    e);
        } catch (IOException e) {
            throw new DataException(file + ": cannot be read (" + e + "). Check its permissions", e);
        }
    }
}
