package dev.slipring.session;

import dev.slipring.keyring.Keyring;
import dev.slipring.keyring.RotatingSecret;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys of the secret's present snapshot. They are derived once for each snapshot, by whoever comes first; without
 * a new one, asking costs two volatile loads. Safe for use by several threads.
 */
final class LiveKeys {
    private static final Logger LOG = LoggerFactory.getLogger(LiveKeys.class);

    private final RotatingSecret secret;
    private final ReentrantLock deriving = new ReentrantLock();
    private volatile KeyTable table;

    /** Throws IllegalArgumentException if a signer should not be built on the present snapshot. */
    LiveKeys(RotatingSecret secret, SignerSettings settings, SignerUsage usage) {
        this.secret = secret;
        table = KeyTable.of(secret.keyring(), settings, usage);
        if (!table.flaws().isEmpty()) {
            throw new IllegalArgumentException(String.join("; ", table.flaws()));
        }
    }

    KeyTable present() {
        KeyTable current = table;
        return current.keyring() == secret.keyring() ? current : derived();
    }

    /** The key that signs now; asking the secret for its primary version throws if nothing may be signed. */
    AcceptedKey producing() {
        if (!secret.mayProduce()) {
            secret.primary();
        }
        return present().primary();
    }

    boolean maySign() {
        return secret.mayProduce();
    }

    /** Asks for a fresh view, because a token named a version that this one lacks. */
    void requestRefresh() {
        secret.requestRefresh();
    }

    @Override
    public String toString() {
        return table.keyring().toString();
    }

    /** Reads the keyring again under the lock, so that the table never goes back to an older one. */
    private KeyTable derived() {
        deriving.lock();
        try {
            KeyTable before = table;
            Keyring keyring = secret.keyring();
            if (before.keyring() == keyring) {
                return before;
            }
            KeyTable after = before.next(keyring);
            table = after;
            for (String flaw : after.flawsSince(before)) {
                LOG.atError()
                        .addKeyValue("secret", secret.name())
                        .addKeyValue("epoch", keyring.edition().epoch())
                        .log(flaw);
            }
            return after;
        } finally {
            deriving.unlock();
        }
    }
}
