package dev.mpo.data.pair;

import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Warns of images that are used although their files end too early: of the first, then of every thousandth. */
final class TruncatedImages {

    private static final Logger LOG = LoggerFactory.getLogger(TruncatedImages.class);
    private static final int SHOWN = 10;
    private static final int THEN_EVERY = 1000;
    private static final AtomicLong COUNT = new AtomicLong();

    private TruncatedImages() {}

    static void note(String image, String damage) {
        long count = COUNT.incrementAndGet();
        if (count <= SHOWN || count % THEN_EVERY == 0) {
            LOG.warn(
                    "image {}: {}; it is used as far as it goes, as the reference does (data.truncated_images=refuse"
                            + " makes its row a bad one); truncated images so far: {}",
                    image,
                    damage,
                    count);
        }
    }
}
