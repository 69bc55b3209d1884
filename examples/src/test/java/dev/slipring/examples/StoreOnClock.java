package dev.slipring.examples;

import dev.slipring.keyring.ReplicaReport;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretValue;
import dev.slipring.store.Reading;
import dev.slipring.store.SecretRecord;
import dev.slipring.store.SecretStore;
import dev.slipring.store.StoreTraits;
import dev.slipring.store.WriteWindow;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A store with another clock than that of the server behind it, so that weeks pass in a test. */
record StoreOnClock(SecretStore store, InstantSource clock) implements SecretStore {
    @Override
    public StoreTraits traits() {
        return store.traits();
    }

    @Override
    public Reading read(SecretName secret) {
        return new Reading(store.read(secret).record(), clock.instant());
    }

    @Override
    public boolean compareAndSet(SecretRecord next, WriteWindow window) {
        return store.compareAndSet(next, window);
    }

    @Override
    public Optional<SecretValue> value(SecretName secret, int version) {
        return store.value(secret, version);
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
    public Set<SecretName> names() {
        return store.names();
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
