package dev.mpo.eval.generate;

import dev.mpo.core.generate.GenerationListener;
import java.util.Iterator;

/** Something that answers conversations. */
public interface Generator extends AutoCloseable {

    /**
     * Answers conversations, each taken when there is room for it. Answers go to the listener as they end, in any
     * order; {@link dev.mpo.core.generate.Generation#request} counts the conversations from 0.
     */
    void run(Iterator<ChatRequest> requests, GenerationListener listener);

    @Override
    void close();
}
