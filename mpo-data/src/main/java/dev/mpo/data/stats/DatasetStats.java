package dev.mpo.data.stats;

/**
 * What a data set consists of. Lengths are tokens where a model is known and characters otherwise.
 *
 * @param name the data set
 * @param rows rows of its annotation file
 * @param pairsPerEpoch pairs that an epoch takes from it
 * @param unusable rows that cannot be counted, because they or their images cannot be read
 * @param textOnly rows without images or a video
 * @param oneImage rows of one image
 * @param severalImages rows of more images
 * @param videos rows about a video
 * @param images images of all rows
 * @param longest per row the length of the longer sequence, image tokens included, uncut; question and answer where
 *     there is no model
 * @param chosen lengths of the chosen answers
 * @param rejected lengths of the rejected answers
 * @param tiles per row the number of tiles
 */
public record DatasetStats(
        String name,
        long rows,
        long pairsPerEpoch,
        long unusable,
        long textOnly,
        long oneImage,
        long severalImages,
        long videos,
        long images,
        Histogram longest,
        Histogram chosen,
        Histogram rejected,
        Histogram tiles) {}
