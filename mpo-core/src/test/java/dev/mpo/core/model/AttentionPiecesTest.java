package dev.mpo.core.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mpo.core.config.Family;
import dev.mpo.core.config.ModelConfig;
import dev.mpo.core.config.NormType;
import dev.mpo.core.tensor.DType;
import dev.mpo.core.tensor.Device;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AttentionPiecesTest {

    @Test
    void branchesShareThePieceOverTheirPrefix() {
        long[] segments = {0, 5, 0, 0, 0, 5, 5, 8, 0, 5, 5, 8, 8, 9, 0, 5, 8, 9};
        assertThat(AttentionPieces.of(segments))
                .containsExactly(5, 9, 0, 5, 0, 1, 0, 5, 0, 5, 1, 1, 5, 8, 5, 8, 1, 0, 8, 9, 8, 9, 1, 0);
    }

    @Test
    void branchesOfDifferentPairsDoNot() {
        long[] segments = {0, 2, 0, 3, 3, 5, 2, 4, 5, 9, 9, 11};
        assertThat(AttentionPieces.of(segments))
                .containsExactly(0, 2, 0, 3, 0, 1, 2, 4, 5, 9, 0, 1, 0, 2, 3, 5, 1, 0, 2, 4, 9, 11, 1, 0);
    }

    @Test
    void queriesInTheMiddleOfTheirSegmentSeeAllTokensBeforeThem() {
        long[] segments = {0, 2, 0, 0, 0, 7};
        assertThat(AttentionPieces.of(segments)).containsExactly(0, 2, 0, 5, 0, 1, 0, 2, 5, 7, 1, 0);
    }

    /** Counts who sees whom, by pieces and by the definition of a segment, for random streams and query ranges. */
    @Test
    void everyQuerySeesEachOfItsKeysOnce() {
        Random random = new Random(4);
        for (int round = 0; round < 200; round++) {
            int prefix = 1 + random.nextInt(5);
            int chosen = 1 + random.nextInt(5);
            int rejected = 1 + random.nextInt(5);
            int[] ends = {prefix, prefix + chosen, prefix + chosen + rejected};
            int[][] seen = new int[ends[2]][ends[2]];
            long[] segments = new long[18];
            int rows = 0;
            int[] streamRow = new int[ends[2]];
            for (int i = 0; i < 3; i++) {
                int start = i == 0 ? 0 : ends[i - 1];
                int first = start + random.nextInt(ends[i] - start);
                int last = first + 1 + random.nextInt(ends[i] - first);
                long[] six = {rows, rows + last - first, 0, i == 0 ? 0 : prefix, start, last};
                System.arraycopy(six, 0, segments, 6 * i, 6);
                for (int row = first; row < last; row++) {
                    streamRow[rows++] = row;
                    for (int key = 0; key <= row; key++) {
                        seen[row][key] -= key >= start || key < six[3] ? 1 : 0;
                    }
                }
            }
            long[] pieces = AttentionPieces.of(segments);
            int[] firsts = new int[rows];
            for (int j = 0; j < pieces.length; j += 6) {
                for (long q = pieces[j]; q < pieces[j + 1]; q++) {
                    long keys = pieces[j + 4] == 1 ? q - pieces[j] + 1 : pieces[j + 3] - pieces[j + 2];
                    for (long key = pieces[j + 2]; key < pieces[j + 2] + keys; key++) {
                        seen[streamRow[(int) q]][(int) key]++;
                    }
                    assertThat(firsts[(int) q]).isEqualTo(pieces[j + 5] == 1 ? 0 : 1);
                    firsts[(int) q] = 1;
                }
            }
            assertThat(firsts).containsOnly(1);
            for (int[] row : seen) {
                assertThat(row).containsOnly(0);
            }
        }
    }

    @Test
    void theProcessorUsesPiecesInEveryPrecision() {
        ModelConfig config = TinyModels.config(Family.QWEN2, false, NormType.LAYER_NORM);
        for (DType type : List.of(DType.FLOAT32, DType.FLOAT64, DType.BFLOAT16)) {
            assertThat(AttentionPlan.Kernel.of(Device.CPU, type, config)).isEqualTo(AttentionPlan.Kernel.PIECES);
        }
    }
}
