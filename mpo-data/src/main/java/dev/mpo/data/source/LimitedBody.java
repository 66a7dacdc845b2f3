package dev.mpo.data.source;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;

/** Collects the body of an answer, and stops the transfer when it grows beyond a limit. */
final class LimitedBody implements BodySubscriber<byte[]> {

    /** The answer is larger than allowed. */
    static final class TooLargeException extends IOException {

        private static final long serialVersionUID = 1L;

        TooLargeException(long limit) {
            super("more than " + limit + " bytes (data.urls.max_bytes)");
        }
    }

    private final long limit;
    private final BodySubscriber<byte[]> collected = BodySubscribers.ofByteArray();
    private final CompletableFuture<byte[]> body = new CompletableFuture<>();
    private long received;
    private Flow.@org.jspecify.annotations.Nullable Subscription subscription;

    LimitedBody(long limit) {
        this.limit = limit;
        collected.getBody().whenComplete((bytes, failure) -> {
            if (failure == null) {
                body.complete(bytes);
            } else {
                body.completeExceptionally(failure);
            }
        });
    }

    /** Returns a handler that accepts bodies of at most {@code limit} bytes. */
    static HttpResponse.BodyHandler<byte[]> handler(long limit) {
        return info -> new LimitedBody(limit);
    }

    @Override
    public CompletionStage<byte[]> getBody() {
        return body;
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
        subscription = given;
        collected.onSubscribe(given);
    }

    @Override
    public void onNext(List<ByteBuffer> parts) {
        for (ByteBuffer part : parts) {
            received += part.remaining();
        }
        if (received > limit) {
            if (subscription != null) {
                subscription.cancel();
            }
            body.completeExceptionally(new TooLargeException(limit));
            return;
        }
        collected.onNext(parts);
    }

    @Override
    public void onError(Throwable failure) {
        collected.onError(failure);
    }

    @Override
    public void onComplete() {
        collected.onComplete();
    }
}
