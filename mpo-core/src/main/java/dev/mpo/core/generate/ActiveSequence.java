package dev.mpo.core.generate;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** An answer on its way. */
final class ActiveSequence {

    private final long request;
    private final int sample;
    private final GenerationOptions options;
    private final int promptTokens;
    private final TokenBytes tokenBytes;
    private final GenerationListener listener;
    private final TokenSampler sampler;
    private final TextStream stream;
    private final Set<Integer> seen = new HashSet<>();
    private int[] ids = new int[16];
    private double[] logps = new double[16];
    private int length;
    private @Nullable FinishReason finished;

    ActiveSequence(
            long request,
            int sample,
            GenerationOptions options,
            int promptTokens,
            TokenBytes tokenBytes,
            GenerationListener listener,
            TokenSampler sampler) {
        this.request = request;
        this.sample = sample;
        this.options = options;
        this.promptTokens = promptTokens;
        this.tokenBytes = tokenBytes;
        this.listener = listener;
        this.sampler = sampler;
        this.stream = new TextStream(options.stopStrings());
    }

    /** Chooses and takes the next token. */
    void advance(NextTokens next, int row) {
        int id;
        if (TokenSampler.takesLargest(options)) {
            id = next.largest(row);
        } else {
            double uniform = DrawNumbers.uniform(options.seed(), sample, length);
            id = sampler.choose(next.logits(row), options, seen, uniform);
        }
        take(new ChosenToken(id, next.logp(row, id), next, row));
    }

    private void take(ChosenToken token) {
        int id = token.id();
        if (length == ids.length) {
            ids = Arrays.copyOf(ids, 2 * length);
            logps = Arrays.copyOf(logps, 2 * length);
        }
        ids[length] = id;
        logps[length++] = token.logp();
        seen.add(id);
        if (options.stopTokens().contains(id)) {
            finished = FinishReason.STOP;
        } else {
            stream.add(tokenBytes.of(id));
            if (stream.stopped()) {
                finished = FinishReason.STOP;
            } else if (length == options.maxNewTokens()) {
                finished = FinishReason.LENGTH;
            }
        }
        if (!listener.onToken(request, sample, token) && finished == null) {
            finished = FinishReason.CANCELLED;
        }
        report();
    }

    private void report() {
        if (finished != null) {
            stream.finish();
        }
        String piece = stream.release(finished != null);
        boolean more = piece.isEmpty() || listener.onText(request, sample, piece);
        if (!more && finished == null) {
            finished = FinishReason.CANCELLED;
        }
        FinishReason reason = finished;
        if (reason != null) {
            int[] all = Arrays.copyOf(ids, length);
            listener.onFinished(new Generation(
                    request, sample, all, Arrays.copyOf(logps, length), stream.text(), reason, promptTokens));
        }
    }

    boolean isFinished() {
        return finished != null;
    }

    /** The token that came last. */
    int lastId() {
        return ids[length - 1];
    }
}
