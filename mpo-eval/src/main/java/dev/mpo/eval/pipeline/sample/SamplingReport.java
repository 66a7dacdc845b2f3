package dev.mpo.eval.pipeline.sample;

import java.nio.file.Path;

/**
 * How far a sampling job is.
 *
 * @param output the file of this process
 * @param rowsInFile rows of the prompt file
 * @param rows rows of this process's share
 * @param badRows rows of the share that cannot be used
 * @param wanted samples of the usable rows of the share
 * @param before samples that existed when the job began
 * @param written samples written by this job
 * @param useless samples that were left out because nothing can be learned from them
 * @param failed samples that could not be had
 */
public record SamplingReport(
        Path output,
        long rowsInFile,
        long rows,
        long badRows,
        long wanted,
        long before,
        long written,
        long useless,
        long failed) {

    /** Returns whether every sample of this share exists. */
    public boolean isComplete() {
        return badRows == 0 && failed == 0 && before + written + useless == wanted;
    }
}
