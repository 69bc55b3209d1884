package dev.slipring.crypto.legacy;

import dev.slipring.crypto.EnvelopeException;
import dev.slipring.crypto.EnvelopeException.Failure;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;

/**
 * The moment from which on something old is not read any more, and the clock that tells whether it has come. May lie
 * in the past: an application that starts late refuses instead of failing to start. Immutable; safe for use by
 * several threads if the clock is.
 */
public final class Sunset {
    private final Instant instant;
    private final InstantSource clock;

    private Sunset(Instant instant, InstantSource clock) {
        this.instant = Objects.requireNonNull(instant, "instant");
        this.clock = Objects.requireNonNull(clock, "clock");
    }

    /**
     * A sunset by the system's clock.
     *
     * @param instant a date by which the migration is done
     * @return the sunset
     */
    public static Sunset at(Instant instant) {
        return at(instant, InstantSource.system());
    }

    /**
     * A sunset by {@code clock}.
     *
     * @param instant a date by which the migration is done
     * @param clock tells the time
     * @return the sunset
     */
    public static Sunset at(Instant instant, InstantSource clock) {
        return new Sunset(instant, clock);
    }

    /**
     * The moment itself.
     *
     * @return the first moment at which nothing is read any more
     */
    public Instant instant() {
        return instant;
    }

    /**
     * Whether the moment has come.
     *
     * @return true from the moment on
     */
    public boolean hasPassed() {
        return !clock.instant().isBefore(instant);
    }

    /**
     * Passes before the moment.
     *
     * @param name what is read until then, for the message
     * @throws EnvelopeException {@code DISABLED} from the moment on
     */
    public void check(String name) {
        if (hasPassed()) {
            throw new EnvelopeException(Failure.DISABLED, name + " is not read any more since " + instant);
        }
    }

    @Override
    public String toString() {
        return "Sunset[" + instant + "]";
    }
}
