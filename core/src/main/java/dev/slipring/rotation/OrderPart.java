package dev.slipring.rotation;

import dev.slipring.keyring.Mark;
import dev.slipring.keyring.SecretVersion;
import dev.slipring.keyring.Stamp;
import dev.slipring.keyring.TimingParameter;
import dev.slipring.keyring.VersionState;
import dev.slipring.store.Freeze;
import dev.slipring.store.Orders;
import dev.slipring.store.Rotation;
import dev.slipring.store.SecretRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What operators order of a secret as a whole. Stateless. */
final class OrderPart {
    /** So many version numbers and sequences are skipped after a restore: more than were used since any backup. */
    static final int SKIPPED = 1000;

    private OrderPart() {}

    static Step freeze(Situation s, Command.Freeze command) {
        if (!s.now().isBefore(command.until())) {
            return new Step.Refuse("the freeze until " + command.until() + " is over already");
        }
        List<Freeze> freezes = new ArrayList<>(orders(s).freezes());
        freezes.removeIf(freeze -> !s.now().isBefore(freeze.until()));
        freezes.add(new Freeze(command.from(), command.until(), mark(s, command)));
        return ordered(s, orders(s).freezes(freezes));
    }

    static Step thaw(Situation s) {
        return orders(s).freezes().isEmpty()
                ? new Step.Refuse("nothing is frozen")
                : ordered(s, orders(s).freezes(List.of()));
    }

    static Step close(Situation s, Command.Close command) {
        return orders(s).closing().isPresent()
                ? new Step.Refuse("the secret is being retired already")
                : ordered(s, orders(s).closing(Optional.of(mark(s, command))));
    }

    static Step reopen(Situation s) {
        if (orders(s).closing().isEmpty() || s.in(VersionState.PRIMARY).isEmpty()) {
            return new Step.Refuse(
                    orders(s).closing().isEmpty()
                            ? "the secret is not being retired"
                            : "the last version is being revoked, which nothing takes back");
        }
        return ordered(s, orders(s).closing(Optional.empty()));
    }

    /** A replica whose clock is fast stamps later, by up to e; and stamps are whole seconds. */
    static Step rejectIssuedBefore(Situation s, Command.RejectIssuedBefore command) {
        Duration skew = s.record().rotation().timing().get(TimingParameter.SKEW);
        Instant asked = command.instant().plus(skew).plusSeconds(1);
        Optional<Instant> present = orders(s).rejectIssuedBefore();
        return present.filter(bound -> !bound.isBefore(asked)).isPresent()
                ? new Step.Refuse("nothing issued at or before " + present.get() + " is accepted already")
                : ordered(s, orders(s).rejectIssuedBefore(asked));
    }

    /** Every wait that rests on what replicas know begins anew, since they may know another history. */
    static Step restore(Situation s) {
        SecretRecord record = s.record();
        Rotation rotation = record.rotation();
        SecretRecord next = record.then(record.phase())
                .reincarnated(record.nextNumber() - 1 + SKIPPED)
                .with(new Rotation(rotation.id(), rotation.sequence() + SKIPPED, rotation.timing()));
        for (SecretVersion version : record.versions()) {
            next = next.with(version.number(), v -> anew(s, v));
        }
        return new Step.Restore(next);
    }

    private static SecretVersion anew(Situation s, SecretVersion version) {
        SecretVersion restamped = version;
        for (Stamp stamp : List.of(Stamp.PUBLISHED, Stamp.WITHDRAWN, Stamp.RETIRING, Stamp.READMITTED)) {
            if (version.state().accepts() && version.at(stamp).isPresent()) {
                restamped = restamped.stamped(stamp, s.stamp());
            }
        }
        return restamped;
    }

    private static Step ordered(Situation s, Orders orders) {
        return new Step.Order(s.record().then(s.record().phase()).with(orders));
    }

    private static Orders orders(Situation s) {
        return s.record().orders();
    }

    private static Mark mark(Situation s, Command command) {
        return new Mark(s.stamp(), command.by(), command.reason());
    }
}
