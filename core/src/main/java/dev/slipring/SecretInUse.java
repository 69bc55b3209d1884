package dev.slipring;

import dev.slipring.keyring.RotatingSecret;
import dev.slipring.keyring.RotatingSecret.Subscription;
import dev.slipring.keyring.SecretValue;
import dev.slipring.observe.inventory.InventoryEntry;
import dev.slipring.rotation.RotationPolicy;
import dev.slipring.rotation.Rotator;
import dev.slipring.store.KeyringReader;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A secret in use in one replica, with what reads it, and with its rotator if the replica helps to rotate it. */
record SecretInUse(
        RotatingSecret secret,
        KeyringReader reader,
        @Nullable Rotator rotator,
        PushedRefresh push,
        Guards.Guarded guarded,
        Sampling sampling,
        Subscription measured) {
    void start() {
        sampling.start();
        if (rotator != null) {
            rotator.start();
        }
    }

    void close() {
        sampling.close();
        measured.close();
        push.close();
        if (rotator != null) {
            rotator.close();
        }
        secret.close();
    }

    /** Whether a version that is accepted here has {@code value}; each comparison takes the same time. */
    boolean accepts(SecretValue value) {
        return secret.keyring().accepted().stream()
                .map(version -> version.value().equals(value))
                .reduce(false, Boolean::logicalOr);
    }

    /** By which the replica rotates it; null if it only reads it. */
    @Nullable
    RotationPolicy policy() {
        return rotator == null ? null : rotator.policy();
    }

    /** How the replica rotates it; empty if it only reads it. */
    Optional<InventoryEntry.Rule> rule() {
        return Optional.ofNullable(rotator).map(of -> InventoryEntry.Rule.of(of.policy(), of.issuer()));
    }
}
