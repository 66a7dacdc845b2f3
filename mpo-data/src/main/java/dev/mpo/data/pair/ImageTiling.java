package dev.mpo.data.pair;

import dev.mpo.data.image.DecodedImage;
import dev.mpo.data.image.ImageDecoder;
import dev.mpo.data.image.JpegDegradation;
import dev.mpo.data.image.PixelBuffers;
import dev.mpo.data.image.RgbImage;
import dev.mpo.data.image.TileOptions;
import dev.mpo.data.image.Tiler;
import dev.mpo.data.image.Tiles;
import java.util.SplittableRandom;

/**
 * How the images of a row become tiles.
 *
 * @param options of the run
 * @param tiles how each image is cut
 * @param augment whether the data set asks for augmentation
 */
record ImageTiling(PairOptions options, TileOptions tiles, boolean augment) {

    /**
     * Decodes and cuts an image file.
     *
     * @param name names it in messages
     * @param draw selects the random numbers of the augmentation
     */
    Tiles cut(byte[] file, String name, long draw, PixelBuffers buffers) {
        return cut(ImageDecoder.decodeAll(file, name, options.decoding()), name, draw, buffers);
    }

    /** As above, with a decoded image. */
    Tiles cut(DecodedImage image, String name, long draw, PixelBuffers buffers) {
        if (image.damage() != null) {
            TruncatedImages.note(name, image.damage());
        }
        if (!augment || options.augmentationSeed().isEmpty()) {
            return Tiler.tile(image.image(), tiles, buffers);
        }
        SplittableRandom random =
                new SplittableRandom(31 * options.augmentationSeed().getAsLong() + draw);
        return Tiler.tile(image.image(), tiles, tile -> degrade(tile, random), buffers);
    }

    private static RgbImage degrade(RgbImage tile, SplittableRandom random) {
        int quality = random.nextInt(JpegDegradation.MIN_QUALITY, JpegDegradation.MAX_QUALITY + 1);
        return JpegDegradation.degrade(tile, quality);
    }
}
