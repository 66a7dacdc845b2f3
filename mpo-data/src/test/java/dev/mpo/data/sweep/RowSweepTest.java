package dev.mpo.data.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mpo.data.pair.PairDataset;
import dev.mpo.data.pair.Workspace;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RowSweepTest {

    private List<PairDataset> datasets = List.of();

    @BeforeEach
    void open(@TempDir Path folder) {
        datasets = new Workspace(folder)
                .dataset("a", Collections.nCopies(1000, Workspace.textRow("a")))
                .dataset("none", List.of())
                .dataset("b", Collections.nCopies(333, Workspace.textRow("b")))
                .open();
    }

    @AfterEach
    void close() {
        datasets.forEach(PairDataset::close);
    }

    @Test
    void resultsComeInFileOrderEachOnce() {
        List<String> results = new ArrayList<>();
        List<Long> progress = new ArrayList<>();
        RowSweep.run(
                datasets, 4, (dataset, row) -> dataset + ":" + row, results::add, (done, total) -> progress.add(done));

        List<String> expected = new ArrayList<>();
        for (int dataset = 0; dataset < datasets.size(); dataset++) {
            for (int row = 0; row < datasets.get(dataset).rowCount(); row++) {
                expected.add(dataset + ":" + row);
            }
        }
        assertThat(results).isEqualTo(expected);
        assertThat(progress).isSorted().endsWith(1333L);
    }

    @Test
    void aFailureOfARowEndsTheSweep() {
        assertThatThrownBy(() -> RowSweep.run(
                        datasets,
                        3,
                        (dataset, row) -> {
                            if (row == 500) {
                                throw new IllegalStateException("row 500");
                            }
                            return row;
                        },
                        row -> {},
                        (done, total) -> {}))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("row 500");
    }
}
