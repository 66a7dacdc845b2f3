package dev.mpo.data.loader;

import dev.mpo.core.DataException;
import dev.mpo.core.MpoException;
import dev.mpo.data.pair.EncodeOutcome;
import dev.mpo.data.pair.EncodedPair;
import dev.mpo.data.pair.ImageWork;
import dev.mpo.data.pair.PairDataset;
import dev.mpo.data.pair.PairEncoder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/** Finds the pair for a position: the row that is due there or, if it cannot be used, its substitute. Thread-safe. */
final class PairSource {

    private static final int MAX_ATTEMPTS = 64;

    private final List<PairDataset> datasets;
    private final PairEncoder encoder;
    private final SampleOrder order;
    private final OnBadSample onBadSample;

    PairSource(List<PairDataset> datasets, PairEncoder encoder, SampleOrder order, OnBadSample onBadSample) {
        this.datasets = List.copyOf(datasets);
        this.encoder = encoder;
        this.order = order;
        this.onBadSample = onBadSample;
    }

    /**
     * What a position gave: the rows that were tried in vain, then a pair or a reason to stop.
     *
     * @param pair null when there is a failure, or when a bad row is to stop the run
     */
    record Result(
            List<UnusedRow> unused,
            @Nullable EncodedPair pair,
            @Nullable DataException failure) {}

    Result at(long position, ImageWork work) {
        List<UnusedRow> unused = new ArrayList<>();
        SampleRef ref = order.at(position);
        for (int attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
            PairDataset dataset = datasets.get(ref.dataset());
            EncodeOutcome outcome = encode(dataset, ref.row(), position, work);
            if (outcome instanceof EncodeOutcome.Encoded encoded) {
                return new Result(unused, encoded.pair(), null);
            } else if (outcome instanceof EncodeOutcome.Refused refused) {
                return new Result(unused, null, refused.cause());
            } else if (outcome instanceof EncodeOutcome.Dropped dropped) {
                unused.add(unused(position, ref, dataset, true, dropped.reason()));
            } else if (outcome instanceof EncodeOutcome.Bad bad) {
                unused.add(unused(
                        position,
                        ref,
                        dataset,
                        false,
                        String.valueOf(bad.cause().getMessage())));
                if (onBadSample == OnBadSample.FAIL) {
                    return new Result(unused, null, bad.cause());
                }
            }
            ref = order.replacement(position, attempt);
        }
        UnusedRow first = unused.get(0);
        UnusedRow last = unused.get(unused.size() - 1);
        return new Result(
                unused,
                null,
                new DataException(first.reason() + System.lineSeparator() + "Stopped: no usable pair for position "
                        + position + " in " + MAX_ATTEMPTS + " attempts; the last of them: " + last.reason()));
    }

    /** Encodes a row; a failure that is nobody's fault but the program's says at which row it happened. */
    private EncodeOutcome encode(PairDataset dataset, int row, long position, ImageWork work) {
        try {
            return encoder.tryEncode(dataset, row, position, work).trainable();
        } catch (MpoException | CancellationException e) {
            throw e;
        } catch (RuntimeException e) {
            throw new IllegalStateException(
                    dataset.where(row)
                            + ": encoding this row failed in a way that is a defect of the program, not of the"
                            + " row: " + e,
                    e);
        }
    }

    private static UnusedRow unused(long position, SampleRef ref, PairDataset dataset, boolean dropped, String reason) {
        return new UnusedRow(position, ref, dataset.name(), dataset.where(ref.row()), dropped, reason);
    }
}
