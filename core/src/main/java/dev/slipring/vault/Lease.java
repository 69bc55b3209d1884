package dev.slipring.vault;

import dev.slipring.keyring.SecretValue;
import java.time.Duration;

/**
 * A login under a lease, as it was last granted, on the monotonic clock.
 *
 * @param id by which the server knows it; not to be shown
 * @param value the login, its keeper's to wipe
 * @param grantedAt before the request that granted it, so that its end is never taken for later than it is
 * @param length what was granted then
 * @param extendable whether it may be granted for longer
 */
record Lease(String id, SecretValue value, long grantedAt, Duration length, boolean extendable) {
    boolean over(long now) {
        return now - grantedAt >= length.toNanos();
    }

    Duration left(long now) {
        return Duration.ofNanos(Math.max(0, length.toNanos() - (now - grantedAt)));
    }

    /** Whether two thirds of it are over, and there may be more. */
    boolean renewable(long now) {
        return extendable && now - grantedAt >= length.toNanos() / 3 * 2;
    }

    /** Whether the end is as near as {@code ahead}, or as a third of what it lasts. */
    boolean ending(long now, Duration ahead) {
        return left(now).toNanos() <= Math.min(ahead.toNanos(), length.toNanos() / 3);
    }

    /** Without the id, which lets whoever has it revoke. */
    @Override
    public String toString() {
        return "Lease[" + length + "]";
    }
}
