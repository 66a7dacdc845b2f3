package dev.mpo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;

class DoctorCommandTest {

    @Test
    void reportNamesTheLibraryAndTheDevices() {
        Run run = Run.mpo("doctor");

        assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
        assertThat(run.out())
                .contains(
                        "libtorch         2.7.1", "cores", "libnccl.so.2", "free in", "several devices", "no launcher");
    }

    @Test
    void jsonReportIsOneObject() throws JsonProcessingException {
        Run run = Run.mpo("doctor", "--json");

        JsonNode report = new ObjectMapper().readTree(run.out());
        assertThat(run.out().lines()).hasSize(1);
        assertThat(report.at("/engine/loaded").asBoolean()).isTrue();
        assertThat(report.at("/processor/cores").asInt()).isPositive();
        assertThat(report.at("/memory/totalBytes").asLong()).isPositive();
        assertThat(report.at("/disks/0/freeBytes").asLong()).isPositive();
        assertThat(report.at("/findings").isArray()).isTrue();
        assertThat(report.at("/collectives/used").asText()).isIn("nccl", "mpi", "none");
    }
}
