package dev.slipring.apikey;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A call whose reply comes later, and the one that may follow it. Begun once. */
final class AsyncCall<T, R extends T> {
    private final RotatingApiKey<T> keys;
    private final Function<ApiKey, CompletableFuture<R>> call;
    private final boolean repeatable;
    private final CompletableFuture<R> result = new CompletableFuture<>();
    private volatile @Nullable CompletableFuture<R> underWay;

    AsyncCall(RotatingApiKey<T> keys, Function<ApiKey, CompletableFuture<R>> call, boolean repeatable) {
        this.keys = keys;
        this.call = call;
        this.repeatable = repeatable;
    }

    /** Makes the call with {@code key}. */
    @SuppressWarnings("FutureReturnValueIgnored") // all that may fail ends up in the result
    CompletableFuture<R> begin(ApiKey key) {
        result.whenComplete((reply, failure) -> cancelIfCancelled());
        make(key)
                .handle((reply, failure) -> next(key, reply, failure))
                .thenCompose(Function.identity())
                .whenComplete(this::finish);
        return result;
    }

    private CompletableFuture<R> make(ApiKey key) {
        CompletableFuture<R> made;
        try {
            made = call.apply(key);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
        underWay = made;
        cancelIfCancelled();
        return made;
    }

    private CompletableFuture<R> next(ApiKey key, R reply, @Nullable Throwable failure) {
        CompletableFuture<R> same =
                failure == null ? CompletableFuture.completedFuture(reply) : CompletableFuture.failedFuture(failure);
        return isRefused(key, reply, failure)
                ? keys.afterRefusalAsync(key, repeatable).thenCompose(other -> again(other, same))
                : same;
    }

    private CompletableFuture<R> again(Optional<ApiKey> other, CompletableFuture<R> same) {
        if (other.isEmpty() || result.isCancelled()) {
            return same;
        }
        return same.thenAccept(keys::discard)
                .exceptionally(refused -> null)
                .thenCompose(done -> make(other.get()))
                .whenComplete((reply, failure) -> isRefused(other.get(), reply, failure));
    }

    private boolean isRefused(ApiKey key, R reply, @Nullable Throwable failure) {
        return failure == null ? keys.isRefused(reply, key) : keys.isRefusedBy(cause(failure), key);
    }

    private void finish(R reply, @Nullable Throwable failure) {
        if (failure == null) {
            if (!result.complete(reply)) {
                keys.discard(reply); // cancelled meanwhile: nobody else will
            }
        } else {
            result.completeExceptionally(cause(failure));
        }
    }

    private void cancelIfCancelled() {
        CompletableFuture<R> made = underWay;
        if (made != null && result.isCancelled()) {
            made.cancel(true);
        }
    }

    private static Throwable cause(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }
}
