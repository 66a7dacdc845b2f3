/**
 * From sampled answers to preference pairs: answers to one question are grouped, judged, and every right one is set
 * against the wrong and the unreadable ones. Start with {@code PairBuilding}.
 */
@NullMarked
package dev.mpo.eval.pipeline.pairs;

import org.jspecify.annotations.NullMarked;
