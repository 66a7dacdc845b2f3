package dev.mpo.eval.generate;

import dev.mpo.eval.generate.EndpointException.Outlook;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/** The body of a reply, kept in memory up to a limit; a longer one fails and the connection ends. */
final class LimitedBody implements HttpResponse.BodySubscriber<byte[]> {

    /** Log-probabilities of the longest answers take a few megabytes. */
    static final long MOST_BYTES = 64L << 20;

    private final HttpResponse.BodySubscriber<byte[]> bytes = HttpResponse.BodySubscribers.ofByteArray();
    private final CompletableFuture<byte[]> tooLong = new CompletableFuture<>();
    private final CompletionStage<byte[]> result;
    private Flow.@Nullable Subscription subscription;
    private long received;

    LimitedBody() {
        this.result = tooLong;
        bytes.getBody().whenComplete((body, failure) -> {
            if (failure == null) {
                tooLong.complete(body);
            } else {
                tooLong.completeExceptionally(failure);
            }
        });
    }

    @Override
    public CompletionStage<byte[]> getBody() {
        return result;
    }

    @Override
    public void onSubscribe(Flow.Subscription source) {
        subscription = source;
        bytes.onSubscribe(source);
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
        for (ByteBuffer buffer : buffers) {
            received += buffer.remaining();
        }
        if (received <= MOST_BYTES) {
            bytes.onNext(buffers);
            return;
        }
        if (subscription != null) {
            subscription.cancel();
        }
        tooLong.completeExceptionally(new EndpointException(
                "answer too long",
                "the reply is longer than " + (MOST_BYTES >> 20) + " MiB, which no answer is",
                Outlook.GIVE_UP,
                null,
                null));
    }

    @Override
    public void onError(Throwable failure) {
        bytes.onError(failure);
    }

    @Override
    public void onComplete() {
        if (received <= MOST_BYTES) {
            bytes.onComplete();
        }
    }
}
