package dev.mpo.tools.demo.loop;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mpo.data.synth.QuestionSets;
import dev.mpo.data.synth.ReasonedQuestion;
import dev.mpo.data.synth.Reply;
import dev.mpo.eval.exam.AnswerStyle;
import dev.mpo.eval.exam.ExamQuestion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The files that the loop's trainings and pipelines read: shown answers with meta files, and a prompt file per kind of
 * question; the questions of the examination lie beside them in the same layout.
 *
 * @param sets the questions
 * @param shown the meta files of the shown answers, with reasoning and without
 * @param promptFiles the questions to be asked, a file per kind
 */
record LoopData(QuestionSets sets, Map<AnswerStyle, Path> shown, List<Path> promptFiles) {

    private static final ObjectMapper JSON = new ObjectMapper();

    LoopData {
        promptFiles = List.copyOf(promptFiles);
        shown = new EnumMap<>(shown);
    }

    /** Draws everything below a folder. */
    static LoopData write(Path folder, QuestionSets.Options options) {
        QuestionSets sets = QuestionSets.write(folder, options);
        try {
            writeQuestions(folder.resolve("heldout"), sets.heldOut());
            return new LoopData(
                    sets, writeShown(folder, sets), writeQuestions(folder.resolve("questions"), sets.asked()));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the loop's data below " + folder, e);
        }
    }

    /** Returns what the supervised training reads. */
    List<Path> sftMetas() {
        return List.copyOf(shown.values());
    }

    /**
     * Returns what the preference training reads: the model's own pairs, which all have reasoning, and the shown
     * answers without, so that it does not forget that there are two ways to answer.
     */
    List<Path> mpoMetas(Path pairMeta) {
        return Stream.of(Optional.of(pairMeta), Optional.ofNullable(shown.get(AnswerStyle.DIRECT)))
                .flatMap(Optional::stream)
                .toList();
    }

    /** Returns the questions of the examination. */
    List<ExamQuestion> examination() {
        return sets.heldOut().stream()
                .map(one -> new ExamQuestion(
                        one.dataset(),
                        one.images().stream().map(sets.imageRoot()::resolve).toList(),
                        one.question(),
                        one.right().answer()))
                .toList();
    }

    /** Returns every distinct text that the model will read or write, for its tokenizer. */
    List<String> texts() {
        Set<String> texts = new LinkedHashSet<>();
        for (List<ReasonedQuestion> set : List.of(sets.taught(), sets.asked(), sets.heldOut())) {
            for (ReasonedQuestion question : set) {
                for (AnswerStyle style : AnswerStyle.values()) {
                    texts.add(prompt(question, style));
                    texts.add(response(question.right(), style));
                    texts.add(response(question.wrong(), style));
                }
            }
        }
        return List.copyOf(texts);
    }

    /** Returns a reply in a style, as the model shall write it. */
    static String response(Reply reply, AnswerStyle style) {
        return switch (style) {
            case CHAIN_OF_THOUGHT -> reply.thought() + "\n\nFinal answer: " + reply.answer();
            case DIRECT -> reply.answer();
        };
    }

    private static String prompt(ReasonedQuestion question, AnswerStyle style) {
        return style.prompt(question.question(), !question.images().isEmpty());
    }

    private static Map<AnswerStyle, Path> writeShown(Path folder, QuestionSets sets) throws IOException {
        Files.createDirectories(folder.resolve("annotations"));
        Map<AnswerStyle, Path> metas = new EnumMap<>(AnswerStyle.class);
        for (AnswerStyle style : AnswerStyle.values()) {
            String name = "shown_" + (style == AnswerStyle.DIRECT ? "direct" : "cot");
            List<ObjectNode> rows = new ArrayList<>();
            for (ReasonedQuestion question : sets.taught()) {
                ObjectNode row = row(question);
                row.put("question", prompt(question, style));
                row.put("chosen", response(question.right(), style));
                row.put("rejected", response(question.wrong(), style));
                rows.add(row);
            }
            String annotation = "annotations/" + name + ".jsonl";
            write(folder.resolve(annotation), rows);
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("root", folder.relativize(sets.imageRoot()).toString());
            entry.put("annotation", annotation);
            entry.put("data_augment", false);
            entry.put("repeat_time", 1);
            entry.put("length", rows.size());
            metas.put(style, writeMeta(folder.resolve("meta." + name + ".json"), Map.of(name, entry)));
        }
        return metas;
    }

    private static Path writeMeta(Path file, Map<String, Object> meta) throws IOException {
        Files.writeString(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(meta) + "\n");
        return file;
    }

    private static List<Path> writeQuestions(Path folder, List<ReasonedQuestion> questions) throws IOException {
        Files.createDirectories(folder);
        Map<String, List<ObjectNode>> rows = new LinkedHashMap<>();
        for (ReasonedQuestion question : questions) {
            ObjectNode row = row(question);
            row.put("question", question.question());
            row.put("answer", question.right().answer());
            rows.computeIfAbsent(question.dataset(), name -> new ArrayList<>()).add(row);
        }
        List<Path> files = new ArrayList<>();
        for (Map.Entry<String, List<ObjectNode>> entry : rows.entrySet()) {
            Path file = folder.resolve(entry.getKey() + ".jsonl");
            write(file, entry.getValue());
            files.add(file);
        }
        return files;
    }

    private static ObjectNode row(ReasonedQuestion question) {
        ObjectNode row = JSON.createObjectNode();
        if (question.images().size() == 1) {
            row.put("image", question.images().get(0));
        } else if (!question.images().isEmpty()) {
            row.set("image", JSON.valueToTree(question.images()));
        }
        return row;
    }

    private static void write(Path file, List<ObjectNode> rows) throws IOException {
        StringBuilder lines = new StringBuilder();
        for (ObjectNode row : rows) {
            lines.append(line(row)).append('\n');
        }
        Files.writeString(file, lines);
    }

    private static String line(ObjectNode row) throws JsonProcessingException {
        return JSON.writeValueAsString(row);
    }
}
