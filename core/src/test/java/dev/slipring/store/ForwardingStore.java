package dev.slipring.store;

import dev.slipring.keyring.ReplicaReport;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretValue;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A store that passes everything on; tests change one thing about it. */
public class ForwardingStore implements SecretStore {
    private final SecretStore store;

    protected ForwardingStore(SecretStore store) {
        this.store = store;
    }

    @Override
    public StoreTraits traits() {
        return store.traits();
    }

    @Override
    public Reading read(SecretName secret) {
        return store.read(secret);
    }

    @Override
    public Optional<SecretValue> value(SecretName secret, int version) {
        return store.value(secret, version);
    }

    @Override
    public boolean compareAndSet(SecretRecord next, WriteWindow window) {
        return store.compareAndSet(next, window);
    }

    @Override
    public SecretValue putValueIfAbsent(SecretName secret, int version, SecretValue value) {
        return store.putValueIfAbsent(secret, version, value);
    }

    @Override
    public boolean replaceValue(SecretName secret, int version, SecretValue expected, SecretValue next) {
        return store.replaceValue(secret, version, expected, next);
    }

    @Override
    public void eraseValue(SecretName secret, int version) {
        store.eraseValue(secret, version);
    }

    @Override
    public void report(SecretName secret, ReplicaReport report) {
        store.report(secret, report);
    }

    @Override
    public List<ReplicaReport> reports(SecretName secret) {
        return store.reports(secret);
    }

    @Override
    public Set<SecretName> names() {
        return store.names();
    }

    @Override
    public void reconcile(SecretName secret) {
        store.reconcile(secret);
    }

    @Override
    public Optional<String> rotatedBy(SecretName secret) {
        return store.rotatedBy(secret);
    }

    @Override
    public SecretValue installationKey() {
        return store.installationKey();
    }
}
