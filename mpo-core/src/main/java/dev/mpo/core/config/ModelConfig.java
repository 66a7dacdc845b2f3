package dev.mpo.core.config;

import java.nio.file.Path;
import java.util.List;

/**
 * The architecture of an InternVL model: vision tower, projector and language model, with the checkpoint's defaults for
 * cutting images into tiles.
 *
 * @param vision the vision tower
 * @param language the language model
 * @param downsampleRatio side ratio of the pixel shuffle between tower and projector; 0.5 turns 4 patches into one
 *     token
 * @param pixelShuffleVersion 2 for every published model from InternVL 1.5 on; 1 leaves height and width swapped
 * @param selectLayer the vision layer whose output is projected; -1 is the last
 * @param template name of the chat template
 * @param imageSize side of a tile in pixels
 * @param dynamicImageSize whether an image is cut into several tiles
 * @param useThumbnail whether several tiles are followed by one of the whole image
 * @param minDynamicPatch fewest tiles of an image, in the checkpoint's opinion
 * @param maxDynamicPatch most tiles of an image, in the checkpoint's opinion
 */
public record ModelConfig(
        VisionConfig vision,
        LanguageConfig language,
        double downsampleRatio,
        int pixelShuffleVersion,
        int selectLayer,
        String template,
        int imageSize,
        boolean dynamicImageSize,
        boolean useThumbnail,
        int minDynamicPatch,
        int maxDynamicPatch) {

    /**
     * Reads {@code config.json} of a checkpoint folder in either layout. Whether the output head is tied is decided by
     * the configuration together with the stored tensors: a head that is stored is never tied.
     *
     * @throws dev.mpo.core.CheckpointException if the folder or the file is missing, is not JSON, lacks a needed key,
     *     or describes an architecture that is not supported
     */
    public static ModelConfig load(Path checkpointFolder) {
        return ModelConfigReader.load(checkpointFolder);
    }

    /**
     * Returns the configuration of a published model, from the copy in this program: {@code InternVL2_5-1B},
     * {@code -2B}, {@code -4B}, {@code -8B}, {@code -26B}, {@code -38B} or {@code -78B}.
     *
     * @throws dev.mpo.core.ConfigException if there is no such model
     */
    public static ModelConfig published(String name) {
        return PublishedModels.config(name);
    }

    /** Returns the names that {@link #published} knows, smallest model first. */
    public static List<String> publishedNames() {
        return PublishedModels.NAMES;
    }

    /** Returns the number of language model tokens that one tile becomes. */
    public int imageTokensPerTile() {
        int side = imageSize / vision.patchSize() / mergedPatchesPerSide();
        return side * side;
    }

    /** Returns the width of the projector's input: the vision width times the patches merged into one token. */
    public int projectorInputSize() {
        return vision.hiddenSize() * mergedPatchesPerSide() * mergedPatchesPerSide();
    }

    /** Returns how many patches along each side the pixel shuffle merges into one token. */
    public int mergedPatchesPerSide() {
        return (int) Math.round(1.0 / downsampleRatio);
    }

    /** Returns this model with another language model configuration. */
    public ModelConfig withLanguage(LanguageConfig newLanguage) {
        return with(vision, newLanguage, imageSize);
    }

    /** Returns this model for another tile size, position embedding included. */
    public ModelConfig withImageSize(int newImageSize) {
        return with(vision.withImageSize(newImageSize), language, newImageSize);
    }

    private ModelConfig with(VisionConfig newVision, LanguageConfig newLanguage, int newImageSize) {
        return new ModelConfig(
                newVision,
                newLanguage,
                downsampleRatio,
                pixelShuffleVersion,
                selectLayer,
                template,
                newImageSize,
                dynamicImageSize,
                useThumbnail,
                minDynamicPatch,
                maxDynamicPatch);
    }
}
