package dev.mpo.data.check;

import dev.mpo.core.DataException;
import dev.mpo.data.check.CheckReport.Count;
import dev.mpo.data.check.CheckReport.Dataset;
import dev.mpo.data.check.RowCheck.Checked;
import dev.mpo.data.pair.PairDataset;
import dev.mpo.data.sweep.RowSweep;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Checks every row of some data sets on several threads: whether training could use it, and whether it is likely to be
 * meant. Findings come in file order, the same in every run.
 */
public final class DataCheck {

    private final List<PairDataset> datasets;
    private final Consumer<Finding> sink;
    private final List<Tally> tallies = new ArrayList<>();
    private final FirstRows firstRows = new FirstRows();
    private final long[] offsets;
    private @Nullable Finding firstBad;
    private @Nullable Finding first;

    private DataCheck(List<PairDataset> datasets, Consumer<Finding> sink) {
        this.datasets = datasets;
        this.sink = sink;
        this.offsets = new long[datasets.size()];
        long offset = 0;
        for (int i = 0; i < offsets.length; i++) {
            offsets[i] = offset;
            offset += datasets.get(i).rowCount();
            tallies.add(new Tally());
        }
    }

    /**
     * Checks all rows.
     *
     * @param sink takes each finding on the calling thread
     */
    public static CheckReport run(
            List<PairDataset> datasets, CheckOptions options, Consumer<Finding> sink, RowSweep.Progress progress) {
        DataCheck check = new DataCheck(datasets, sink);
        RowCheck rows = new RowCheck(options);
        RowSweep.run(
                datasets,
                options.numWorkers(),
                (dataset, row) -> rows.check(dataset, datasets.get(dataset), row),
                check::take,
                progress);
        return check.report();
    }

    private void take(Checked checked) {
        List<Finding> findings = new ArrayList<>(checked.findings());
        duplicate(checked).ifPresent(findings::add);
        if (findings.isEmpty()) {
            return;
        }
        tallies.get(checked.dataset()).add(findings, checked.bad());
        if (first == null) {
            first = findings.get(0);
        }
        for (Finding finding : findings) {
            if (firstBad == null && finding.kind().bad()) {
                firstBad = finding;
            }
            sink.accept(finding);
        }
    }

    private Optional<Finding> duplicate(Checked checked) {
        if (checked.hash().isEmpty()) {
            return Optional.empty();
        }
        int number = Math.toIntExact(offsets[checked.dataset()] + checked.row());
        int earlier = firstRows.note(checked.hash().getAsLong(), number);
        if (earlier < 0) {
            return Optional.empty();
        }
        int dataset = datasetOf(earlier);
        PairDataset first = datasets.get(dataset);
        int firstRow = Math.toIntExact(earlier - offsets[dataset]);
        PairDataset second = datasets.get(checked.dataset());
        if (!same(first, firstRow, second, checked.row())) {
            return Optional.empty();
        }
        return Optional.of(new Finding(
                second.name(),
                checked.row(),
                second.where(checked.row()),
                FindingKind.DUPLICATE,
                "the same images, question and answers as " + first.where(firstRow)
                        + ": remove one, or raise repeat_time if the pair is to count more"));
    }

    private int datasetOf(int number) {
        int dataset = offsets.length - 1;
        while (offsets[dataset] > number) {
            dataset--;
        }
        return dataset;
    }

    private static boolean same(PairDataset first, int firstRow, PairDataset second, int secondRow) {
        try {
            return RowCheck.identity(first.row(firstRow)).equals(RowCheck.identity(second.row(secondRow)));
        } catch (DataException e) {
            return false; // changed since it was read
        }
    }

    private CheckReport report() {
        List<Dataset> all = new ArrayList<>();
        for (int i = 0; i < tallies.size(); i++) {
            Tally tally = tallies.get(i);
            PairDataset dataset = datasets.get(i);
            all.add(new Dataset(dataset.name(), dataset.rowCount(), tally.bad, tally.warned, tally.kinds));
        }
        return new CheckReport(all, Optional.ofNullable(firstBad), Optional.ofNullable(first));
    }

    private static final class Tally {

        private long bad;
        private long warned;
        private final Map<FindingKind, Count> kinds = new EnumMap<>(FindingKind.class);

        void add(List<Finding> findings, boolean isBad) {
            if (isBad) {
                bad++;
            } else {
                warned++;
            }
            for (Finding finding : findings) {
                kinds.merge(
                        finding.kind(),
                        new Count(1, finding),
                        (before, one) -> new Count(before.count() + 1, before.first()));
            }
        }
    }
}
