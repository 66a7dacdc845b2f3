package dev.mpo.data.check;

import dev.mpo.data.text.ImageTokens;
import dev.mpo.data.text.Tokenizer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The strings that a tokenizer turns into one special token wherever they stand, without those that answers about
 * places in a picture are made of ({@code <ref>}, {@code <box>}, {@code <quad>}).
 */
public final class ReservedStrings {

    private static final Set<String> GROUNDING =
            Set.of("<quad>", "</quad>", "<ref>", "</ref>", "<box>", "</box>", ImageTokens.CONTEXT);

    /** What the published checkpoints of both families reserve, for checks without a tokenizer. */
    private static final List<String> PUBLISHED = List.of(
            ImageTokens.START,
            ImageTokens.END,
            "<|im_start|>",
            "<|im_end|>",
            "<|endoftext|>",
            "<|action_start|>",
            "<|action_end|>",
            "<|interpreter|>",
            "<|plugin|>",
            "<|vision_start|>",
            "<|vision_end|>",
            "<|vision_pad|>",
            "<|image_pad|>",
            "<|video_pad|>",
            "<|object_ref_start|>",
            "<|object_ref_end|>",
            "<|box_start|>",
            "<|box_end|>",
            "<|quad_start|>",
            "<|quad_end|>");

    private final List<String> strings;
    private final BitSet firstChars = new BitSet();

    private ReservedStrings(List<String> strings) {
        this.strings = List.copyOf(strings);
        strings.forEach(string -> firstChars.set(string.charAt(0)));
    }

    /** Returns the strings that the published checkpoints reserve. */
    public static ReservedStrings published() {
        return new ReservedStrings(PUBLISHED);
    }

    /** Returns the strings that a tokenizer reserves. */
    public static ReservedStrings of(Tokenizer tokenizer) {
        Set<String> found = new LinkedHashSet<>();
        for (int id = 0; id < tokenizer.vocabSize(); id++) {
            String token = tokenizer.isSpecial(id) ? tokenizer.token(id) : "";
            if (!token.isEmpty() && !GROUNDING.contains(token)) {
                found.add(token);
            }
        }
        return new ReservedStrings(new ArrayList<>(found));
    }

    /** Returns those that a text contains. */
    List<String> in(String text) {
        // Most texts have no character that any of the strings begins with.
        if (text.chars().noneMatch(firstChars::get)) {
            return List.of();
        }
        return strings.stream().filter(text::contains).toList();
    }
}
