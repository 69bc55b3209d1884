package dev.slipring.store;

import dev.slipring.keyring.Timing;
import java.util.Objects;

/**
 * The latest rotation of a secret.
 *
 * @param id random, lower-case letters and digits
 * @param sequence from 1, grows by one with each rotation
 * @param timing the durations in force for it
 */
public record Rotation(String id, long sequence, Timing timing) {
    public Rotation {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(timing, "timing");
    }

    /** The same rotation with other durations. */
    public Rotation timed(Timing other) {
        return new Rotation(id, sequence, other);
    }
}
