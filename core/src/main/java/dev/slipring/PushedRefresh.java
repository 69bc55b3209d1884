package dev.slipring;

import dev.slipring.keyring.RotatingSecret;
import dev.slipring.keyring.RotatingSecret.Subscription;
import dev.slipring.store.SecretSource;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a secret again as soon as its source says that something has changed. What is said before that read begins is
 * covered by it; what is said later makes one more, so no change is missed. Safe for use by several threads.
 */
final class PushedRefresh implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PushedRefresh.class);

    private final RotatingSecret secret;
    private final Executor executor;
    private final AtomicBoolean waiting = new AtomicBoolean();
    private volatile Subscription subscription = () -> {};
    private volatile boolean closed;

    private PushedRefresh(RotatingSecret secret, Executor executor) {
        this.secret = secret;
        this.executor = executor;
    }

    /** Begins to listen to {@code source}; one that fails to tell of changes is still read at intervals. */
    static PushedRefresh of(RotatingSecret secret, SecretSource source, Executor executor) {
        PushedRefresh push = new PushedRefresh(secret, executor);
        try {
            push.subscription = source.onChange(secret.name(), push::changed);
        } catch (RuntimeException e) {
            LOG.atWarn().addKeyValue("secret", secret.name()).setCause(e).log("changes are seen at refreshes alone");
        }
        return push;
    }

    @Override
    public void close() {
        closed = true;
        subscription.close();
    }

    private void changed() {
        if (closed || !waiting.compareAndSet(false, true)) {
            return;
        }
        try {
            executor.execute(this::read);
        } catch (RejectedExecutionException e) {
            waiting.set(false);
            LOG.atDebug().addKeyValue("secret", secret.name()).log("refresh not started: the scheduler is shut down");
        }
    }

    private void read() {
        waiting.set(false);
        try {
            if (!closed) {
                secret.refresh();
            }
        } catch (RuntimeException e) {
            if (!closed) {
                LOG.atWarn()
                        .addKeyValue("secret", secret.name())
                        .setCause(e)
                        .log("refresh failed; the last good keyring stays in use");
            }
        }
    }
}
