package dev.slipring.store;

import dev.slipring.keyring.RotatingSecret.Subscription;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretValue;
import dev.slipring.keyring.Timing;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One secret that is followed. Sightings are taken one at a time, so that an older one never undoes a newer one; values
 * are handed out without waiting for a look under way. Safe for use by several threads.
 */
final class FollowedSecret {
    private final SecretName name;
    private final ForeignSecret foreign;
    private final ReentrantLock looking = new ReentrantLock();
    private final FollowedVersions versions;
    private final AtomicBoolean open = new AtomicBoolean(true);

    FollowedSecret(SecretName name, ForeignSecret foreign, Timing timing) {
        this.name = Objects.requireNonNull(name, "name");
        this.foreign = Objects.requireNonNull(foreign, "foreign");
        byte[] key = new byte[32];
        new SecureRandom().nextBytes(key);
        versions = new FollowedVersions(name, Objects.requireNonNull(timing, "timing"), SecretValue.copyOf(key));
        Arrays.fill(key, (byte) 0);
    }

    Reading read(SourceClock clock) {
        looking.lock();
        try {
            refuseClosed();
            Sighting sighting = foreign.look();
            try {
                refuseClosed();
                Instant now = clock.now();
                return new Reading(Optional.of(versions.see(sighting, now, foreign::released)), now);
            } finally {
                sighting.wipe();
            }
        } finally {
            looking.unlock();
            if (!open.get()) {
                wipeUnlessLooking();
            }
        }
    }

    /** A copy of the value of version {@code number}, the caller's. */
    Optional<SecretValue> value(int number) {
        return versions.value(number);
    }

    Subscription onChange(Runnable changed) {
        return foreign.onChange(changed);
    }

    /** A look under way is not waited for: what it sees is dropped, and the values are wiped when it ends. */
    void close() {
        if (!open.compareAndSet(true, false)) {
            return;
        }
        wipeUnlessLooking();
        foreign.close();
    }

    private void wipeUnlessLooking() {
        if (looking.tryLock()) {
            try {
                versions.wipe();
            } finally {
                looking.unlock();
            }
        }
    }

    private void refuseClosed() {
        if (!open.get()) {
            throw new StoreUnavailableException(
                    "secret " + name + " is no longer followed: its source is closed", null);
        }
    }
}
