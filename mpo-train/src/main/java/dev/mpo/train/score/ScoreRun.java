package dev.mpo.train.score;

import dev.mpo.data.pair.EncodeOutcome;
import dev.mpo.data.pair.EncodedPair;
import dev.mpo.data.pair.PairDataset;
import dev.mpo.train.config.RunConfig;
import dev.mpo.train.setup.PairData;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One pass over all rows: batches of usable ones to the scorer, the sums for the summary. */
final class ScoreRun {

    private static final Logger LOG = LoggerFactory.getLogger(ScoreRun.class);
    private static final int MAX_WARNINGS = 20;

    private final PairScorer scorer;
    private final PairData data;
    private final RunConfig settings;
    private final ScoreProgress progress;
    private final BadRows bad;
    private final long total;
    private final List<EncodedPair> batch = new ArrayList<>();
    private long rows;
    private long pairs;
    private long wins;
    private long dropped;
    private long truncated;
    private long tokens;
    private double chosenLogps;
    private double rejectedLogps;
    private double margins;
    private boolean rewarded;

    ScoreRun(PairScorer scorer, PairData data, RunConfig settings, ScoreProgress progress) {
        this.scorer = scorer;
        this.data = data;
        this.settings = settings;
        this.progress = progress;
        this.total = data.datasets().stream().mapToLong(PairDataset::rowCount).sum();
        this.bad = new BadRows(settings.data(), total);
    }

    BadRows badRows() {
        return bad;
    }

    ScoreSummary toEnd(Consumer<ScoredPair> sink) {
        long started = System.nanoTime();
        int batchSize = settings.train().perDeviceBatchSize();
        try (RowQueue queue = new RowQueue(
                data.datasets(),
                data.encoder().withoutAugmentation(),
                settings.data().numWorkers(),
                batchSize)) {
            progress.at(0, total);
            while (queue.hasNext()) {
                take(queue.next());
                rows++;
                if (batch.size() == batchSize || !queue.hasNext()) {
                    flush(sink);
                }
            }
        }
        return summary((System.nanoTime() - started) / 1e9);
    }

    private void take(EncodeOutcome outcome) {
        EncodeOutcome usable = outcome.trainable();
        if (usable instanceof EncodeOutcome.Encoded encoded) {
            batch.add(encoded.pair());
            if (encoded.pair().truncated()) {
                int limit = settings.data().maxSeqLength();
                warn(++truncated, encoded.pair().where() + ": an answer was cut at data.max_seq_length=" + limit);
            }
        } else if (usable instanceof EncodeOutcome.Dropped left) {
            warn(++dropped, "left out: " + left.reason());
        } else if (usable instanceof EncodeOutcome.Bad row) {
            bad.add(row.cause());
        } else if (usable instanceof EncodeOutcome.Refused refused) {
            bad.refuse(refused.cause());
        }
    }

    private static void warn(long count, String message) {
        if (count <= MAX_WARNINGS) {
            LOG.warn("{}{}", message, count == MAX_WARNINGS ? " (more of this kind are not shown)" : "");
        }
    }

    private void flush(Consumer<ScoredPair> sink) {
        if (!batch.isEmpty()) {
            for (ScoredPair pair : scorer.score(batch)) {
                count(pair);
                sink.accept(pair);
            }
            batch.forEach(pair -> tokens += pair.numTokens());
            batch.clear();
        }
        progress.at(rows, total);
    }

    private void count(ScoredPair pair) {
        pairs++;
        wins += pair.win() ? 1 : 0;
        chosenLogps += pair.policyChosenLogps();
        rejectedLogps += pair.policyRejectedLogps();
        Double margin = pair.margin();
        if (margin != null) {
            rewarded = true;
            margins += margin;
        }
    }

    private ScoreSummary summary(double seconds) {
        double count = pairs; // no pairs: NaN
        return new ScoreSummary(
                pairs,
                wins / count,
                rewarded ? margins / count : null,
                chosenLogps / count,
                rejectedLogps / count,
                bad.count(),
                dropped,
                truncated,
                tokens,
                seconds);
    }
}
