package dev.mpo.train.ranks;

/** Follows one rank through the sequence of operations. One thread moves it on, others look. */
final class OperationTrack {

    private volatile OperationPlace place = new OperationPlace(0, "", 0);

    /** Returns where the rank is. */
    OperationPlace place() {
        return place;
    }

    /** Takes note that the rank has come to its next operation and waits there, and returns that place. */
    OperationPlace come(String operation) {
        OperationPlace here = new OperationPlace(place.arrived() + 1, operation, System.nanoTime());
        place = here;
        return here;
    }

    /** Takes note that the rank waits no longer. */
    void pass() {
        place = new OperationPlace(place.arrived(), "", 0);
    }
}
