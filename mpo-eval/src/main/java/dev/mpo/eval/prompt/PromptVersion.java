package dev.mpo.eval.prompt;

import dev.mpo.core.ConfigException;
import java.util.Arrays;
import java.util.stream.Collectors;

/** How a question is put to the model, and with that how its answer is read: language and form of the reply. */
public enum PromptVersion {
    /** English; the reply ends with {@code Final answer: ..}. */
    EN("en"),
    /** English; the last line of the reply holds the answer in {@code \boxed{}}. */
    EN_V2("en_v2"),
    /** English; the reply is a {@code <think>} section, then an answer in {@code \boxed{}}. */
    EN_R1("en_r1"),
    /** Chinese counterpart of {@link #EN}. */
    ZH("zh"),
    /** Chinese counterpart of {@link #EN_V2}. */
    ZH_V2("zh_v2"),
    /** Chinese counterpart of {@link #EN_R1}. */
    ZH_R1("zh_r1");

    private static final String CHINESE_FILE = "_zh_";

    private final String key;

    PromptVersion(String key) {
        this.key = key;
    }

    /** Returns the name that files and the command line use. */
    public String key() {
        return key;
    }

    /**
     * Returns the version with a name.
     *
     * @throws ConfigException if there is none
     */
    public static PromptVersion of(String key) {
        for (PromptVersion version : values()) {
            if (version.key.equals(key)) {
                return version;
            }
        }
        throw new ConfigException("prompt version '" + key + "' does not exist: choose one of "
                + Arrays.stream(values()).map(PromptVersion::key).collect(Collectors.joining(", ")));
    }

    /** Returns the version that a file of questions calls for: the Chinese one where its path says {@code _zh_}. */
    public PromptVersion forFile(String promptPath) {
        return promptPath.contains(CHINESE_FILE) ? of(key.replace("en", "zh")) : this;
    }

    /** Returns whether replies are free text that ends with the answer, without a box. */
    public boolean endsWithAnswer() {
        return this == EN || this == ZH;
    }

    /** Returns whether replies have to begin with a {@code <think>} section. */
    public boolean thinks() {
        return this == EN_R1 || this == ZH_R1;
    }
}
