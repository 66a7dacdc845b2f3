package dev.mpo.train.setup;

import dev.mpo.data.loader.PairLoader;
import dev.mpo.data.loader.SampleOrder;
import dev.mpo.data.loader.SampleRef;
import dev.mpo.data.pair.EncodedPair;
import dev.mpo.train.ranks.Team;
import dev.mpo.train.reference.LogpsCache;
import dev.mpo.train.reference.PairChecksum;
import dev.mpo.train.step.BatchPacker;
import dev.mpo.train.step.PairLogps;
import dev.mpo.train.step.ReferenceModel;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongPredicate;
import java.util.stream.LongStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Computes the log-probabilities of all rows that a run will use and that a cache lacks.
 *
 * <p>Every row is scored once and alone, so that its numbers depend on nothing but itself: with one pair per
 * micro-batch they are bit for bit what a live reference would compute, with several they differ by the rounding of
 * matrix products of another size. Memory is that of one pair.
 */
final class ReferenceScoring {

    private static final Logger LOG = LoggerFactory.getLogger(ReferenceScoring.class);

    private final PairData data;
    private final SampleOrder order;
    private final long end;
    private final Optional<LogpsCache> cache;
    private final Team team;
    private final Set<SampleRef> unusable = new HashSet<>();

    /**
     * Prepares the computation.
     *
     * @param order the order of the run
     * @param end number of positions of the run
     * @param cache where log-probabilities go; the first rank alone has it
     * @param team the ranks, which share the work
     */
    ReferenceScoring(PairData data, SampleOrder order, long end, Optional<LogpsCache> cache, Team team) {
        this.data = data;
        this.order = order;
        this.end = end;
        this.cache = cache;
        this.team = team;
    }

    /** Returns the first position of each due row that is not cached, in order; the same on all ranks. */
    long[] missing() {
        return team.decideNumbers(() -> missing(cache.orElseThrow()));
    }

    private long[] missing(LogpsCache known) {
        Map<Integer, BitSet> seen = new HashMap<>(); // a bit per row, because there may be millions
        return positions(position -> {
            SampleRef due = order.at(position);
            BitSet rows = seen.computeIfAbsent(due.dataset(), dataset -> new BitSet());
            boolean first = !rows.get(due.row());
            rows.set(due.row());
            return first && !known.contains(due);
        });
    }

    private long[] positions(LongPredicate wanted) {
        return LongStream.range(0, end).filter(wanted).toArray();
    }

    /**
     * Scores the missing rows and, where rows are unusable, those that take their places.
     *
     * @param missing what {@link #missing()} returned
     */
    void run(long[] missing, ReferenceModel reference, BatchPacker packer, ReferenceProgress progress) {
        cache.ifPresent(file -> LOG.info(
                "computing the reference's log-probabilities of {} pairs ({} are known) for {}",
                missing.length,
                file.size(),
                file.file()));
        long started = System.nanoTime();
        score(missing, reference, packer, progress);
        score(team.decideNumbers(this::furtherSubstitutes), reference, packer, (n, total) -> {});
        cache.ifPresent(file -> LOG.info(
                "reference log-probabilities of {} rows in {}, {} s",
                file.size(),
                file.file(),
                "%.1f".formatted((System.nanoTime() - started) / 1e9)));
    }

    /** A row that is unusable at its first position is so at the others, each of which has a substitute of its own. */
    private long[] furtherSubstitutes() {
        if (unusable.isEmpty()) {
            return new long[0];
        }
        Set<SampleRef> seen = new HashSet<>();
        return positions(position -> {
            SampleRef due = order.at(position);
            return unusable.contains(due) && !seen.add(due);
        });
    }

    /**
     * Scores positions in rounds, in each of which every rank scores one. In the last round some may have none left:
     * they score one again, because a model that is divided among the ranks takes all of them.
     */
    private void score(long[] positions, ReferenceModel reference, BatchPacker packer, ReferenceProgress progress) {
        int size = team.size();
        int rank = team.collectives().rank();
        int rounds = (positions.length + size - 1) / size;
        long[] mine = new long[rounds];
        for (int i = 0; i < rounds; i++) {
            mine[i] = positions[Math.min(i * size + rank, positions.length - 1)];
        }
        try (PairLoader loader = data.load(order, mine)) {
            for (int i = 0; i < rounds; i++) {
                List<EncodedPair> pairs = List.of(loader.next());
                PairLogps logps = reference.logps(pairs, packer.pack(pairs));
                List<Scored> round = Scored.gather(team, scored(pairs.get(0), mine[i], logps));
                cache.ifPresent(file -> round.forEach(each -> add(file, each)));
                progress.update(Math.min((i + 1L) * size, positions.length), positions.length);
            }
        }
    }

    private Scored scored(EncodedPair pair, long position, PairLogps logps) {
        return new Scored(
                position,
                new SampleRef(data.indexOf(pair.dataset()), pair.line()),
                PairChecksum.of(pair),
                logps.chosen()[0],
                logps.rejected()[0]);
    }

    private void add(LogpsCache file, Scored scored) {
        SampleRef due = order.at(scored.position());
        if (!scored.ref().equals(due)) {
            unusable.add(due);
        }
        if (!file.contains(scored.ref())) {
            String name = data.datasets().get(scored.ref().dataset()).name() + ", line "
                    + scored.ref().row();
            file.add(scored.ref(), scored.content(), scored.chosen(), scored.rejected(), name);
        }
    }

    /** What one rank has computed in a round. */
    private record Scored(long position, SampleRef ref, int content, double chosen, double rejected) {

        private static final int NUMBERS = 6;

        /** Returns what all ranks have computed. All of these are whole numbers below 2^53, or doubles. */
        static List<Scored> gather(Team team, Scored mine) {
            if (team.size() == 1) {
                return List.of(mine);
            }
            double[] all = team.collectives().allGather(new double[] {
                mine.position, mine.ref.dataset(), mine.ref.row(), mine.content, mine.chosen, mine.rejected
            });
            List<Scored> round = new ArrayList<>();
            for (int i = 0; i < all.length; i += NUMBERS) {
                SampleRef ref = new SampleRef((int) all[i + 1], (int) all[i + 2]);
                round.add(new Scored((long) all[i], ref, (int) all[i + 3], all[i + 4], all[i + 5]));
            }
            return round;
        }
    }
}
