package dev.mpo.core.config;

/**
 * The shape of the language model.
 *
 * @param family the architecture
 * @param vocabSize rows of the token embedding
 * @param hiddenSize width of the residual stream
 * @param intermediateSize width inside the gated feed-forward block
 * @param numLayers number of decoder layers
 * @param numHeads number of query heads
 * @param numKeyValueHeads number of key and value heads; divides {@code numHeads}
 * @param headDim width of one head
 * @param rmsNormEps the normalisations' epsilon
 * @param ropeTheta base of the rotary position embedding
 * @param dynamicNtkFactor factor of dynamic NTK scaling beyond {@code maxPositionEmbeddings}; 0 means no scaling
 * @param maxPositionEmbeddings positions that the model was trained for
 * @param tieWordEmbeddings whether the output head is the token embedding itself
 * @param attentionBias whether query, key and value projections have biases
 * @param paddingTokenId row of the token embedding that never receives a gradient; -1 means none
 */
public record LanguageConfig(
        Family family,
        int vocabSize,
        int hiddenSize,
        int intermediateSize,
        int numLayers,
        int numHeads,
        int numKeyValueHeads,
        int headDim,
        double rmsNormEps,
        double ropeTheta,
        double dynamicNtkFactor,
        int maxPositionEmbeddings,
        boolean tieWordEmbeddings,
        boolean attentionBias,
        int paddingTokenId) {

    /** Returns how many query heads share one key and value head. */
    public int queriesPerKeyValueHead() {
        return numHeads / numKeyValueHeads;
    }

    /** Returns this model with its output head tied to the token embedding, or not. */
    public LanguageConfig withTieWordEmbeddings(boolean tied) {
        return with(vocabSize, tied);
    }

    /** Returns this model with another number of tokens. */
    public LanguageConfig withVocabSize(int newVocabSize) {
        return with(newVocabSize, tieWordEmbeddings);
    }

    private LanguageConfig with(int newVocabSize, boolean tied) {
        return new LanguageConfig(
                family,
                newVocabSize,
                hiddenSize,
                intermediateSize,
                numLayers,
                numHeads,
                numKeyValueHeads,
                headDim,
                rmsNormEps,
                ropeTheta,
                dynamicNtkFactor,
                maxPositionEmbeddings,
                tied,
                attentionBias,
                paddingTokenId);
    }
}
