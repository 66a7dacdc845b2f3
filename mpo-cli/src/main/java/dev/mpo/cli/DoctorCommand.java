package dev.mpo.cli;

import dev.mpo.cli.doctor.Doctor;
import dev.mpo.cli.doctor.Finding;
import dev.mpo.cli.doctor.MachineReport;
import dev.mpo.cli.doctor.ReportText;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code mpo doctor}: what this machine offers for training, what is missing, and the fix. */
@Command(
        name = "doctor",
        description = "Shows what this machine offers for training (devices, native libraries, memory, disk), what is"
                + " missing, and the fix. Exit code 1 if training cannot work here.")
final class DoctorCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli injects it before anything runs
    private CommandSpec spec;

    @Override
    public Integer call() {
        MachineReport report = Doctor.examine();
        if (Mpo.of(spec.commandLine()).json()) {
            JsonOutput.print(spec.commandLine().getOut(), report);
        } else {
            spec.commandLine().getOut().print(ReportText.of(report));
            spec.commandLine().getOut().flush();
        }
        boolean works = report.findings().stream().noneMatch(f -> f.severity() == Finding.Severity.ERROR);
        return works ? ExitCodes.OK : ExitCodes.INTERNAL;
    }
}
