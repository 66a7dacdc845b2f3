package dev.mpo.cli;

import dev.mpo.eval.exam.AnswerStyle;
import dev.mpo.eval.exam.ExamResult;
import dev.mpo.eval.pipeline.pairs.PairReport;
import dev.mpo.tools.demo.loop.LoopFolder;
import dev.mpo.tools.demo.loop.LoopOptions;
import dev.mpo.tools.demo.loop.LoopResult;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The result of a closed loop, as {@code --json} prints it and as a person reads it.
 *
 * @param output folder of everything
 * @param sftModel the model after the supervised training
 * @param mpoModel the model after the preference training
 * @param report the page
 * @param seed the seed
 * @param parameters parameters of the model
 * @param heldOut questions of the examination
 * @param samples sampled answers
 * @param samplesRight how many of them are right
 * @param samplesUnreadable how many of them do not keep to the form
 * @param pairs pairs of a right and a wrong answer
 * @param formatPairs pairs of a right and an unreadable answer
 * @param cotBefore share of held-out questions that the model answers right with reasoning, after supervised training
 * @param cotAfter the same after preference training
 * @param directBefore the same without reasoning, after supervised training
 * @param directAfter the same after preference training
 * @param phaseSeconds wall time of each phase
 * @param seconds wall time of everything
 * @param commands commands that do the same by hand
 */
record LoopSummary(
        String output,
        String sftModel,
        String mpoModel,
        String report,
        long seed,
        long parameters,
        int heldOut,
        long samples,
        long samplesRight,
        long samplesUnreadable,
        long pairs,
        long formatPairs,
        double cotBefore,
        double cotAfter,
        double directBefore,
        double directAfter,
        Map<String, Double> phaseSeconds,
        double seconds,
        List<String> commands) {

    /** Collects what there is to tell; {@code program} is how the user started this program. */
    static LoopSummary of(LoopResult result, String program) {
        LoopFolder folder = result.folder();
        ExamResult before = result.before();
        ExamResult after = result.after();
        List<PairReport> reports = result.pairs();
        Map<String, Double> phases = new LinkedHashMap<>();
        result.seconds().forEach((phase, time) -> phases.put(phase.name().toLowerCase(Locale.ROOT), time));
        return new LoopSummary(
                folder.path().toString(),
                folder.sftModel().toString(),
                folder.mpoModel().toString(),
                folder.report().toString(),
                result.options().seed(),
                result.numParameters(),
                result.options().heldOut(),
                reports.stream().mapToLong(PairReport::responses).sum(),
                reports.stream().mapToLong(PairReport::right).sum(),
                reports.stream().mapToLong(PairReport::unreadable).sum(),
                reports.stream().mapToLong(r -> r.correctness().written()).sum(),
                reports.stream().mapToLong(r -> r.format().written()).sum(),
                before.accuracy(AnswerStyle.CHAIN_OF_THOUGHT),
                after.accuracy(AnswerStyle.CHAIN_OF_THOUGHT),
                before.accuracy(AnswerStyle.DIRECT),
                after.accuracy(AnswerStyle.DIRECT),
                phases,
                result.totalSeconds(),
                commands(result, program));
    }

    private static List<String> commands(LoopResult result, String program) {
        LoopFolder folder = result.folder();
        LoopOptions options = result.options();
        Path byHand = folder.path().resolve("by-hand");
        String images = DemoSummary.word(folder.data().resolve("images"));
        String mpo = DemoSummary.word(program);
        List<String> commands = new ArrayList<>();
        commands.add("%s train --model %s%s --config %s --output %s"
                .formatted(
                        mpo,
                        DemoSummary.word(folder.model()),
                        metas(result.sftMetas()),
                        DemoSummary.word(folder.sftRecipe()),
                        DemoSummary.word(byHand.resolve("sft"))));
        for (Path prompts : result.promptFiles()) {
            commands.add(("%s pipeline correctness --checkpoint %s --prompt-path %s --image-root %s --out-dir %s"
                            + " --num-return-sequences %d --batch-size %d --dynamic --max-num %d --max-new-tokens %d --seed %d")
                    .formatted(
                            mpo,
                            DemoSummary.word(byHand.resolve("sft").resolve("final")),
                            DemoSummary.word(prompts),
                            images,
                            DemoSummary.word(byHand.resolve("samples")),
                            options.numSamples(),
                            LoopOptions.BATCH,
                            LoopOptions.MAX_TILES,
                            LoopOptions.MAX_NEW_TOKENS,
                            options.seed()));
        }
        commands.add("%s pipeline pairs --data-dir %s --save-dir %s --image-root %s --answer-fix --num-pairs-per-key %d"
                .formatted(
                        mpo,
                        DemoSummary.word(byHand.resolve("samples")),
                        DemoSummary.word(byHand.resolve("pairs")),
                        images,
                        LoopOptions.PAIRS_PER_KEY));
        commands.add("%s train --model %s%s --config %s --output %s"
                .formatted(
                        mpo,
                        DemoSummary.word(byHand.resolve("sft").resolve("final")),
                        metas(result.mpoMetas().stream()
                                .map(meta -> meta.equals(folder.pairMeta())
                                        ? byHand.resolve("pairs").resolve("meta.json")
                                        : meta)
                                .toList()),
                        DemoSummary.word(folder.mpoRecipe()),
                        DemoSummary.word(byHand.resolve("mpo"))));
        return commands;
    }

    private static String metas(List<Path> files) {
        StringBuilder flags = new StringBuilder();
        files.forEach(file -> flags.append(" --meta ").append(DemoSummary.word(file)));
        return flags.toString();
    }

    /** Prints the result for a person. */
    void print(PrintWriter out) {
        line(out, "");
        line(out, "%-34s %12s %12s", "held-out accuracy", "SFT", "SFT + MPO");
        line(out, "%-34s %10.1f %% %10.1f %%", "with chain of thought", 100 * cotBefore, 100 * cotAfter);
        line(out, "%-34s %10.1f %% %10.1f %%", "direct", 100 * directBefore, 100 * directAfter);
        line(out, "");
        line(out, "accuracy  share of %d held-out questions that the model answers right, greedily decoded", heldOut);
        line(out, "pairs     %,d, made of %,d samples by the model itself", pairs + formatPairs, samples);
        line(out, "time      %.0f s", seconds);
        line(out, "");
        line(out, "Open in a browser:  %s", report);
        line(out, "");
        line(out, "The same by hand, and from here on with your own model and questions:");
        commands.forEach(command -> line(out, "  %s", command));
        out.flush();
    }

    private static void line(PrintWriter out, String format, Object... arguments) {
        out.println(String.format(Locale.ROOT, format, arguments));
    }
}
