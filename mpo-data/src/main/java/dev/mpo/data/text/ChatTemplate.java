package dev.mpo.data.text;

import dev.mpo.core.ConfigException;
import dev.mpo.core.DataException;
import java.util.ArrayList;
import java.util.List;

/**
 * The layout of a conversation as text: which markers surround each turn, and which parts are trained.
 *
 * <p>The layout is ChatML: {@code <|im_start|>role\ntext<|im_end|>\n} for each turn. A conversation that does not start
 * with a system turn gets the template's default system message.
 */
public final class ChatTemplate {

    private static final String START = "<|im_start|>";
    private static final String END = "<|im_end|>";
    private static final ChatTemplate INTERNVL2_5 =
            new ChatTemplate("internvl2_5", "你是书生·万象，英文名是InternVL，是由上海人工智能实验室、清华大学及多家合作单位联合开发的多模态大语言模型。");

    private final String name;
    private final String defaultSystemMessage;

    private ChatTemplate(String name, String defaultSystemMessage) {
        this.name = name;
        this.defaultSystemMessage = defaultSystemMessage;
    }

    /**
     * A stretch of text that is tokenized on its own.
     *
     * @param text the text, markers included
     * @param labelled whether the words between the assistant's header and the last newline are trained
     */
    public record Segment(String text, boolean labelled) {}

    /**
     * Returns the template of a name, as {@code template} in config.json or {@code data.template} gives it.
     *
     * @throws ConfigException if there is no such template
     */
    public static ChatTemplate of(String name) {
        if (name.equals(INTERNVL2_5.name)) {
            return INTERNVL2_5;
        }
        throw new ConfigException("Unknown conversation template '" + name + "'; known: '" + INTERNVL2_5.name
                + "'. Set data.template, or 'template' in the checkpoint's config.json, to a known one");
    }

    /** Returns the name by which {@link #of} finds the template. */
    public String name() {
        return name;
    }

    /** Returns the system message of a conversation that brings none. */
    public String defaultSystemMessage() {
        return defaultSystemMessage;
    }

    /** Returns the header of an answer; its tokens are never labelled. */
    public String assistantHeader() {
        return START + "assistant\n";
    }

    /** Returns the token that ends an answer. */
    public String endOfTurn() {
        return END;
    }

    /**
     * Returns the segments of a conversation, one for each turn, the default system message first if needed.
     *
     * @throws DataException if there is no turn, or a system turn that is not the first
     */
    public List<Segment> segments(List<Turn> turns) {
        if (turns.isEmpty()) {
            throw new DataException("The conversation has no turns; expected at least a question and an answer");
        }
        List<Segment> segments = new ArrayList<>(turns.size() + 1);
        if (turns.get(0).role() != Role.SYSTEM) {
            segments.add(segment("system", defaultSystemMessage, false));
        }
        for (int i = 0; i < turns.size(); i++) {
            Turn turn = turns.get(i);
            segments.add(
                    switch (turn.role()) {
                        case SYSTEM -> systemSegment(turn, i);
                        case USER -> segment("user", turn.text(), false);
                        case ASSISTANT -> segment("assistant", turn.text(), true);
                    });
        }
        return segments;
    }

    /** Returns the text after which the model is to answer: the conversation so far and an answer's header. */
    public String prompt(List<Turn> turns) {
        StringBuilder text = new StringBuilder();
        segments(turns).forEach(segment -> text.append(segment.text()));
        return text.append(assistantHeader()).toString();
    }

    private static Segment systemSegment(Turn turn, int index) {
        if (index > 0) {
            throw new DataException("Turn " + (index + 1)
                    + " of the conversation is a system turn; only the first turn may be. Move its text to the front");
        }
        return segment("system", turn.text(), false);
    }

    private static Segment segment(String role, String text, boolean labelled) {
        return new Segment(START + role + "\n" + text + END + "\n", labelled);
    }
}
