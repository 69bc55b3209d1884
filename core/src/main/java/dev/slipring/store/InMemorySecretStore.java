package dev.slipring.store;

import dev.slipring.keyring.ReplicaReport;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretValue;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A store in the heap of one process: for tests, and for processes whose secrets need not outlive them.
 * Replicas that share the object share the secrets. Safe for use by several threads.
 */
public final class InMemorySecretStore implements SecretStore {
    private final InstantSource clock;
    private final SecretValue installationKey;
    private final Map<SecretName, SecretRecord> records = new TreeMap<>();
    private final Map<SecretName, Map<Integer, SecretValue>> values = new TreeMap<>();
    private final Map<SecretName, Map<String, ReplicaReport>> reports = new TreeMap<>();

    private InMemorySecretStore(InstantSource clock) {
        this.clock = Objects.requireNonNull(clock, "clock");
        byte[] key = new byte[32];
        new SecureRandom().nextBytes(key);
        installationKey = SecretValue.copyOf(key);
    }

    /** An empty store on the system's clock. */
    public static InMemorySecretStore create() {
        return new InMemorySecretStore(InstantSource.system());
    }

    /** An empty store on {@code clock}. */
    public static InMemorySecretStore create(InstantSource clock) {
        return new InMemorySecretStore(clock);
    }

    @Override
    public synchronized Reading read(SecretName secret) {
        return new Reading(Optional.ofNullable(records.get(secret)), clock.instant());
    }

    @Override
    public synchronized Optional<SecretValue> value(SecretName secret, int version) {
        return Optional.ofNullable(values.getOrDefault(secret, Map.of()).get(version))
                .map(SecretValue::copy);
    }

    @Override
    public synchronized boolean compareAndSet(SecretRecord next, WriteWindow window) {
        SecretRecord present = records.get(next.secret());
        boolean successor = present == null ? next.epoch() == 1 : next.succeeds(present);
        if (!successor || !window.isOpen()) {
            return false;
        }
        records.put(next.secret(), next);
        return true;
    }

    @Override
    public synchronized SecretValue putValueIfAbsent(SecretName secret, int version, SecretValue value) {
        return values.computeIfAbsent(secret, name -> new TreeMap<>())
                .computeIfAbsent(version, number -> value.copy())
                .copy();
    }

    @Override
    public synchronized boolean replaceValue(SecretName secret, int version, SecretValue expected, SecretValue next) {
        Map<Integer, SecretValue> stored = values.getOrDefault(secret, Map.of());
        SecretValue present = stored.get(version);
        if (present == null || !present.equals(expected)) {
            return false;
        }
        stored.put(version, next.copy());
        present.wipe();
        return true;
    }

    @Override
    public synchronized void eraseValue(SecretName secret, int version) {
        Map<Integer, SecretValue> stored = values.get(secret);
        SecretValue erased = stored == null ? null : stored.remove(version);
        if (erased != null) {
            erased.wipe();
        }
    }

    @Override
    public StoreTraits traits() {
        return new StoreTraits(true, false);
    }

    @Override
    public synchronized void report(SecretName secret, ReplicaReport report) {
        reports.computeIfAbsent(secret, name -> new TreeMap<>()).put(report.replica(), report);
    }

    @Override
    public synchronized List<ReplicaReport> reports(SecretName secret) {
        return List.copyOf(reports.getOrDefault(secret, Map.of()).values());
    }

    @Override
    public synchronized Set<SecretName> names() {
        return new TreeSet<>(records.keySet());
    }

    @Override
    public SecretValue installationKey() {
        return installationKey.copy();
    }

    @Override
    public synchronized String toString() {
        return "InMemorySecretStore" + records.keySet();
    }
}
