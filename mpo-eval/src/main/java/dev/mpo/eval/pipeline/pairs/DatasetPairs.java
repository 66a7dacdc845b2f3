package dev.mpo.eval.pipeline.pairs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mpo.core.DataException;
import dev.mpo.eval.judge.score.AnswerJudge;
import dev.mpo.eval.judge.score.ScoreMode;
import dev.mpo.eval.pipeline.pairs.JudgedResponse.Verdict;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** Makes the pairs of one file, key by key in the order of their first lines. */
final class DatasetPairs {

    private final String dataset;
    private final ResponseFiles file;
    private final @Nullable ResponseFiles solutions;
    private final PairOptions options;
    private final List<ScoreMode> modes;
    private final ResponseJudge judge;
    private final PairMaker maker;
    private final int lines;

    private final BadLines badLines = new BadLines();
    private final BadLines badSolutions = new BadLines();
    private final PairCounts correctness = new PairCounts();
    private final PairCounts format = new PairCounts();
    private final Map<Verdict, Long> verdicts = new EnumMap<>(Verdict.class);
    private long keys;
    private long allRight;
    private long allWrong;

    DatasetPairs(
            String dataset,
            ResponseFiles file,
            @Nullable ResponseFiles solutions,
            PairOptions options,
            AnswerJudge answerJudge) {
        this.dataset = dataset;
        this.file = file;
        this.solutions = solutions;
        this.options = options;
        this.modes = ScoreMode.forDataset(dataset);
        this.judge = new ResponseJudge(answerJudge, modes, options);
        this.lines = Math.min(file.rowCount(), options.maxLines());
        this.maker = new PairMaker(options.pairsPerKey(lines), options.correctnessCache());
    }

    /** The responses to one key by verdict; {@code right} grows by what the solutions add. */
    private record Group(
            List<JudgedResponse> right,
            List<JudgedResponse> wrong,
            List<JudgedResponse> unreadable,
            List<JudgedResponse> undecided) {

        Group() {
            this(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        }

        void add(JudgedResponse response) {
            switch (response.verdict()) {
                case RIGHT -> right.add(response);
                case WRONG -> wrong.add(response);
                case UNDECIDED -> undecided.add(response);
                case UNREADABLE -> unreadable.add(response);
            }
        }
    }

    /** Writes everything; {@code progress} is told the number of lines done. */
    PairReport write(PairFiles files, LongConsumer progress) throws IOException {
        RowGroups groups = groups(file, lines, badLines);
        badLines.requireAnyGood(lines);
        RowGroups solutionGroups = solutions == null ? null : groups(solutions, solutions.rowCount(), badSolutions);
        long done = 0;
        for (int group = 0; group < groups.count(); group++) {
            int[] rows = groups.rows(group);
            for (Map.Entry<SampledResponse.Key, Group> entry :
                    judged(file, rows, true).entrySet()) {
                writeGroup(entry.getKey(), entry.getValue(), solutionGroups, files);
            }
            done += rows.length;
            progress.accept(done);
        }
        if (solutions != null && solutionGroups != null) {
            writeUnasked(solutions, solutionGroups, groups, files);
        }
        return report();
    }

    /** Rows that cannot be used get a group of their own, which yields nothing. */
    private RowGroups groups(ResponseFiles source, int count, BadLines bad) {
        return RowGroups.of(count, row -> {
            try {
                return SampledResponse.read(source, row).key().hash();
            } catch (DataException e) {
                bad.add(row, e);
                return row;
            }
        });
    }

    /** Rows of one hash belong to one key, but for a collision, which this tells apart. */
    private Map<SampledResponse.Key, Group> judged(ResponseFiles source, int[] rows, boolean counted) {
        Map<SampledResponse.Key, Group> groups = new LinkedHashMap<>();
        List<SampledResponse> responses = new ArrayList<>();
        for (int row : rows) {
            BadLines bad = source == file ? badLines : badSolutions;
            if (!bad.has(row)) {
                responses.add(SampledResponse.read(source, row));
            }
        }
        // Samples come in any order, also from run to run: their numbers decide which pairs are made of them.
        responses.sort(Comparator.comparingInt(SampledResponse::sample));
        for (SampledResponse sampled : responses) {
            JudgedResponse response = judge.judge(sampled);
            groups.computeIfAbsent(response.sampled().key(), key -> new Group()).add(response);
            if (counted) {
                verdicts.merge(response.verdict(), 1L, Long::sum);
            }
        }
        return groups;
    }

    private void writeGroup(SampledResponse.Key key, Group group, @Nullable RowGroups solutionGroups, PairFiles files)
            throws IOException {
        keys++;
        allRight += !group.right().isEmpty() && group.wrong().isEmpty() ? 1 : 0;
        if (group.right().isEmpty()
                && group.undecided().isEmpty()
                && !group.wrong().isEmpty()) {
            allWrong++;
            files.allWrong().write(question(group.wrong().get(0)));
        }
        if (solutions != null
                && solutionGroups != null
                && (options.force() || group.right().isEmpty())) {
            Group added = judged(solutions, solutionGroups.rowsWithHash(key.hash()), false)
                    .get(key);
            group.right().addAll(added == null ? List.of() : added.right());
        }
        for (JudgedResponse right : group.right()) {
            files.right().write(right.row());
        }
        writePairs(group.right(), group.wrong(), correctness, files.correctness());
        writePairs(group.right(), group.unreadable(), format, files.format());
    }

    /** Right solutions of questions that the model was never asked go with the right responses. */
    private void writeUnasked(ResponseFiles source, RowGroups solutionGroups, RowGroups groups, PairFiles files)
            throws IOException {
        for (int group = 0; group < solutionGroups.count(); group++) {
            for (Map.Entry<SampledResponse.Key, Group> entry :
                    judged(source, solutionGroups.rows(group), false).entrySet()) {
                if (groups.rowsWithHash(entry.getKey().hash()).length == 0) {
                    for (JudgedResponse right : entry.getValue().right()) {
                        files.right().write(right.row());
                    }
                }
            }
        }
    }

    private void writePairs(
            List<JudgedResponse> right, List<JudgedResponse> others, PairCounts counts, JsonlOutput output)
            throws IOException {
        for (ObjectNode pair : maker.pairs(right, others, counts)) {
            output.write(pair);
            counts.written++;
        }
    }

    private static ObjectNode question(JudgedResponse response) {
        ObjectNode question = JsonNodeFactory.instance.objectNode();
        JsonNode image = response.sampled().image();
        if (!image.isMissingNode()) {
            question.set("image", image);
        }
        question.put("question", response.sampled().key().question());
        question.put("answer", response.sampled().key().answer());
        return question;
    }

    private PairReport report() {
        return new PairReport(
                dataset,
                false,
                modes.stream().map(ScoreMode::key).toList(),
                lines,
                keys,
                verdicts.getOrDefault(Verdict.RIGHT, 0L),
                verdicts.getOrDefault(Verdict.WRONG, 0L),
                verdicts.getOrDefault(Verdict.UNREADABLE, 0L),
                verdicts.getOrDefault(Verdict.UNDECIDED, 0L),
                badLines.count() + badSolutions.count(),
                allRight,
                allWrong,
                correctness.report(),
                format.report());
    }
}
