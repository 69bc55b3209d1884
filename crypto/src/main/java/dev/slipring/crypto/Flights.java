package dev.slipring.crypto;

import dev.slipring.crypto.EnvelopeException.Failure;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets callers that want the same share one call, which may be slow or hang. No lock is held meanwhile, so whoever
 * wants something else is not held up. Those who share wait until the call is older than the patience; then it is
 * given up on, whether it ends or not, and the next who asks makes another.
 *
 * <p>A call looks first whether what it is to make is there: an earlier one may just have ended. Safe for use by
 * several threads.
 *
 * @param <K> what the calls are told apart by
 * @param <V> what they give
 */
final class Flights<K, V> {
    private final Duration patience;
    private final ConcurrentMap<K, Flight<V>> underWay = new ConcurrentHashMap<>();

    /** A call and when it began. */
    private static final class Flight<V> extends CompletableFuture<V> {
        private final long begunAt = System.nanoTime();
    }

    Flights(Duration patience) {
        this.patience = patience;
    }

    /**
     * What the call that is under way for {@code key} gives, or {@code call} if there is none.
     *
     * @throws EnvelopeException {@code KEY_UNAVAILABLE} if a call of somebody else takes too long; what it threw, if
     *     it threw one
     */
    V get(K key, Supplier<V> call) {
        Flight<V> mine = new Flight<>();
        Flight<V> other = underWay.putIfAbsent(key, mine);
        if (other == null) {
            fly(key, mine, call);
            return result(key, mine);
        }
        return result(key, other);
    }

    /** Has {@code executor} make the call, unless one is under way; whether and how it ends is not told. */
    void launch(K key, Executor executor, Supplier<V> call) {
        Flight<V> mine = new Flight<>();
        if (underWay.putIfAbsent(key, mine) == null) {
            try {
                executor.execute(() -> fly(key, mine, call));
            } catch (RejectedExecutionException e) {
                fly(key, mine, call);
            }
        }
    }

    /** Not in the caller's hands even if it fails: it may share this thread with work that goes on. */
    private void fly(K key, Flight<V> flight, Supplier<V> call) {
        try {
            flight.complete(call.get());
        } catch (Throwable e) {
            flight.completeExceptionally(e);
        } finally {
            underWay.remove(key, flight);
        }
    }

    private V result(K key, Flight<V> flight) {
        try {
            long left = patience.toNanos() - (System.nanoTime() - flight.begunAt);
            return flight.get(Math.max(0, left), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            underWay.remove(key, flight);
            throw new EnvelopeException(
                    Failure.KEY_UNAVAILABLE, "a call for a key has not ended within " + patience, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EnvelopeException(Failure.KEY_UNAVAILABLE, "interrupted while waiting for a key", e);
        } catch (ExecutionException e) {
            throw again(e.getCause());
        }
    }

    /** What everyone throws who shared the call: an exception of their own, so that none is thrown by two threads. */
    private static RuntimeException again(@Nullable Throwable thrown) {
        if (thrown instanceof EnvelopeException known) {
            return new EnvelopeException(known.failure(), known.getMessage(), known);
        }
        if (thrown instanceof AesKey.Wiped) {
            return new AesKey.Wiped();
        }
        if (thrown instanceof Error error) {
            throw error;
        }
        return new IllegalStateException("a call for a key failed", thrown);
    }
}
