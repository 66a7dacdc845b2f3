package dev.mpo.tools.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mpo.core.DataException;
import dev.mpo.data.jsonl.PreferenceRow;
import dev.mpo.data.meta.MetaFile;
import dev.mpo.data.meta.PathMap;
import dev.mpo.data.pair.PairDataset;
import dev.mpo.data.source.Media;
import dev.mpo.data.source.UrlOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Joins the rows that {@code mpo score} wrote before and after a run into an {@link Evaluation}. */
public final class ScoreComparison {

    private static final ObjectMapper JSON = new ObjectMapper();

    private ScoreComparison() {}

    /** The place of a pair: data set and 0-based line. */
    private record Key(String dataset, long line) {}

    /** One pair's scores on both sides. */
    private record Scored(Key key, PairScore before, PairScore after) {}

    /**
     * Compares two score files over the same meta file.
     *
     * @param meta the meta file that was scored
     * @param scoresBefore rows of the model that training started from
     * @param scoresAfter rows of the trained model, with the former as its reference
     * @param runDir the directory that picture paths are made relative to where possible
     * @param maxExamples most pairs to show; taken from all data sets in turn, the worst one included
     * @throws DataException if a file is missing or malformed, or the files hold different pairs
     */
    public static Evaluation compare(Path meta, Path scoresBefore, Path scoresAfter, Path runDir, int maxExamples) {
        Map<Key, PairScore> before = read(scoresBefore);
        Map<Key, PairScore> after = read(scoresAfter);
        if (!before.keySet().equals(after.keySet()) || before.isEmpty()) {
            throw new DataException(scoresBefore + " and " + scoresAfter + ": expected the same pairs, found "
                    + before.size() + " and " + after.size() + " rows that do not match. Score one meta file twice");
        }
        List<Scored> all = after.entrySet().stream()
                .map(entry -> new Scored(
                        entry.getKey(), before.getOrDefault(entry.getKey(), entry.getValue()), entry.getValue()))
                .toList();
        Map<String, List<Scored>> byDataset = new LinkedHashMap<>();
        all.forEach(one -> byDataset
                .computeIfAbsent(one.key().dataset(), name -> new ArrayList<>())
                .add(one));
        List<DatasetScores> datasets = new ArrayList<>();
        byDataset.forEach(
                (name, pairs) -> datasets.add(new DatasetScores(name, pairs.size(), before(pairs), after(pairs))));
        List<PairExample> examples = examples(meta, pick(byDataset, maxExamples), runDir);
        return new Evaluation(all.size(), before(all), after(all), datasets, examples);
    }

    private static Scores before(List<Scored> pairs) {
        return scores(pairs.stream().map(Scored::before).toList());
    }

    private static Scores after(List<Scored> pairs) {
        return scores(pairs.stream().map(Scored::after).toList());
    }

    private static Scores scores(List<PairScore> pairs) {
        double count = pairs.size();
        return new Scores(
                pairs.stream().filter(PairScore::prefersChosen).count() / count,
                pairs.stream().filter(pair -> pair.margin() > 0).count() / count,
                pairs.stream().mapToDouble(PairScore::margin).sum() / count);
    }

    /** Takes the first pairs of the data sets in turn, and always the pair with the lowest margin. */
    private static List<Scored> pick(Map<String, List<Scored>> byDataset, int maxExamples) {
        List<Scored> picked = new ArrayList<>();
        for (int i = 0; picked.size() < maxExamples - 1 && i < maxExamples; i++) {
            for (List<Scored> pairs : byDataset.values()) {
                if (i < pairs.size() && picked.size() < maxExamples - 1) {
                    picked.add(pairs.get(i));
                }
            }
        }
        Optional<Scored> worst = byDataset.values().stream()
                .flatMap(List::stream)
                .min(Comparator.comparingDouble(one -> one.after().margin()));
        worst.filter(one -> maxExamples > 0 && !picked.contains(one)).ifPresent(picked::add);
        return picked;
    }

    private static List<PairExample> examples(Path meta, List<Scored> picked, Path runDir) {
        // Addresses are only named here, never followed.
        List<PairDataset> datasets =
                PairDataset.openAll(MetaFile.load(List.of(meta), PathMap.none()), PathMap.none(), UrlOptions.allowed());
        try {
            Map<String, PairDataset> byName = new LinkedHashMap<>();
            datasets.forEach(dataset -> byName.put(dataset.name(), dataset));
            List<PairExample> examples = new ArrayList<>();
            for (Scored one : picked) {
                PairDataset dataset = byName.get(one.key().dataset());
                if (dataset == null) {
                    throw new DataException(meta + ": expected the scored data set '"
                            + one.key().dataset() + "', found " + byName.keySet()
                            + ". Name the meta file that was scored");
                }
                examples.add(example(one, dataset, runDir));
            }
            return examples;
        } finally {
            datasets.forEach(PairDataset::close);
        }
    }

    private static PairExample example(Scored one, PairDataset dataset, Path runDir) {
        PreferenceRow row = dataset.row(Math.toIntExact(one.key().line()));
        String video = row.shownVideo();
        List<String> shown = video == null ? row.images() : List.of(video);
        List<String> images = shown.stream()
                .map(image -> portable(dataset.media(image), image, runDir))
                .toList();
        return new PairExample(
                dataset.name(), images, row.question(), row.chosen(), row.rejected(), one.before(), one.after());
    }

    /** Returns a path that stays valid when the run directory and its neighbours move together. */
    private static String portable(Media media, String image, Path runDir) {
        if (media.isUrl()) {
            return image;
        }
        Path absolute = Path.of(media.name()).toAbsolutePath().normalize();
        Path base = runDir.toAbsolutePath().normalize();
        boolean near = base.getParent() != null && absolute.startsWith(base.getParent());
        return (near ? base.relativize(absolute) : absolute).toString();
    }

    private static Map<Key, PairScore> read(Path file) {
        Map<Key, PairScore> scores = new LinkedHashMap<>();
        int line = 0;
        for (String text : lines(file)) {
            line++;
            if (!text.isBlank()) {
                JsonNode row = parse(text, file + ":" + line);
                Key key = new Key(row.get("dataset").asText(), row.get("line").asLong());
                scores.put(
                        key,
                        new PairScore(
                                row.get("policy_chosen_logps").asDouble(),
                                row.get("policy_rejected_logps").asDouble(),
                                row.get("margin").asDouble()));
            }
        }
        return scores;
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new DataException(file + ": cannot be read (" + e + "). Expected the --out file of mpo score", e);
        }
    }

    private static JsonNode parse(String text, String where) {
        try {
            JsonNode row = JSON.readTree(text);
            for (String key : List.of("dataset", "line", "policy_chosen_logps", "policy_rejected_logps", "margin")) {
                if (!row.has(key)) {
                    throw new DataException(where + ": expected the key '" + key
                            + "' in a row of mpo score, found none. Score again with this version");
                }
            }
            return row;
        } catch (JsonProcessingException e) {
            throw new DataException(
                    where + ": expected one JSON object per line, found " + e.getOriginalMessage()
                            + ". Score again; the file seems cut off",
                    e);
        }
    }
}
