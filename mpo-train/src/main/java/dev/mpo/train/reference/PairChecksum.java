package dev.mpo.train.reference;

import dev.mpo.data.pair.EncodedPair;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** A checksum of everything that the model sees of a pair: tokens, labels and pixels. */
public final class PairChecksum {

    private PairChecksum() {}

    /** Returns the checksum of a pair. */
    public static int of(EncodedPair pair) {
        CRC32C sum = new CRC32C();
        add(sum, pair.chosenIds());
        add(sum, pair.rejectedIds());
        for (int[] span : pair.chosenLabelSpans()) {
            add(sum, span);
        }
        for (int[] span : pair.rejectedLabelSpans()) {
            add(sum, span);
        }
        sum.update(pair.tiles().pixels());
        return (int) sum.getValue();
    }

    private static void add(CRC32C sum, int[] values) {
        ByteBuffer bytes = ByteBuffer.allocate(4 + 4 * values.length).putInt(values.length);
        for (int value : values) {
            bytes.putInt(value);
        }
        sum.update(bytes.flip());
    }
}
