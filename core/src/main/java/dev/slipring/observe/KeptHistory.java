package dev.slipring.observe;

import dev.slipring.keyring.SecretName;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the history of one secret's use up from where it was kept, and keeps it there, once an hour and at the end. What
 * cannot be read is not replaced. Not thread-safe.
 */
final class KeptHistory {
    private static final Logger LOG = LoggerFactory.getLogger(KeptHistory.class);
    private static final long INTERVAL = Duration.ofHours(1).toNanos();

    private final SecretName secret;
    private final UseHistoryStore store;
    private boolean begun;
    private boolean loaded;
    private long last;

    KeptHistory(SecretName secret, UseHistoryStore store) {
        this.secret = secret;
        this.store = store;
    }

    /**
     * Loads or saves if that is due.
     *
     * @param history what is known by now
     * @param now on the monotonic clock, in nanoseconds
     * @return what is known then
     */
    UseHistory turn(UseHistory history, long now) {
        if (begun && now - last < INTERVAL) {
            return history;
        }
        begun = true;
        last = now;
        if (loaded) {
            save(history);
            return history;
        }
        return load(history);
    }

    /** Saves what is known at the end. */
    void end(UseHistory history) {
        if (loaded) {
            save(history);
        }
    }

    private UseHistory load(UseHistory history) {
        try {
            UseHistory resumed = store.load(secret)
                    .map(bytes -> history.resuming(UseHistoryFormat.parse(secret, bytes)))
                    .orElse(history);
            loaded = true;
            return resumed;
        } catch (RuntimeException e) {
            LOG.atWarn()
                    .addKeyValue("secret", secret)
                    .setCause(e)
                    .log(
                            "what was kept of the use of a secret cannot be read; until it is mended or taken away, what is"
                                    + " learned is forgotten at the next restart");
            return history;
        }
    }

    private void save(UseHistory history) {
        try {
            store.save(secret, UseHistoryFormat.print(secret, history));
        } catch (RuntimeException e) {
            LOG.atWarn()
                    .addKeyValue("secret", secret)
                    .setCause(e)
                    .log("what was learned of the use of a secret cannot be kept");
        }
    }
}
