package dev.mpo.core.config;

/**
 * The shape of the vision tower (InternViT).
 *
 * @param hiddenSize width of the residual stream
 * @param intermediateSize width inside the feed-forward block
 * @param numLayers number of transformer layers
 * @param numHeads number of attention heads; divides {@code hiddenSize}
 * @param imageSize side of the square input in pixels that the stored position embedding was made for
 * @param patchSize side of one patch in pixels
 * @param numChannels colour channels of the input
 * @param normType normalisation inside the layers
 * @param qkvBias whether the packed query-key-value projection has a bias
 * @param qkNormalization whether queries and keys are RMS-normalised over the full width before the heads are split
 * @param layerNormEps the normalisations' epsilon
 * @param dropPathRate drop path rate of the last layer; the others rise to it linearly from zero
 */
public record VisionConfig(
        int hiddenSize,
        int intermediateSize,
        int numLayers,
        int numHeads,
        int imageSize,
        int patchSize,
        int numChannels,
        NormType normType,
        boolean qkvBias,
        boolean qkNormalization,
        double layerNormEps,
        double dropPathRate) {

    /** Returns the patches along one side of an image of the stored size. */
    public int patchesPerSide() {
        return imageSize / patchSize;
    }

    /** Returns the width of one attention head. */
    public int headDim() {
        return hiddenSize / numHeads;
    }

    /** Returns this tower for another input size: only the position embedding's length differs. */
    public VisionConfig withImageSize(int newImageSize) {
        return new VisionConfig(
                hiddenSize,
                intermediateSize,
                numLayers,
                numHeads,
                newImageSize,
                patchSize,
                numChannels,
                normType,
                qkvBias,
                qkNormalization,
                layerNormEps,
                dropPathRate);
    }
}
