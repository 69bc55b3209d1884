package dev.slipring.store;

import dev.slipring.keyring.RotatingSecret.Subscription;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretValue;
import dev.slipring.keyring.Ticker;
import dev.slipring.keyring.Timing;
import java.time.InstantSource;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Secrets that something else rotates. Each read looks once at the {@link ForeignSecret} and makes a record of what it
 * sees:
 *
 * <ul>
 *   <li>A value not seen before becomes the next version, primary at once, for it is in force at the other side. The
 *       one it replaces retires and is accepted for the overlap O, or until its validity is over if that comes first.
 *   <li>A value that comes back while it is still accepted, as in a rollback, is primary again under its old number;
 *       later it gets a new one.
 *   <li>A value that is announced is published: accepted, and used by nobody until it is in force. One that is
 *       withdrawn retires. A data source tries a published login ahead and sets aside one that does not work yet;
 *       when it comes into force it is tried anew.
 *   <li>The value before, where it is told and new here, counts as retiring from the moment it is first seen.
 * </ul>
 *
 * <p>Nothing changes while the same is seen. Numbers and epochs only grow, but they belong to this object: another
 * process, and this one after a restart, counts anew from 1. So it is for logins, API keys and other secrets that are
 * presented, not for key encryption keys, which are found by numbers that last.
 *
 * <p>Of the timing, R says how often is looked, and O for how long a value that was replaced may still be used, which
 * should not be longer than the other side lets it be. Time is measured on a monotonic clock, so a wall clock that is
 * set back changes nothing. While the other side cannot be seen, reads fail and the last good keyring stays in use.
 *
 * <p>Values are held until they are no longer accepted and A has passed since, then wiped; {@link #close()} wipes the
 * rest and closes what was given to {@link Builder#secret}. Safe for use by several threads; has no thread of its own.
 */
public final class FollowedSecretSource implements SecretSource, AutoCloseable {
    private final Map<SecretName, FollowedSecret> secrets;
    private final SourceClock clock;

    private FollowedSecretSource(Map<SecretName, FollowedSecret> secrets, SourceClock clock) {
        this.secrets = secrets;
        this.clock = clock;
    }

    /** Follows no secret yet. */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    public Reading read(SecretName secret) {
        FollowedSecret followed = secrets.get(secret);
        return followed == null ? new Reading(Optional.empty(), clock.now()) : followed.read(clock);
    }

    @Override
    public Optional<SecretValue> value(SecretName secret, int version) {
        return Optional.ofNullable(secrets.get(secret)).flatMap(followed -> followed.value(version));
    }

    @Override
    public Subscription onChange(SecretName secret, Runnable changed) {
        FollowedSecret followed = secrets.get(secret);
        return followed == null ? () -> {} : followed.onChange(changed);
    }

    /** Wipes all values and closes the secrets that are followed. Reads fail afterwards. May be called again. */
    @Override
    public void close() {
        secrets.values().forEach(FollowedSecret::close);
    }

    @Override
    public String toString() {
        return "FollowedSecretSource" + secrets.keySet();
    }

    /** Collects what a {@link FollowedSecretSource} follows. Not thread-safe. */
    public static final class Builder {
        private final Map<SecretName, FollowedSecret> secrets = new TreeMap<>();
        private InstantSource clock = InstantSource.system();
        private Ticker ticker = Ticker.system();

        private Builder() {}

        /**
         * Follows a secret; nothing is looked at yet.
         *
         * @param name by which the application asks for it
         * @param foreign where it is seen; the source's to close
         * @param timing the durations of its rotation, such as those of a policy for logins
         * @throws IllegalArgumentException if the secret is followed already
         */
        public Builder secret(SecretName name, ForeignSecret foreign, Timing timing) {
            if (secrets.putIfAbsent(name, new FollowedSecret(name, foreign, timing)) != null) {
                throw new IllegalArgumentException("secret " + name + " is followed already");
            }
            return this;
        }

        /** What the time is when the source is built; the system's clock unless told. */
        public Builder clock(InstantSource value) {
            clock = Objects.requireNonNull(value, "clock");
            return this;
        }

        /** The monotonic clock that time is measured on from then on; the system's unless told. */
        public Builder ticker(Ticker value) {
            ticker = Objects.requireNonNull(value, "ticker");
            return this;
        }

        /** The source; nothing is looked at yet. */
        public FollowedSecretSource build() {
            return new FollowedSecretSource(new TreeMap<>(secrets), new SourceClock(clock.instant(), ticker));
        }
    }
}
