package dev.slipring;

import dev.slipring.keyring.RotatingSecret;
import dev.slipring.keyring.RotatingSecret.Subscription;
import dev.slipring.keyring.SecretValue;
import dev.slipring.rotation.RotationPolicy;
import dev.slipring.rotation.Rotator;
import org.jspecify.annotations.Nullable;

/** A secret in use in one replica, with its rotator if the replica helps to rotate it. */
record SecretInUse(RotatingSecret secret, @Nullable Rotator rotator, PushedRefresh push, Subscription measured) {
    void start() {
        if (rotator != null) {
            rotator.start();
        }
    }

    void close() {
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
}
