package dev.mpo.data.synth;

import dev.mpo.data.text.ChatTemplate;
import dev.mpo.data.text.ImageTokens;
import dev.mpo.data.text.Turn;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Writes the folder of an untrained nano model: configuration, tokenizer and random weights, in the layout of the
 * published InternVL checkpoints.
 */
public final class NanoCheckpoint {

    /** The chat template that the model is trained with. */
    static final String TEMPLATE = "internvl2_5";

    /** Standard deviation of the initial weights; at this width 0.02 would halve the speed of learning. */
    static final double WEIGHT_DEVIATION = 0.06;

    /** Initial factor on the residual branches of the vision tower. */
    static final double LAYER_SCALE = 0.1;

    private NanoCheckpoint() {}

    /** Returns what the tokenizer should see: the pieces of the data set's texts and of the chat template. */
    static List<String> tokenizerTexts(Collection<String> datasetTexts) {
        List<String> pieces = new ArrayList<>();
        for (String text : datasetTexts) {
            for (String part : text.split(ImageTokens.PLACEHOLDER, -1)) {
                pieces.add(part);
            }
        }
        List<Turn> turns = List.of(Turn.user(""), Turn.assistant(""));
        ChatTemplate.of(TEMPLATE).segments(turns).forEach(segment -> pieces.add(segment.text()));
        return pieces;
    }
}
