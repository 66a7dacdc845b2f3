package dev.mpo.data.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mpo.data.pair.PairDataset;
import dev.mpo.data.pair.Workspace;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataCheckTest {

    @TempDir
    private Path folder;

    @Test
    void duplicatesNameTheEarlierRowAcrossDataSets() {
        Workspace workspace = new Workspace(folder)
                .dataset("a", List.of(Workspace.textRow("one"), Workspace.textRow("two")))
                .dataset("b", List.of(Workspace.textRow("three"), Workspace.textRow("two")));

        List<Finding> findings = check(workspace, 2);

        assertThat(findings).hasSize(1);
        assertThat(findings.get(0).kind()).isEqualTo(FindingKind.DUPLICATE);
        assertThat(findings.get(0).where()).endsWith("b.jsonl:2");
        assertThat(findings.get(0).message()).contains("a.jsonl:2");
    }

    @Test
    void findingsAreTheSameWhateverTheNumberOfWorkers() {
        List<String> rows = IntStream.range(0, 1000)
                .mapToObj(i -> i % 7 == 0 ? "{" + i : Workspace.textRow("row " + i % 300))
                .toList();
        Workspace workspace = new Workspace(folder).dataset("a", rows).dataset("b", rows);

        assertThat(check(workspace, 1)).hasSizeGreaterThan(100).isEqualTo(check(workspace, 8));
    }

    @Test
    void groundingTokensAreNoFinding() {
        String row = "{\"question\": \"where is <ref>it</ref>\", \"chosen\": \"<box>[[1, 2, 3, 4]]</box>\","
                + " \"rejected\": \"nowhere\"}";

        assertThat(check(new Workspace(folder).dataset("a", List.of(row)), 1)).isEmpty();
    }

    @Test
    void aVideoRowIsReportedAsSuchOrTaken() {
        String row = "{\"video\": \"gone.mp4\", \"question\": \"what\", \"chosen\": \"a\", \"rejected\": \"b\"}";

        assertThat(check(new Workspace(folder).dataset("a", List.of(row)), 1))
                .extracting(Finding::kind)
                .allMatch(kind -> kind == FindingKind.VIDEO);
    }

    @Test
    void setsOfHashesHoldWhatWasAdded() {
        Random random = new Random(1);
        LongSet set = new LongSet();
        FirstRows rows = new FirstRows();
        Set<Long> expected = new HashSet<>();
        List<Long> order = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            long number = i % 3 == 0 && i > 0 ? order.get(random.nextInt(order.size())) : random.nextLong();
            assertThat(set.contains(number)).isEqualTo(expected.contains(number));
            assertThat(rows.note(number, i) < 0).isEqualTo(!expected.contains(number));
            set.add(number);
            expected.add(number);
            order.add(number);
        }
        set.add(0);
        assertThat(set.contains(0)).isTrue();
    }

    private static List<Finding> check(Workspace workspace, int workers) {
        List<PairDataset> datasets = workspace.open();
        CheckOptions standard = CheckOptions.withoutModel();
        CheckOptions options = new CheckOptions(
                standard.reserved(),
                standard.decode(),
                standard.decoding(),
                standard.videos(),
                standard.encoder(),
                workers);
        List<Finding> findings = new ArrayList<>();
        try {
            DataCheck.run(datasets, options, findings::add, (done, total) -> {});
        } finally {
            datasets.forEach(PairDataset::close);
        }
        return findings;
    }
}
