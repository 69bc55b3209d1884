package dev.slipring.examples;

import dev.slipring.apikey.HttpIssuer;
import dev.slipring.examples.Timeline.Change;
import dev.slipring.keyring.SecretVersion;
import dev.slipring.keyring.Ticker;
import dev.slipring.keyring.VersionState;
import dev.slipring.store.SecretStore;
import dev.slipring.testing.FaultInjectingStore;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lies to the library, from outside, since it has no switch for that: the view of one replica lags far more than the
 * policies declare, unknown versions do not make it look again, and while login and API key are rotated administrators
 * lock out the old login and delete the old key, which that replica still uses.
 */
final class Sabotage implements Timeline.Succession, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Sabotage.class);
    private static final Duration LAG = Duration.ofHours(1);
    private static final long DELAY_MILLIS = 3000;

    private final Postgres postgres;
    private final PretendOpenAi openAi;
    private final Consumer<String> news;
    private final Set<String> struck = ConcurrentHashMap.newKeySet();
    private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "demo-sabotage");
        thread.setDaemon(true);
        return thread;
    });

    /** Lies about {@code postgres} and {@code openAi}, and tells {@code news} when it does. */
    Sabotage(Postgres postgres, PretendOpenAi openAi, Consumer<String> news) {
        this.postgres = postgres;
        this.openAi = openAi;
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

    /**
     * Some seconds after a new login took over, locks the old one out; as soon as a new API key is published, deletes the
     * old one, which then is the only one that the lagging replica knows. Once each.
     */
    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // ends with the executor
    public void advanced(Change change, SecretVersion old) {
        boolean login = change.secret().equals(Replica.LOGIN) && change.state() == VersionState.PRIMARY;
        boolean apiKey = change.secret().equals(Replica.API_KEY) && change.state() == VersionState.PUBLISHED;
        if ((login || apiKey) && struck.add(change.secret())) {
            if (login) {
                executor.schedule(() -> lockOut(attribute(old, "user")), DELAY_MILLIS, TimeUnit.MILLISECONDS);
            } else {
                delete(old.number(), attribute(old, HttpIssuer.ATTRIBUTE));
            }
        }
    }

    private static String attribute(SecretVersion version, String name) {
        return version.attributes().getOrDefault(name, "");
    }

    private void delete(int version, String account) {
        news.accept("sabotage: the service account of " + Replica.API_KEY + " v" + version + " is deleted");
        openAi.delete(account);
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
