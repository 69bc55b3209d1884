package dev.slipring.examples;

import dev.slipring.keyring.Ticker;
import dev.slipring.store.SecretStore;
import dev.slipring.testing.FaultInjectingStore;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lies to the library, from outside, since it has no switch for that: the view of one replica lags far more than the
 * policies declare, unknown versions do not make it look again, and once the login has been rotated an administrator
 * locks out the old one, which that replica still uses.
 */
final class Sabotage implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Sabotage.class);
    private static final Duration LAG = Duration.ofHours(1);
    private static final long DELAY_MILLIS = 3000;

    private final Postgres postgres;
    private final Consumer<String> news;
    private final AtomicBoolean struck = new AtomicBoolean();
    private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "demo-sabotage");
        thread.setDaemon(true);
        return thread;
    });

    /** Lies about {@code postgres}, and tells {@code news} when it does. */
    Sabotage(Postgres postgres, Consumer<String> news) {
        this.postgres = postgres;
        this.news = news;
    }

    /** {@code store} as the lagging replica sees it. */
    SecretStore lagging(SecretStore store) {
        FaultInjectingStore lagging = FaultInjectingStore.around(store, Ticker.system());
        lagging.lag(LAG);
        return lagging;
    }

    /** How often the lagging replica looks again when it meets an unknown version: not in this run. */
    Duration onDemandInterval() {
        return LAG;
    }

    /** Some seconds after a new login took over from {@code old}: locks that out, once. */
    @SuppressWarnings("FutureReturnValueIgnored") // ends with the executor
    void afterHandover(String old) {
        if (struck.compareAndSet(false, true)) {
            executor.schedule(() -> lockOut(old), DELAY_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private void lockOut(String login) {
        try {
            news.accept("sabotage: login " + login + " is locked out and its sessions are ended");
            postgres.lockOut(login);
        } catch (SQLException e) {
            LOG.atError().setCause(e).log("the login was not locked out");
        }
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
