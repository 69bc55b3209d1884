package dev.slipring;

import dev.slipring.keyring.ReplicaReport;
import dev.slipring.keyring.RotatingSecret;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.Ticker;
import dev.slipring.rotation.Rotator;
import dev.slipring.rotation.WhenStale;
import dev.slipring.store.KeyringReader;
import dev.slipring.store.SecretSource;
import java.time.Duration;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Puts secrets to use in one replica. Immutable, safe for use by several threads.
 *
 * @param source of their records and values
 * @param schedulers where views refresh
 * @param pace how views refresh
 * @param replica name of the replica
 * @param reports takes the replica's reports of each secret; null if it makes none
 */
record Opening(
        SecretSource source,
        Schedulers schedulers,
        Pace pace,
        String replica,
        @Nullable BiConsumer<SecretName, ReplicaReport> reports) {

    /** The monotonic clock, and the shortest time between two reads that unknown versions cause. */
    record Pace(Ticker ticker, Duration onDemandInterval) {}

    /** Reads {@code name} for the first time, after {@code rotator} has prepared it if there is one. */
    SecretInUse open(SecretName name, @Nullable Rotator rotator) {
        KeyringReader reader = KeyringReader.of(source, name);
        RotatingSecret.Builder view = RotatingSecret.builder(name, reader, schedulers.refreshing())
                .ticker(pace.ticker)
                .onDemandInterval(pace.onDemandInterval);
        BiConsumer<SecretName, ReplicaReport> told = reports;
        if (told != null) {
            view.reports(replica, report -> told.accept(name, report));
        }
        if (rotator != null) {
            rotator.prepare();
            if (rotator.policy().whenStale() == WhenStale.STOP) {
                view.stopWhenStale();
            }
        }
        RotatingSecret secret = view.build();
        return new SecretInUse(secret, reader, rotator, PushedRefresh.of(secret, source, schedulers.refreshing()));
    }
}
