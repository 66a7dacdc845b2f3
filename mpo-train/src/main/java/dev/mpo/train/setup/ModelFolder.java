package dev.mpo.train.setup;

import dev.mpo.core.ConfigException;
import dev.mpo.core.config.ModelConfig;
import dev.mpo.core.model.ModelOptions;
import dev.mpo.core.model.VisionLanguageModel;
import dev.mpo.core.weights.Checkpoint;
import dev.mpo.core.weights.CheckpointLoader;
import dev.mpo.core.weights.CheckpointWriter;
import dev.mpo.core.weights.FolderCarryOver;
import dev.mpo.core.weights.Layout;
import dev.mpo.core.weights.ModelParameterStore;
import dev.mpo.core.weights.RowRange;
import dev.mpo.data.text.NewTokenFiles;
import dev.mpo.data.text.Tokenizer;
import dev.mpo.data.text.Tokenizers;
import dev.mpo.data.text.VocabularyFit;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A checkpoint folder in use: its architecture for this run, its tokenizer, and models loaded from it. It owns the
 * tokenizer.
 */
public final class ModelFolder implements AutoCloseable {

    private final Checkpoint checkpoint;
    private final ModelConfig config;
    private final Tokenizer tokenizer;
    private final RowRange newTokens;

    private ModelFolder(Checkpoint checkpoint, ModelConfig config, Tokenizer tokenizer, VocabularyFit fit) {
        this.checkpoint = checkpoint;
        this.config = config;
        this.tokenizer = tokenizer;
        this.newTokens = new RowRange(fit.firstNew(), fit.rows() - fit.firstNew());
    }

    /**
     * Opens a folder. If its tokenizer has special tokens that the token tables have no rows for, the tables of loaded
     * models grow; see {@link VocabularyFit}.
     *
     * @param imageSize side of a tile in pixels, or null for the checkpoint's own
     * @throws dev.mpo.core.CheckpointException if the folder is no model, is damaged, or has another model's tokenizer
     */
    public static ModelFolder open(Path folder, @Nullable Integer imageSize) {
        Checkpoint checkpoint = Checkpoint.open(folder);
        ModelConfig config = checkpoint.config();
        if (imageSize != null && imageSize != config.imageSize()) {
            config = resized(config, imageSize);
        }
        Tokenizer tokenizer = Tokenizers.load(folder);
        try {
            VocabularyFit fit = VocabularyFit.of(folder, config, tokenizer);
            ModelConfig grown = config.withLanguage(config.language().withVocabSize(fit.rows()));
            return new ModelFolder(checkpoint, grown, tokenizer, fit);
        } catch (RuntimeException e) {
            tokenizer.close();
            throw e;
        }
    }

    private static ModelConfig resized(ModelConfig config, int imageSize) {
        int unit = (int) Math.round(config.vision().patchSize() / config.downsampleRatio());
        if (imageSize < unit || imageSize % unit != 0) {
            throw new ConfigException("model.image_size: expected a multiple of " + unit
                    + " pixels, which is the area of one image token of this model, got " + imageSize
                    + "; leave it out for the checkpoint's " + config.imageSize());
        }
        return config.withImageSize(imageSize);
    }

    /** Returns the architecture, with this run's image and vocabulary size. */
    public ModelConfig config() {
        return config;
    }

    /** Returns the tokenizer. */
    public Tokenizer tokenizer() {
        return tokenizer;
    }

    /** Returns the folder. */
    public Path path() {
        return checkpoint.folder();
    }

    /** Loads a model, which the caller then owns. */
    public VisionLanguageModel load(ModelOptions options) {
        return load(VisionLanguageModel.create(config, options));
    }

    /**
     * As {@link #load(ModelOptions)}, with vision tower, projector and image features shared with a model of this
     * folder that does not train them.
     */
    public VisionLanguageModel loadSharingImages(ModelOptions options, VisionLanguageModel lender) {
        return load(VisionLanguageModel.createSharingImages(config, options, lender));
    }

    private VisionLanguageModel load(VisionLanguageModel model) {
        try {
            CheckpointLoader.load(checkpoint, config, newTokens, ModelParameterStore.of(model.parameters()));
            model.parameters().publish();
            return model;
        } catch (RuntimeException e) {
            model.close();
            throw e;
        }
    }

    /** Writes a model in this folder's layout, with everything but the weights carried over. */
    public void export(VisionLanguageModel model, Path target) {
        FolderCarryOver.copy(path(), config, target);
        NewTokenFiles.write(tokenizer, target);
        CheckpointWriter.write(checkpoint, config, ModelParameterStore.of(model.parameters()), target);
    }

    /** Returns the layout of the folder's weights. */
    public Layout layout() {
        return checkpoint.layout();
    }

    @Override
    public void close() {
        tokenizer.close();
    }
}
