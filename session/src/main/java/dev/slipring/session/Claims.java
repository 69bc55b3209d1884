package dev.slipring.session;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a token says: a payload, an issue and an expiry, the two in whole seconds since 1970 of 32 bits each. The
 * array is neither copied nor written. Not a record, since a record would print the payload.
 */
final class Claims {
    static final long MAX_TIME = 0xFFFF_FFFFL;

    private final byte[] payload;
    private final long times;

    private Claims(byte[] payload, long times) {
        this.payload = payload;
        this.times = times;
    }

    /** The claims with issue and expiry as they stand in a token: one after the other. */
    static Claims of(byte[] payload, long times) {
        return new Claims(payload, times);
    }

    /**
     * The claims of a session that lives {@code life} seconds from {@code issuedAt} on.
     *
     * @throws IllegalArgumentException if a time has more than 32 bits
     */
    static Claims issued(byte[] payload, long issuedAt, long life) {
        long expiresAt = issuedAt + life;
        if (issuedAt < 0 || expiresAt > MAX_TIME) {
            throw new IllegalArgumentException("issue " + Instant.ofEpochSecond(issuedAt) + " and expiry "
                    + Instant.ofEpochSecond(expiresAt) + " do not both fit 32 bits of seconds since 1970");
        }
        return new Claims(payload, (issuedAt << 32) | expiresAt);
    }

    /** The claims of a foreign session, which ends at {@code sunset} at the latest; null if a time has over 32 bits. */
    static @Nullable Claims moved(ForeignReading.Found found, Instant sunset) {
        long issuedAt = found.issuedAt().getEpochSecond();
        long expiresAt = Math.min(found.expiresAt().getEpochSecond(), sunset.getEpochSecond());
        return issuedAt < 0 || issuedAt > MAX_TIME || expiresAt < 0 || expiresAt > MAX_TIME
                ? null
                : new Claims(found.payload(), (issuedAt << 32) | expiresAt);
    }

    byte[] payload() {
        return payload;
    }

    long times() {
        return times;
    }

    long issuedAt() {
        return times >>> 32;
    }

    long expiresAt() {
        return times & MAX_TIME;
    }

    @Override
    public String toString() {
        return payload.length + " bytes, issued " + Instant.ofEpochSecond(issuedAt()) + ", expires "
                + Instant.ofEpochSecond(expiresAt());
    }
}
