package dev.slipring.testing;

import dev.slipring.keyring.SecretValue;
import java.time.Duration;
import java.time.Instant;

/**
 * The far side sends with the value that it knows, and a replica tries what it accepts.
 *
 * @param life the longest time on the way
 */
record ReceivedWorkload(Duration life) implements Workload<ReceivedWorkload.Message> {

    /** A message that can be checked with one value only. */
    record Message(SecretValue signedWith, Instant arrivesBy) {}

    @Override
    public Station<Message> open(Seat seat) {
        SimulatedIssuer sender = SimulatedIssuer.of(seat);
        return new Station<>() {
            @Override
            public Message produce() {
                return new Message(sender.newest(), seat.clock().instant().plus(life));
            }

            @Override
            public Verdict<Message> check(Message message) {
                boolean known = seat.secret().keyring().accepted().stream()
                        .anyMatch(version -> version.value().equals(message.signedWith));
                return known ? Verdict.accepted() : Verdict.rejected("no accepted version made it");
            }
        };
    }

    @Override
    public Instant goodUntil(Message message) {
        return message.arrivesBy;
    }
}
