package dev.mpo.data.image;

import org.jspecify.annotations.Nullable;

/**
 * A decoded file.
 *
 * @param image its pixels
 * @param damage what is missing from a file that ends too early; null for a whole one
 */
public record DecodedImage(RgbImage image, @Nullable String damage) {

    static DecodedImage whole(RgbImage image) {
        return new DecodedImage(image, null);
    }
}
