package dev.mpo.train.ranks;

import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;

/**
 * Tells a rank that hangs from one that takes long. A rank hangs if others wait for it in an operation to which it has
 * not come, it waits for nobody itself, and it has done nothing for some time.
 */
final class StallRule {

    /** Others must wait this long before anyone asks whom they wait for. */
    private static final int LEAST_WAIT_SECONDS = 5;

    private StallRule() {}

    /**
     * A rank that hangs.
     *
     * @param rank its number
     * @param quietSeconds how long it has done nothing
     * @param waitingRank one that waits for it
     * @param operation where that one waits
     */
    record Stall(int rank, int quietSeconds, int waitingRank, String operation) {}

    /**
     * Finds the rank that hangs; of several the one that has come least far.
     *
     * @param states what every rank has said last, by rank
     * @param limit how long a rank may be quiet; zero lets nobody hang
     */
    static Optional<Stall> find(Map<Integer, RankState> states, Duration limit) {
        Optional<Map.Entry<Integer, RankState>> waiting = states.entrySet().stream()
                .filter(each -> each.getValue().waits())
                .filter(each -> each.getValue().waitedSeconds() >= LEAST_WAIT_SECONDS)
                .max(Comparator.comparingLong(each -> each.getValue().arrived()));
        if (limit.isZero() || waiting.isEmpty()) {
            return Optional.empty();
        }
        int waiter = waiting.get().getKey();
        RankState place = waiting.get().getValue();
        return states.entrySet().stream()
                .filter(each -> each.getValue().arrived() < place.arrived())
                .filter(each -> !each.getValue().waits())
                .filter(each -> each.getValue().quietSeconds() >= limit.toSeconds())
                .min(Comparator.comparingLong(each -> each.getValue().arrived()))
                .map(each -> new Stall(each.getKey(), each.getValue().quietSeconds(), waiter, place.operation()));
    }
}
