package dev.slipring.store;

import dev.slipring.keyring.Mark;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What operators have ordered of a secret as a whole and what stands until it is done or taken back. Immutable.
 *
 * @param emergency versions that are being replaced because others may have them
 * @param freezes times in which no rotation begins
 * @param closing set when the whole secret is to go: nothing begins any more, and the primary retires at last
 * @param rejectIssuedBefore nothing issued at or before this is accepted
 */
public record Orders(
        Optional<Emergency> emergency,
        List<Freeze> freezes,
        Optional<Mark> closing,
        Optional<Instant> rejectIssuedBefore) {
    /** No order. */
    public static final Orders NONE = new Orders(Optional.empty(), List.of(), Optional.empty(), Optional.empty());

    public Orders {
        freezes = List.copyOf(freezes);
    }

    /** With another emergency, or none. */
    public Orders emergency(Optional<Emergency> other) {
        return new Orders(other, freezes, closing, rejectIssuedBefore);
    }

    /** With other freezes. */
    public Orders freezes(List<Freeze> others) {
        return new Orders(emergency, others, closing, rejectIssuedBefore);
    }

    /** Closing, or no longer closing if {@code mark} is empty. */
    public Orders closing(Optional<Mark> mark) {
        return new Orders(emergency, freezes, mark, rejectIssuedBefore);
    }

    /** With another bound on what was issued. */
    public Orders rejectIssuedBefore(Instant instant) {
        return new Orders(emergency, freezes, closing, Optional.of(instant));
    }
}
