package dev.mpo.core.weights;

/** How a checkpoint's files name and cut the parameters. */
public enum Layout {
    /** The layout of {@code InternVLChatModel}: the published repositories. */
    ORIGINAL,
    /** The layout of {@code InternVLForConditionalGeneration}: the repositories ending in {@code -hf}. */
    TRANSFORMERS
}
