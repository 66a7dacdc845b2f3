/** Counts and histograms of data sets: lengths of sequences and answers, tiles, images. */
@NullMarked
package dev.mpo.data.stats;

import org.jspecify.annotations.NullMarked;
