package dev.slipring.store;

import dev.slipring.keyring.SecretValue;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What was seen of a {@link ForeignSecret} at one moment: the value in force, and, where the other side tells them, the
 * one before, one that is announced, and for how long the one in force is valid. Holds the values that it was made of,
 * until {@link #wipe}. Immutable otherwise; safe for use by several threads.
 */
public final class Sighting {
    private final SecretValue current;
    private final @Nullable SecretValue before;
    private final @Nullable SecretValue next;
    private final @Nullable Duration validFor;

    private Sighting(
            SecretValue current,
            @Nullable SecretValue before,
            @Nullable SecretValue next,
            @Nullable Duration validFor) {
        this.current = Objects.requireNonNull(current, "current");
        this.before = before;
        this.next = next;
        this.validFor = validFor;
    }

    /** Saw {@code current} in force; it is this object's from now on, as are the values of the other methods. */
    public static Sighting of(SecretValue current) {
        return new Sighting(current, null, null, null);
    }

    /** The same, and the value that was in force before, which may still be valid (AWSPREVIOUS). */
    public Sighting before(SecretValue value) {
        return new Sighting(current, Objects.requireNonNull(value, "value"), next, validFor);
    }

    /** The same, and a value that is announced (AWSPENDING). It need not be valid yet. */
    public Sighting next(SecretValue value) {
        return new Sighting(current, before, Objects.requireNonNull(value, "value"), validFor);
    }

    /**
     * The same, the value in force being valid for {@code time} from now, and no longer unless a later sighting says
     * so (a lease).
     *
     * @throws IllegalArgumentException if it is negative
     */
    public Sighting validFor(Duration time) {
        if (time.isNegative()) {
            throw new IllegalArgumentException("a validity of " + time + " is below zero");
        }
        return new Sighting(current, before, next, time);
    }

    /** The value in force; this object's. */
    public SecretValue current() {
        return current;
    }

    /** The value before; this object's. */
    public Optional<SecretValue> before() {
        return Optional.ofNullable(before);
    }

    /** The value that is announced; this object's. */
    public Optional<SecretValue> next() {
        return Optional.ofNullable(next);
    }

    /** How long from the moment of the sighting the value in force is valid, if that is bounded. */
    public Optional<Duration> validFor() {
        return Optional.ofNullable(validFor);
    }

    /** Wipes all values. */
    public void wipe() {
        current.wipe();
        before().ifPresent(SecretValue::wipe);
        next().ifPresent(SecretValue::wipe);
    }

    @Override
    public String toString() {
        return "Sighting[" + current + (before == null ? "" : ", one before") + (next == null ? "" : ", one announced")
                + (validFor == null ? "" : ", valid for " + validFor) + "]";
    }
}
