package dev.slipring.apikey;

import dev.slipring.keyring.RotatingSecret;
import dev.slipring.keyring.Ticker;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the secret anew because a key was refused: one read at a time, begun at most once per interval, however many
 * calls were refused at once; whoever asks meanwhile shares it. Safe for use by several threads.
 */
final class RefusalRefresh {
    private static final Logger LOG = LoggerFactory.getLogger(RotatingApiKey.class);

    private final RotatingSecret secret;
    private final Executor executor;
    private final Ticker ticker;
    private final long interval;
    private final long patience;
    private final AtomicReference<@Nullable Flight> latest = new AtomicReference<>();

    /** A read, and when it began; {@code done} never fails. */
    private record Flight(CompletableFuture<@Nullable Void> done, long began) {}

    RefusalRefresh(RotatingSecret secret, Executor executor, Ticker ticker, Duration interval, Duration patience) {
        this.secret = secret;
        this.executor = executor;
        this.ticker = ticker;
        this.interval = interval.toNanos();
        this.patience = patience.toNanos();
    }

    /** Begins a read unless one is under way or the last began too lately; done when that one is. */
    CompletableFuture<@Nullable Void> demand() {
        long now = ticker.nanos();
        Flight last = latest.get();
        if (last != null && (!last.done.isDone() || now - last.began < interval)) {
            return last.done;
        }
        Flight mine = new Flight(new CompletableFuture<>(), now);
        if (!latest.compareAndSet(last, mine)) {
            return Objects.requireNonNull(latest.get()).done;
        }
        try {
            executor.execute(() -> read(mine));
        } catch (RejectedExecutionException e) {
            mine.done.complete(null);
        }
        return mine.done;
    }

    /** Waits for {@code read}, within patience; an interrupted thread goes on at once and stays interrupted. */
    void await(CompletableFuture<@Nullable Void> read) {
        try {
            read.get(patience, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (TimeoutException e) {
            LOG.atWarn().addKeyValue("secret", secret.name()).log("a refused call waits for the store no longer");
        } catch (ExecutionException e) {
            throw new IllegalStateException("a read of secret " + secret.name() + " told of its failure", e);
        }
    }

    /** Done when {@code read} is or patience has ended. */
    CompletableFuture<@Nullable Void> within(CompletableFuture<@Nullable Void> read) {
        return read.copy().completeOnTimeout(null, patience, TimeUnit.NANOSECONDS);
    }

    private void read(Flight flight) {
        try {
            secret.refresh();
        } catch (RuntimeException e) {
            LOG.atWarn()
                    .addKeyValue("secret", secret.name())
                    .setCause(e)
                    .log("a key was refused and the secret could not be read anew");
        } finally {
            flight.done.complete(null);
        }
    }
}
