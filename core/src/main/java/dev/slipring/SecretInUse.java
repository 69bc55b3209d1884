package dev.slipring;

import dev.slipring.keyring.RotatingSecret;
import dev.slipring.rotation.RotationPolicy;
import dev.slipring.rotation.Rotator;
import org.jspecify.annotations.Nullable;

/** A secret in use in one replica, with its rotator if the replica helps to rotate it. */
record SecretInUse(RotatingSecret secret, @Nullable Rotator rotator, PushedRefresh push) {
    void start() {
        if (rotator != null) {
            rotator.start();
        }
    }

    void close() {
        push.close();
        if (rotator != null) {
            rotator.close();
        }
        secret.close();
    }

    /** By which the replica rotates it; null if it only reads it. */
    @Nullable
    RotationPolicy policy() {
        return rotator == null ? null : rotator.policy();
    }
}
