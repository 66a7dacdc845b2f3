package dev.mpo.cli;

import dev.mpo.core.InterruptedRunException;
import dev.mpo.train.callback.Callback;
import org.jspecify.annotations.Nullable;

/**
 * Shows the computation of reference log-probabilities that precedes training, and answers a request to stop during it:
 * what is computed is in the file already.
 */
final class ReferenceBar implements Callback {

    private final Mpo mpo;
    private @Nullable JobProgress progress;

    ReferenceBar(Mpo mpo) {
        this.mpo = mpo;
    }

    @Override
    public void onReference(long done, long total) {
        JobProgress shown = progress;
        if (shown == null) {
            shown = JobProgress.start(mpo, "reference", "pair");
            progress = shown;
        }
        shown.update(done, total);
        boolean stop = mpo.stopRequest().requested() && done < total;
        if (stop || done == total) {
            shown.close();
        }
        if (stop) {
            throw new InterruptedRunException("stopped by a signal with the reference's log-probabilities of " + done
                    + " of " + total + " pairs computed; they are kept, and the same command goes on from there");
        }
    }
}
