package dev.mpo.cli;

import dev.mpo.tools.demo.DemoFolder;
import dev.mpo.tools.demo.DemoResult;
import dev.mpo.tools.report.Scores;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The result of a demonstration, as {@code --json} prints it and as a person reads it.
 *
 * @param output folder of everything
 * @param data folder of the pairs and pictures
 * @param model folder of the untrained model
 * @param run folder of the training run
 * @param export folder of the trained model
 * @param report the page about the run
 * @param parameters parameters of the model
 * @param trainPairs pairs to train on
 * @param heldOutPairs pairs to measure on
 * @param steps optimizer steps
 * @param accuracyBefore share of held-out pairs whose chosen answer the untrained model finds more likely
 * @param accuracyAfter the same of the trained model
 * @param marginBefore mean reward margin of the held-out pairs before training; 0, because policy = reference
 * @param marginAfter the same after training
 * @param lossFirst loss of the first step
 * @param lossLast loss of the last step
 * @param trainingSeconds wall time of the training
 * @param seconds wall time of everything
 * @param commands commands that do the same by hand
 */
record DemoSummary(
        String output,
        String data,
        String model,
        String run,
        String export,
        String report,
        long parameters,
        int trainPairs,
        int heldOutPairs,
        long steps,
        double accuracyBefore,
        double accuracyAfter,
        double marginBefore,
        double marginAfter,
        double lossFirst,
        double lossLast,
        double trainingSeconds,
        double seconds,
        List<String> commands) {

    private static final Pattern PLAIN = Pattern.compile("[\\w@%+=:,./-]+");

    /** Collects what there is to tell; {@code program} is how the user started this program. */
    static DemoSummary of(DemoResult result, String program) {
        DemoFolder folder = result.folder();
        Scores before = result.evaluation().before();
        Scores after = result.evaluation().after();
        return new DemoSummary(
                folder.path().toString(),
                folder.data().toString(),
                folder.model().toString(),
                folder.run().toString(),
                folder.trained().toString(),
                folder.report().toString(),
                result.numParameters(),
                result.data().trainPairs(),
                result.data().heldOutPairs(),
                result.training().steps(),
                before.accuracy(),
                after.accuracy(),
                before.margin(),
                after.margin(),
                result.training().first().loss(),
                result.training().last().loss(),
                result.training().seconds(),
                result.seconds(),
                commands(result, program));
    }

    private static List<String> commands(DemoResult result, String program) {
        DemoFolder folder = result.folder();
        Path byHand = folder.path().resolve("by-hand");
        return List.of(
                "%s train --model %s --meta %s --config %s --output %s"
                        .formatted(
                                word(program),
                                word(folder.model()),
                                word(result.data().trainMeta()),
                                word(folder.recipe()),
                                word(byHand)),
                "%s score --model %s --reference %s --meta %s --config %s --out %s"
                        .formatted(
                                word(program),
                                word(byHand.resolve("final")),
                                word(folder.model()),
                                word(result.data().heldOutMeta()),
                                word(folder.recipe()),
                                word(byHand.resolve("scores.jsonl"))));
    }

    /** Returns one word of a shell command, quoted where it has to be. */
    static String word(Object value) {
        String text = value.toString();
        return PLAIN.matcher(text).matches() ? text : "'" + text.replace("'", "'\\''") + "'";
    }

    /** Prints the result for a person. */
    void print(PrintWriter out) {
        line(out, "");
        line(out, "%-28s %10s %10s", "", "untrained", "trained");
        line(out, "%-28s %8.1f %% %8.1f %%", "held-out accuracy", 100 * accuracyBefore, 100 * accuracyAfter);
        line(out, "%-28s %10.3f %10.3f", "held-out reward margin", marginBefore, marginAfter);
        line(out, "%-28s %10.3f %10.3f", "loss, first and last step", lossFirst, lossLast);
        line(out, "");
        line(out, "accuracy  share of %d held-out pairs whose chosen answer the model finds more likely", heldOutPairs);
        line(out, "margin    reward of the chosen answer minus that of the rejected one; a reward is how far");
        line(out, "          training has raised an answer's log-probability, times loss.beta = 0.1");
        line(out, "time      %.0f s, of which training %.0f s", seconds, trainingSeconds);
        line(out, "");
        line(out, "Open in a browser:  %s", report);
        line(out, "");
        line(out, "  %-40s pairs: meta.json, meta.heldout.json, annotations, images", data);
        line(out, "  %-40s untrained model", model);
        line(out, "  %-40s trained model, in the same layout", export);
        line(out, "  %-40s metrics.jsonl, train.log, tensorboard/, settings, provenance", run);
        line(out, "");
        line(out, "The same by hand, and from here on with your own model and data:");
        commands.forEach(command -> line(out, "  %s", command));
        out.flush();
    }

    private static void line(PrintWriter out, String format, Object... arguments) {
        out.println(String.format(Locale.ROOT, format, arguments));
    }
}
