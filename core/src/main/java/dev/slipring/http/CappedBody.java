package dev.slipring.http;

import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/** Collects a body into one array, and gives up as soon as it is longer than it may be. One thread at a time. */
final class CappedBody implements BodySubscriber<byte[]> {
    private final int limit;
    private final CompletableFuture<byte[]> body = new CompletableFuture<>();
    private byte[] bytes = new byte[1024];
    private int length;
    private Flow.@Nullable Subscription upstream;

    /** A body that is too long. */
    static final class TooLongException extends Exception {
        private static final long serialVersionUID = 1L;

        TooLongException(int limit) {
            super("longer than " + limit + " bytes");
        }
    }

    CappedBody(int limit) {
        this.limit = limit;
    }

    @Override
    public CompletionStage<byte[]> getBody() {
        return body;
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
        upstream = subscription;
        subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
        for (ByteBuffer buffer : buffers) {
            int more = buffer.remaining();
            if (body.isDone()) {
                return;
            } else if (more > limit - length) {
                wipe();
                body.completeExceptionally(new TooLongException(limit));
                if (upstream != null) {
                    upstream.cancel();
                }
                return;
            }
            grow(length + more);
            buffer.get(bytes, length, more);
            length += more;
        }
    }

    @Override
    public void onError(Throwable failure) {
        wipe();
        body.completeExceptionally(failure);
    }

    @Override
    public void onComplete() {
        body.complete(Arrays.copyOf(bytes, length));
        wipe();
    }

    private void grow(int least) {
        if (least > bytes.length) {
            byte[] larger = Arrays.copyOf(bytes, Math.max(least, 2 * bytes.length));
            wipe();
            bytes = larger;
        }
    }

    private void wipe() {
        Arrays.fill(bytes, (byte) 0);
    }
}
