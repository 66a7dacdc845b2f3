package dev.mpo.data.check;

import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a check of some data sets found.
 *
 * @param datasets the data sets in the order of the meta file
 * @param firstBad the first finding that makes a row bad
 * @param first the first finding of all, warnings included
 */
public record CheckReport(List<Dataset> datasets, Optional<Finding> firstBad, Optional<Finding> first) {

    /** Copies the list. */
    public CheckReport {
        datasets = List.copyOf(datasets);
    }

    /**
     * What was found in a data set.
     *
     * @param name the data set
     * @param rows how many rows it has
     * @param bad how many rows are bad
     * @param warned how many other rows have warnings
     * @param kinds what was found how often, kinds without findings left out
     */
    public record Dataset(String name, long rows, long bad, long warned, Map<FindingKind, Count> kinds) {

        /** Copies the map. */
        public Dataset {
            kinds = kinds.isEmpty() ? Map.of() : Collections.unmodifiableMap(new EnumMap<>(kinds));
        }
    }

    /**
     * How often something was found.
     *
     * @param count the number of findings
     * @param first the first of them
     */
    public record Count(long count, Finding first) {}

    /** Returns the number of rows of all data sets. */
    public long rows() {
        return datasets.stream().mapToLong(Dataset::rows).sum();
    }

    /** Returns the number of bad rows. */
    public long bad() {
        return datasets.stream().mapToLong(Dataset::bad).sum();
    }

    /** Returns the number of rows with warnings that are not bad. */
    public long warned() {
        return datasets.stream().mapToLong(Dataset::warned).sum();
    }
}
