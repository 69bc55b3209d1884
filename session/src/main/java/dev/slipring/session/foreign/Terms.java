package dev.slipring.session.foreign;

import dev.slipring.session.ForeignReading;
import dev.slipring.session.ForeignReading.Found;
import dev.slipring.session.ForeignReading.Refused;
import dev.slipring.session.RejectionReason;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How long sessions live, and how it is known when one began whose cookie does not say. */
record Terms(Duration life, @Nullable IssueLookup lookup) {

    ForeignReading timed(byte[] payload, Instant issuedAt) {
        return new Found(payload, issuedAt, issuedAt.plus(life));
    }

    /** A session whose cookie does not say when it began, and may say when it ends. */
    ForeignReading untimed(byte[] payload, @Nullable Instant end) {
        if (lookup == null) {
            throw new IllegalStateException("a format without a time of its own needs a look-up");
        }
        Optional<Instant> known = lookup.issuedAt(payload.clone());
        if (known.isEmpty()) {
            return new Refused(RejectionReason.EXPIRED);
        }
        Instant issuedAt = known.get();
        Instant expiresAt = issuedAt.plus(life);
        return new Found(payload, issuedAt, end != null && end.isBefore(expiresAt) ? end : expiresAt);
    }
}
