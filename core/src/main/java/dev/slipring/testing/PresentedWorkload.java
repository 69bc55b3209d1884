package dev.slipring.testing;

import dev.slipring.keyring.SecretValue;
import java.time.Instant;

/** A replica shows the primary value to the issuer. Nothing outlives the call. */
record PresentedWorkload() implements Workload<SecretValue> {
    @Override
    public Station<SecretValue> open(Seat seat) {
        SimulatedIssuer issuer = SimulatedIssuer.of(seat);
        return new Station<>() {
            @Override
            public SecretValue produce() {
                return seat.secret().primary().value().copy();
            }

            @Override
            public Verdict<SecretValue> check(SecretValue value) {
                return issuer.accepts(value) ? Verdict.accepted() : Verdict.rejected("the issuer refuses it");
            }
        };
    }

    @Override
    public Instant goodUntil(SecretValue value) {
        return Instant.MIN;
    }
}
