package dev.mpo.data.loader;

import java.util.List;

/**
 * What a loader remembers of the rows behind it, so that a resumed run counts and caps them as if it had never stopped.
 *
 * @param bad the different rows that could not be used
 * @param dropped occurrences of rows left out for their length
 * @param truncated pairs handed out with a cut answer
 */
public record LoaderHistory(List<SampleRef> bad, long dropped, long truncated) {

    /** Nothing behind yet. */
    public static final LoaderHistory NONE = new LoaderHistory(List.of(), 0, 0);

    /** Copies the list. */
    public LoaderHistory {
        bad = List.copyOf(bad);
    }
}
