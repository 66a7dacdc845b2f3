package dev.mpo.cli;

import dev.mpo.core.DataException;
import dev.mpo.eval.generate.EndpointGenerator;
import dev.mpo.eval.generate.Generator;
import dev.mpo.eval.pipeline.sample.SamplingJob;
import dev.mpo.eval.pipeline.sample.SamplingOptions;
import dev.mpo.eval.pipeline.sample.SamplingReport;
import java.io.PrintWriter;
import java.util.Map;
import java.util.function.Function;
import picocli.CommandLine.Model.CommandSpec;

/** What the commands of both sampling pipelines do once they know their job. */
final class SamplingCommand {

    /**
     * What the command did.
     *
     * @param output the file of samples
     * @param wanted samples that there should be
     * @param before samples that existed
     * @param written samples written
     * @param useless samples left out because nothing can be learned from them
     * @param failed samples that could not be had
     * @param badRows rows that cannot be used
     * @param retries repeated attempts at a server, by the kind of their failure
     */
    private record Result(
            String output,
            long wanted,
            long before,
            long written,
            long useless,
            long failed,
            long badRows,
            Map<String, Integer> retries) {}

    private SamplingCommand() {}

    static int run(
            CommandSpec spec,
            PipelineFlags flags,
            SamplingOptions options,
            SamplingJob job,
            String field,
            Function<SamplingOptions, String> next) {
        Mpo mpo = Mpo.of(spec.commandLine());
        SamplingReport report;
        Map<String, Integer> retries;
        try (Generator generator = flags.open(options);
                SamplingConsole console = new SamplingConsole(mpo, field)) {
            report = job.run(generator, console);
            retries = generator instanceof EndpointGenerator server ? server.retries() : Map.of();
        }
        PrintWriter out = spec.commandLine().getOut();
        if (mpo.json()) {
            JsonOutput.print(
                    out,
                    new Result(
                            report.output().toString(),
                            report.wanted(),
                            report.before(),
                            report.written(),
                            report.useless(),
                            report.failed(),
                            report.badRows(),
                            retries));
        } else {
            out.printf(
                    "%s: %d samples written, %d existed, %d wanted%n",
                    report.output(), report.written(), report.before(), report.wanted());
            out.println("next: " + next.apply(options));
            out.flush();
        }
        if (!report.isComplete()) {
            throw new DataException(
                    "%d samples failed and %d rows cannot be used, see %s: correct the rows, then run the"
                                    .formatted(report.failed(), report.badRows(), options.failures())
                            + " same command again for what is missing");
        }
        return ExitCodes.OK;
    }
}
