package dev.mpo.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mpo.cli.doctor.AcceleratorProbe.Accelerators;
import dev.mpo.cli.doctor.AcceleratorProbe.Device;
import dev.mpo.cli.doctor.CollectivesProbe.Choice;
import dev.mpo.cli.doctor.Diagnosis.Devices;
import dev.mpo.cli.doctor.EngineProbe.Engine;
import dev.mpo.cli.doctor.Finding.Severity;
import dev.mpo.cli.doctor.MachineReport.Disk;
import dev.mpo.cli.doctor.MachineReport.Memory;
import dev.mpo.cli.doctor.MachineReport.Processor;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DiagnosisTest {

    private static final Engine CPU = new Engine(true, "2.7.1", "cpu", "jar", 0, "");
    private static final Engine CUDA = new Engine(true, "2.7.1", "cu128", "folder", 2, "");
    private static final Accelerators NONE = new Accelerators(false, List.of(), List.of());
    private static final Device H100 = new Device(0, "H100", 1L << 36, 1L << 36, "570", "9.0");
    private static final Accelerators TWO = new Accelerators(true, List.of("/dev/nvidia0"), List.of(H100, H100));
    private static final Processor CALM = new Processor(4, 4, Map.of("OMP_WAIT_POLICY", "PASSIVE"));
    private static final Memory PLENTY = new Memory(1L << 36, 1L << 35, 1L << 31);
    private static final Choice MPI = new Choice("mpi", "", "Open MPI v4.1.4", "/usr/bin/mpirun", "no launcher");

    private static Devices on(Accelerators accelerators) {
        return new Devices(accelerators, MPI, false);
    }

    @Test
    void healthyProcessorOnlyMachineHasNothingToFix() {
        List<Finding> findings = Diagnosis.of(CALM, PLENTY, List.of(), CPU, on(NONE));

        assertThat(findings).extracting(Finding::severity).containsOnly(Severity.NOTE);
    }

    @Test
    void gpuLeftIdleByProcessorLibrariesIsALoudErrorWithTheFix() {
        List<Finding> findings = Diagnosis.of(CALM, PLENTY, List.of(), CPU, on(TWO));

        assertThat(findings.get(0).severity()).isEqualTo(Severity.ERROR);
        assertThat(findings.get(0).message()).startsWith("GPU NOT USED").contains("H100 (2 in this machine)");
        assertThat(findings.get(0).fix()).contains("PYTORCH_LIBRARY_PATH", "PYTORCH_FLAVOR=cu128");
    }

    @Test
    void gpuIsNoticedByItsDeviceFileWhenTheDriverToolIsMissing() {
        Accelerators file = new Accelerators(true, List.of("/dev/nvidia0"), List.of());

        assertThat(Diagnosis.idleAccelerator(CPU, file))
                .singleElement()
                .satisfies(finding -> assertThat(finding.message()).contains("/dev/nvidia0"));
        assertThat(Diagnosis.idleAccelerator(CUDA, file)).isEmpty();
    }

    @Test
    void cudaLibrariesThatSeeNoDeviceAreReported() {
        Engine blind = new Engine(true, "2.7.1", "cu128", "folder", 0, "");

        assertThat(Diagnosis.of(CALM, PLENTY, List.of(), blind, on(TWO)))
                .anySatisfy(finding -> assertThat(finding.fix()).contains("libcudart.so.12"));
    }

    @Test
    void severalGpusNeedNccl() {
        assertThat(Diagnosis.of(CALM, PLENTY, List.of(), CUDA, on(TWO))).anySatisfy(finding -> {
            assertThat(finding.message()).contains("libnccl.so.2");
            assertThat(finding.fix()).contains("scripts/gpu-libs");
        });
        Choice nccl = new Choice("nccl", "2.23.4", "", "", "no launcher");
        assertThat(Diagnosis.of(CALM, PLENTY, List.of(), CUDA, new Devices(TWO, nccl, false)))
                .isEmpty();
    }

    @Test
    void processorOnPurposeIsNoError() {
        List<Finding> findings = Diagnosis.of(CALM, PLENTY, List.of(), CPU, new Devices(TWO, MPI, true));

        assertThat(findings).extracting(Finding::severity).containsOnly(Severity.NOTE);
        assertThat(Doctor.cpuChosen(Map.of("CUDA_VISIBLE_DEVICES", "-1"))).isTrue();
        assertThat(Doctor.cpuChosen(Map.of("CUDA_VISIBLE_DEVICES", ""))).isTrue();
        assertThat(Doctor.cpuChosen(Map.of("CUDA_VISIBLE_DEVICES", "0,1"))).isFalse();
        assertThat(Doctor.cpuChosen(Map.of())).isFalse();
    }

    @Test
    void severalProcessesNeedMpiAndItsLauncher() {
        Choice nothing = new Choice("none", "", "", "", "no launcher");
        Choice noLauncher = new Choice("mpi", "", "Open MPI v4.1.4", "", "no launcher");

        assertThat(Diagnosis.of(CALM, PLENTY, List.of(), CPU, new Devices(NONE, nothing, false)))
                .anySatisfy(finding -> assertThat(finding.fix()).contains("apt-get install openmpi-bin"));
        assertThat(Diagnosis.of(CALM, PLENTY, List.of(), CPU, new Devices(NONE, noLauncher, false)))
                .anySatisfy(finding -> assertThat(finding.message()).startsWith("no mpirun in PATH"));
    }

    @Test
    void collectivesFollowFromTheDevices() {
        assertThat(CollectivesProbe.choose(true, "2.23.4", "Open MPI")).isEqualTo("nccl");
        assertThat(CollectivesProbe.choose(true, "", "Open MPI")).isEqualTo("none");
        assertThat(CollectivesProbe.choose(false, "2.23.4", "Open MPI")).isEqualTo("mpi");
        assertThat(CollectivesProbe.choose(false, "2.23.4", "")).isEqualTo("none");
    }

    @Test
    void contradictoryVariablesOfLaunchersAreAnError() {
        Choice odd = CollectivesProbe.probe(Map.of("RANK", "3"), CPU, NONE);

        assertThat(odd.ranks()).startsWith("contradictory: ").contains("WORLD_SIZE");
        assertThat(Diagnosis.of(CALM, PLENTY, List.of(), CPU, new Devices(NONE, odd, false))
                        .get(0)
                        .severity())
                .isEqualTo(Severity.ERROR);
    }

    @Test
    void oldDriverIsNamed() {
        Device old = new Device(0, "V100", 1L << 34, 1L << 34, "470.82.01", "7.0");
        Accelerators one = new Accelerators(true, List.of(), List.of(old));

        assertThat(Diagnosis.of(CALM, PLENTY, List.of(), CUDA, on(one)))
                .anySatisfy(finding -> assertThat(finding.message()).contains("470.82.01 is too old"));
    }

    @Test
    void engineThatDoesNotLoadIsAnErrorAndComesFirst() {
        Engine broken = new Engine(false, "", "cpu", "jar", 0, "No space left on device");
        List<Disk> full = List.of(new Disk("unpacked native libraries", "cache", 1000));

        Finding first = Diagnosis.of(CALM, PLENTY, full, broken, on(NONE)).get(0);

        assertThat(first.severity()).isEqualTo(Severity.ERROR);
        assertThat(first.message()).contains("No space left on device");
        assertThat(first.fix()).contains("DJL_CACHE_DIR");
    }

    @Test
    void moreNativeThreadsThanCoresIsAWarning() {
        Processor busy = new Processor(2, 64, Map.of("OMP_WAIT_POLICY", "PASSIVE", "OMP_NUM_THREADS", "64"));

        assertThat(Diagnosis.of(busy, PLENTY, List.of(), CPU, on(NONE)).get(0).message())
                .contains("OMP_NUM_THREADS=64", "2 cores");
    }

    @Test
    void littleMemoryIsAWarning() {
        Memory little = new Memory(1L << 33, 1L << 30, 1L << 30);

        assertThat(Diagnosis.of(CALM, little, List.of(), CPU, on(NONE)).get(0).message())
                .contains("1.0 GiB");
    }
}
