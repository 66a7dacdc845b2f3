package dev.mpo.data.synth;

/**
 * A right or wrong reply to a question about a picture.
 *
 * @param answer the bare fact
 * @param sentence a sentence that states it
 * @param thought what one would have seen on the way to it, ending with the fact
 */
public record Reply(String answer, String sentence, String thought) {}
