package dev.slipring.keyring;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who is told of new snapshots. One that throws is logged, and told again next time. Safe for use by several threads. */
final class KeyringListeners {
    private static final Logger LOG = LoggerFactory.getLogger(RotatingSecret.class);

    private final List<Consumer<Keyring>> listeners = new CopyOnWriteArrayList<>();

    RotatingSecret.Subscription add(Consumer<Keyring> listener) {
        listeners.add(Objects.requireNonNull(listener, "listener"));
        return () -> listeners.remove(listener);
    }

    void tell(Keyring keyring) {
        for (Consumer<Keyring> listener : listeners) {
            try {
                listener.accept(keyring);
            } catch (RuntimeException e) {
                LOG.atError()
                        .addKeyValue("secret", keyring.secret())
                        .setCause(e)
                        .log("a keyring listener failed");
            }
        }
    }

    void clear() {
        listeners.clear();
    }
}
