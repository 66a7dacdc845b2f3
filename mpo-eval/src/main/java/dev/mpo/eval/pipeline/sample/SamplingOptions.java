package dev.mpo.eval.pipeline.sample;

import dev.mpo.core.ConfigException;
import dev.mpo.core.generate.GenerationOptions;
import dev.mpo.train.ranks.Ranks;
import java.nio.file.Path;

/**
 * What is sampled and where it goes.
 *
 * @param promptFile the questions, one JSON object per line
 * @param outDir folder for the samples; made if missing
 * @param imageRoot folder that image names start from
 * @param maxRows most rows to use, spread evenly over the file; at least 1
 * @param startRow the first row to use where not all are
 * @param samples how many samples of each row, and how; every question has a seed of its own that is made from this one
 * @param ranks which share of the rows is this process's
 */
public record SamplingOptions(
        Path promptFile,
        Path outDir,
        Path imageRoot,
        int maxRows,
        int startRow,
        GenerationOptions samples,
        Ranks ranks) {

    private static final String SUFFIX = ".jsonl";

    /** Checks the numbers and the name of the prompt file. */
    public SamplingOptions {
        if (maxRows < 1 || startRow < 0) {
            throw new ConfigException("--sample-max-num and --sample-start-idx: expected at least 1 and 0, got "
                    + maxRows + " and " + startRow);
        }
        if (!promptFile.getFileName().toString().endsWith(SUFFIX)) {
            throw new ConfigException("--prompt-path " + promptFile + ": expected a file whose name ends with .jsonl");
        }
    }

    /** Returns the name of the prompt file without its ending. */
    public String dataset() {
        String name = promptFile.getFileName().toString();
        return name.substring(0, name.length() - SUFFIX.length());
    }

    /** Returns the file that this process writes. */
    public Path output() {
        return SampleFolder.file(outDir, dataset(), ranks);
    }

    /** Returns the file that tells what this process could not get; it exists only if there is something to tell. */
    public Path failures() {
        return SampleFolder.failures(outDir, dataset(), ranks);
    }
}
