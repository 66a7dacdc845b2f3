package dev.mpo.data.image;

import dev.mpo.core.ConfigException;

/**
 * What image files are accepted.
 *
 * @param maxPixels refuse files whose header claims more pixels than this, before anything is decoded
 *     ({@code data.pixel_limit})
 * @param allowTruncated whether a file that ends before its pixels do is completed as Pillow does it with
 *     {@code LOAD_TRUNCATED_IMAGES}, which the reference trainer sets, or refused ({@code data.truncated_images})
 */
public record DecodeOptions(long maxPixels, boolean allowTruncated) {

    /** Checks the range. */
    public DecodeOptions {
        if (maxPixels < 1) {
            throw new ConfigException("data.pixel_limit: expected at least 1, got " + maxPixels);
        }
    }

    /** Returns what the reference trainer accepts. */
    public static DecodeOptions defaults() {
        return new DecodeOptions(ImageDecoder.DEFAULT_MAX_PIXELS, true);
    }

    /** Returns the same options with another limit of pixels. */
    public DecodeOptions withMaxPixels(long limit) {
        return new DecodeOptions(limit, allowTruncated);
    }

    /** Returns the same options with truncated files accepted or not. */
    public DecodeOptions withTruncated(boolean allowed) {
        return new DecodeOptions(maxPixels, allowed);
    }
}
