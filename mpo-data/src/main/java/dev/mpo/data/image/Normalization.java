package dev.mpo.data.image;

/**
 * Per-channel normalisation {@code (value / 255 - mean) / deviation}, in float32 throughout as the reference computes
 * it.
 *
 * <p>Training normalises on the device; the plain loops here are the specification that the engine is tested against.
 *
 * @param meanRed mean of red on the scale 0..1
 * @param meanGreen mean of green
 * @param meanBlue mean of blue
 * @param deviationRed standard deviation of red on the scale 0..1
 * @param deviationGreen standard deviation of green
 * @param deviationBlue standard deviation of blue
 */
public record Normalization(
        float meanRed, float meanGreen, float meanBlue, float deviationRed, float deviationGreen, float deviationBlue) {

    /** ImageNet statistics, used by every published InternVL model. */
    public static final Normalization IMAGENET = new Normalization(0.485f, 0.456f, 0.406f, 0.229f, 0.224f, 0.225f);

    /** CLIP statistics. */
    public static final Normalization CLIP =
            new Normalization(0.4814546f, 0.4578275f, 0.40821072f, 0.2686295f, 0.2613025f, 0.2757711f);

    /** SigLIP statistics: maps 0..255 to -1..1. */
    public static final Normalization SIGLIP = new Normalization(0.5f, 0.5f, 0.5f, 0.5f, 0.5f, 0.5f);

    private static final int LEVELS = 256;

    /** Returns the mean of a channel (0 red, 1 green, 2 blue) on the scale 0..1. */
    public float mean(int channel) {
        return select(channel, meanRed, meanGreen, meanBlue);
    }

    /** Returns the standard deviation of a channel (0 red, 1 green, 2 blue) on the scale 0..1. */
    public float deviation(int channel) {
        return select(channel, deviationRed, deviationGreen, deviationBlue);
    }

    /** Returns an image as {@code [3, height, width]} normalised floats. */
    public float[] normalize(RgbImage image) {
        float[] values = new float[image.pixels().length];
        write(image.pixels(), 0, image.width() * image.height(), values);
        return values;
    }

    /** Returns tiles as {@code [count, 3, size, size]} normalised floats. */
    public float[] normalize(Tiles tiles) {
        float[] values = new float[tiles.pixels().length];
        for (int i = 0; i < tiles.count(); i++) {
            write(tiles.pixels(), i * Tiles.tileBytes(tiles.size()), tiles.size() * tiles.size(), values);
        }
        return values;
    }

    private void write(byte[] pixels, int at, int count, float[] values) {
        for (int channel = 0; channel < RgbImage.CHANNELS; channel++) {
            float[] table = table(channel);
            int target = at + channel * count;
            for (int i = 0; i < count; i++) {
                values[target + i] = table[pixels[at + i * RgbImage.CHANNELS + channel] & 0xff];
            }
        }
    }

    private float[] table(int channel) {
        float[] table = new float[LEVELS];
        for (int level = 0; level < LEVELS; level++) {
            table[level] = (level / 255f - mean(channel)) / deviation(channel);
        }
        return table;
    }

    private static float select(int channel, float red, float green, float blue) {
        return switch (channel) {
            case 0 -> red;
            case 1 -> green;
            case 2 -> blue;
            default -> throw new IndexOutOfBoundsException("channel " + channel + " of " + RgbImage.CHANNELS);
        };
    }
}
