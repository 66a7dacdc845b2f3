package dev.mpo.eval.benchmark;

import dev.mpo.eval.judge.text.PythonText;
import java.util.List;
import java.util.Optional;

/** Yes or no out of an answer: lower case, punctuation out, and one of the two words but not the other. */
public final class YesNo {

    private YesNo() {}

    /** Returns {@code Yes} or {@code No}; nothing if the answer has neither or both. */
    public static Optional<String> of(String answer) {
        List<String> words = PythonText.words(VqaAnswer.withoutPunctuation(PythonText.lower(answer)));
        boolean yes = words.contains("yes");
        return yes == words.contains("no") ? Optional.empty() : Optional.of(yes ? "Yes" : "No");
    }
}
