package dev.mpo.data.synth;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A preference data set in the MMPR layout on disk, drawn and written by the program itself: pictures of coloured
 * shapes, questions about them, a right answer as chosen and a wrong one as rejected, for training and for a held-out
 * test that shares no picture and no text-only question with it.
 *
 * <p>Below the folder: {@code meta.json} and {@code meta.heldout.json} (one entry per kind of question),
 * {@code annotations/*.jsonl} and {@code images/{train,heldout}/*.png}. Paths in the meta files are relative to the
 * folder.
 *
 * @param trainMeta the meta file to train on
 * @param heldOutMeta the meta file to evaluate on
 * @param trainPairs number of training pairs
 * @param heldOutPairs number of held-out pairs
 * @param texts every distinct question and answer, for a tokenizer to be trained on
 */
public record SyntheticDataset(Path trainMeta, Path heldOutMeta, int trainPairs, int heldOutPairs, List<String> texts) {

    private static final ObjectMapper JSON = new ObjectMapper();

    private static final String IMAGES = "images";

    /** A square picture stays one tile, and a wide one becomes two and a thumbnail, whatever the run allows. */
    private static final int MAX_TILES = 2;

    /** Copies the list. */
    public SyntheticDataset {
        texts = List.copyOf(texts);
    }

    /**
     * How much to draw.
     *
     * @param seed decides every picture and text
     * @param trainPairs number of training pairs, at least 100 so that each kind of question occurs
     * @param heldOutPairs number of held-out pairs, at least 25
     * @param pictureSize side of a square picture in pixels, at least 56
     */
    public record Options(long seed, int trainPairs, int heldOutPairs, int pictureSize) {

        /** Checks the ranges. */
        public Options {
            if (trainPairs < 100 || heldOutPairs < 25 || pictureSize < 56) {
                throw new IllegalArgumentException("need at least 100 training pairs, 25 held-out pairs and 56 pixels: "
                        + trainPairs + ", " + heldOutPairs + ", " + pictureSize);
            }
        }

        /** Returns the demo's amounts: 1200 training and 200 held-out pairs of 112-pixel pictures, seed 0. */
        public static Options defaults() {
            return new Options(0, 1200, 200, 112);
        }
    }

    /** Draws the data set and writes it below a folder, which is created when absent. */
    public static SyntheticDataset write(Path folder, Options options) {
        PictureWorld world = new PictureWorld(options.pictureSize(), options.seed());
        Map<QuestionKind, List<Example>> heldOut =
                ExampleDraw.draw(world, options.heldOutPairs(), QuestionKind::percent, Set.of());
        Map<QuestionKind, List<Example>> train = ExampleDraw.draw(
                world, options.trainPairs(), QuestionKind::percent, ExampleDraw.textQuestions(heldOut));
        try {
            Path trainMeta = writeSet(folder, "train", "meta.json", train);
            Path heldOutMeta = writeSet(folder, "heldout", "meta.heldout.json", heldOut);
            Set<String> texts = new LinkedHashSet<>();
            collectTexts(train.values(), texts);
            collectTexts(heldOut.values(), texts);
            return new SyntheticDataset(
                    trainMeta, heldOutMeta, options.trainPairs(), options.heldOutPairs(), List.copyOf(texts));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the synthetic data set below " + folder, e);
        }
    }

    private static void collectTexts(Collection<List<Example>> drawn, Set<String> texts) {
        for (List<Example> examples : drawn) {
            for (Example example : examples) {
                texts.add(example.question());
                texts.add(example.chosen());
                texts.add(example.rejected());
            }
        }
    }

    private static Path writeSet(Path folder, String split, String metaName, Map<QuestionKind, List<Example>> drawn)
            throws IOException {
        Files.createDirectories(folder.resolve(IMAGES).resolve(split));
        Files.createDirectories(folder.resolve("annotations"));
        Map<String, Object> meta = new LinkedHashMap<>();
        for (Map.Entry<QuestionKind, List<Example>> entry : drawn.entrySet()) {
            String dataset = entry.getKey().dataset();
            String annotation = "annotations/" + dataset + "_" + split + ".jsonl";
            writeRows(folder, split, dataset, annotation, entry.getValue());
            meta.put(dataset, metaEntry(annotation, entry.getValue().size()));
        }
        Path file = folder.resolve(metaName);
        Files.writeString(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(meta) + "\n");
        return file;
    }

    private static Map<String, Object> metaEntry(String annotation, int length) {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("root", IMAGES);
        entry.put("annotation", annotation);
        entry.put("data_augment", false);
        entry.put("repeat_time", 1);
        entry.put("max_dynamic_patch", MAX_TILES);
        entry.put("length", length);
        return entry;
    }

    private static void writeRows(Path folder, String split, String dataset, String annotation, List<Example> examples)
            throws IOException {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < examples.size(); i++) {
            Example example = examples.get(i);
            List<String> names =
                    ExampleDraw.writePictures(folder.resolve(IMAGES), split + "/" + dataset, i, example.pictures());
            PreferenceRow row = new PreferenceRow(
                    names, example.question(), example.chosen(), example.rejected(), example.answer());
            lines.append(JSON.writeValueAsString(row.toJson())).append('\n');
        }
        Files.writeString(folder.resolve(annotation), lines);
    }
}
