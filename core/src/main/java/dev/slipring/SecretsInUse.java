package dev.slipring;

import dev.slipring.keyring.Keyring;
import dev.slipring.keyring.RotatingSecret;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretValue;
import dev.slipring.observe.Health;
import dev.slipring.observe.HealthWatch;
import dev.slipring.observe.SecretHealth;
import dev.slipring.observe.inventory.InventoryEntry;
import dev.slipring.observe.inventory.SecretDescription;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The secrets in use in one replica, each once, until all are closed. Neither a store nor an issuer is waited for under
 * its lock. Safe for use by several threads.
 */
final class SecretsInUse {
    private final Map<SecretName, SecretInUse> secrets = new TreeMap<>();
    private final Set<SecretName> declared = new TreeSet<>();
    private boolean closed;

    /**
     * Puts {@code name} to use. It is taken first, so that neither a store nor an issuer is waited for under the lock.
     *
     * @param opening makes the entry; what it throws is thrown, and the name is free again
     * @throws IllegalStateException if the name is taken already, or all are closed
     */
    RotatingSecret add(SecretName name, Supplier<SecretInUse> opening) {
        take(name);
        SecretInUse entry = null;
        try {
            entry = opening.get();
            return entry.secret();
        } finally {
            publish(name, entry);
        }
    }

    private synchronized void take(SecretName name) {
        if (closed || !declared.add(name)) {
            throw new IllegalStateException(
                    closed ? "this Slipring is closed" : "secret " + name + " is already in use here");
        }
    }

    /** Gives the name back if there is no entry, and closes the entry if all were closed meanwhile. */
    private void publish(SecretName name, @Nullable SecretInUse entry) {
        boolean late;
        synchronized (this) {
            late = closed;
            if (entry == null) {
                declared.remove(name);
            } else if (!late) {
                secrets.put(name, entry);
            }
        }
        if (entry != null && late) {
            entry.close();
        } else if (entry != null) {
            entry.start();
        }
    }

    /**
     * The secret {@code name}, if it is in use.
     *
     * @throws IllegalStateException if all are closed
     */
    synchronized Optional<SecretInUse> find(SecretName name) {
        if (closed) {
            throw new IllegalStateException("this Slipring is closed");
        }
        return Optional.ofNullable(secrets.get(name));
    }

    /** Every secret that was declared, by name; empty while it is not read yet, and once all are closed. */
    synchronized Map<SecretName, Optional<SecretInUse>> declared() {
        Map<SecretName, Optional<SecretInUse>> all = new TreeMap<>();
        declared.forEach(name -> all.put(name, Optional.ofNullable(secrets.get(name))));
        return all;
    }

    /**
     * What this replica sees of each secret that is in use.
     *
     * @throws IllegalStateException if all are closed
     */
    synchronized Map<Guards.Guarded, Keyring> keyrings() {
        if (closed) {
            throw new IllegalStateException("this Slipring is closed");
        }
        Map<Guards.Guarded, Keyring> all = new HashMap<>();
        secrets.values()
                .forEach(entry -> all.put(entry.guarded(), entry.secret().keyring()));
        return all;
    }

    /** How those that were declared stand, by what their views hold. */
    Health health(HealthWatch watch) {
        List<SecretHealth> all = new ArrayList<>();
        declared()
                .forEach((name, entry) -> all.add(entry.map(used -> watch.examine(used.secret(), used.policy()))
                        .orElseGet(() -> SecretHealth.unread(name))));
        return new Health(all);
    }

    /** What is known of those that were declared, by what was read last. */
    List<InventoryEntry> entries(Map<SecretName, SecretDescription> descriptions, Instant at) {
        List<InventoryEntry> entries = new ArrayList<>();
        declared().forEach((name, entry) -> {
            SecretDescription description = descriptions.getOrDefault(name, SecretDescription.NONE);
            Optional<InventoryEntry.Rule> rule = entry.flatMap(SecretInUse::rule);
            entries.add(entry.flatMap(used -> used.reader().latest())
                    .map(reading -> InventoryEntry.of(name, description, rule, reading, at))
                    .orElseGet(() -> InventoryEntry.unread(name, description)));
        });
        return entries;
    }

    /** The name of a secret other than {@code asking} that accepts {@code value}, if there is one. */
    Optional<String> user(SecretValue value, SecretName asking) {
        Map<SecretName, SecretInUse> others;
        synchronized (this) {
            others = new TreeMap<>(secrets);
        }
        others.remove(asking);
        return others.entrySet().stream()
                .filter(other -> other.getValue().accepts(value))
                .map(other -> other.getKey().value())
                .findFirst();
    }

    /** Lets nothing be taken any more; what was in use is the caller's to close. */
    synchronized List<SecretInUse> end() {
        closed = true;
        List<SecretInUse> entries = new ArrayList<>(secrets.values());
        secrets.clear();
        return entries;
    }
}
