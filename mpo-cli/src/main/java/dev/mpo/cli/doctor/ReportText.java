package dev.mpo.cli.doctor;

import dev.mpo.cli.doctor.AcceleratorProbe.Device;
import dev.mpo.cli.doctor.LibraryProbe.Library;
import dev.mpo.cli.doctor.MachineReport.Disk;
import java.util.Locale;

/** Writes a machine report for people. */
public final class ReportText {

    private static final double BYTES_PER_GIBIBYTE = 1L << 30;

    private final StringBuilder text = new StringBuilder();

    private ReportText() {}

    /** Returns the report as lines of text, findings last. */
    public static String of(MachineReport report) {
        ReportText writer = new ReportText();
        writer.machine(report);
        writer.devices(report);
        writer.findings(report);
        return writer.text.toString();
    }

    private void machine(MachineReport report) {
        line("system", report.system());
        line(
                "java",
                report.java().version() + ", " + report.java().vendor() + ", "
                        + report.java().home());
        line(
                "processor",
                report.processor().cores() + " cores, " + report.processor().nativeThreads() + " native threads");
        line(
                "memory",
                gib(report.memory().totalBytes()) + " total, "
                        + gib(report.memory().availableBytes()) + " available, Java heap limit "
                        + gib(report.memory().heapLimitBytes()));
        for (Disk disk : report.disks()) {
            line("disk", gib(disk.freeBytes()) + " free in " + disk.folder() + ", " + disk.purpose());
        }
    }

    private void devices(MachineReport report) {
        EngineProbe.Engine engine = report.engine();
        line(
                "libtorch",
                engine.loaded()
                        ? engine.version() + " " + engine.flavor() + ", from " + engine.source()
                        : "not loaded, from " + engine.source());
        for (Device device : report.accelerators().devices()) {
            line(
                    "gpu " + device.index(),
                    device.name() + ", " + gib(device.totalBytes()) + " total, " + gib(device.freeBytes())
                            + " free, driver " + device.driver() + ", compute capability "
                            + device.computeCapability());
        }
        if (report.accelerators().devices().isEmpty()) {
            line("gpu", report.accelerators().present() ? report.accelerators().deviceFiles() + "" : "none");
        }
        line("devices", engine.accelerators() == 0 ? "cpu" : "cpu, " + engine.accelerators() + " gpu");
        CollectivesProbe.Choice collectives = report.collectives();
        line(
                "several devices",
                switch (collectives.used()) {
                    case "nccl" -> "by NCCL " + collectives.nccl();
                    case "mpi" ->
                        "by " + collectives.mpi()
                                + (collectives.mpirun().isEmpty() ? ", no mpirun" : ", " + collectives.mpirun());
                    default -> "not possible here";
                });
        line("launcher", collectives.ranks());
        for (Library library : report.libraries()) {
            String where = library.found() ? library.path() : "not found";
            line(library.file(), where + ", for " + library.purpose());
        }
    }

    private void findings(MachineReport report) {
        text.append('\n');
        for (Finding finding : report.findings()) {
            text.append(finding.severity())
                    .append(": ")
                    .append(finding.message())
                    .append('\n');
            if (!finding.fix().isEmpty()) {
                text.append("  fix: ").append(finding.fix()).append('\n');
            }
        }
    }

    private void line(String name, String value) {
        text.append(String.format(Locale.ROOT, "%-16s %s%n", name, value));
    }

    private static String gib(long bytes) {
        return bytes < 0 ? "unknown" : String.format(Locale.ROOT, "%.1f GiB", bytes / BYTES_PER_GIBIBYTE);
    }
}
