package dev.mpo.core.generate;

/**
 * A prompt and how to continue it.
 *
 * @param prompt what is continued
 * @param options how
 */
public record GenerationRequest(Prompt prompt, GenerationOptions options) {}
