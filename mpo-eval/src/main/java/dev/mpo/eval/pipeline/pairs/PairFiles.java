package dev.mpo.eval.pipeline.pairs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The files that are made of one file of sampled answers, open for writing. */
final class PairFiles implements AutoCloseable {

    private static final String RAW = "raw";

    private final JsonlOutput correctness;
    private final JsonlOutput format;
    private final JsonlOutput right;
    private final JsonlOutput allWrong;

    PairFiles(Path saveDir, String dataset) throws IOException {
        for (String folder : new String[] {RAW, "pos_items", "neg_items"}) {
            Files.createDirectories(saveDir.resolve(folder));
        }
        correctness = new JsonlOutput(correctness(saveDir, dataset));
        format = new JsonlOutput(format(saveDir, dataset));
        right = new JsonlOutput(saveDir.resolve("pos_items").resolve(dataset + ".jsonl"));
        allWrong = new JsonlOutput(saveDir.resolve("neg_items").resolve(dataset + ".jsonl"));
    }

    static Path correctness(Path saveDir, String dataset) {
        return saveDir.resolve(RAW).resolve(dataset + "_pairs_vqa_correctness_rules.jsonl");
    }

    static Path format(Path saveDir, String dataset) {
        return saveDir.resolve(RAW).resolve(dataset + "_pairs_vqa_format_rules.jsonl");
    }

    /** Pairs of a right and a wrong response. */
    JsonlOutput correctness() {
        return correctness;
    }

    /** Pairs of a right and an unreadable response. */
    JsonlOutput format() {
        return format;
    }

    /** The right responses. */
    JsonlOutput right() {
        return right;
    }

    /** The questions that were answered, but never right. */
    JsonlOutput allWrong() {
        return allWrong;
    }

    /** Puts the files in place, the one that marks the data set as done last. */
    void commit() throws IOException {
        right.commit();
        allWrong.commit();
        format.commitUnlessEmpty();
        correctness.commitUnlessEmpty();
    }

    @Override
    public void close() throws IOException {
        correctness.close();
        format.close();
        right.close();
        allWrong.close();
    }
}
