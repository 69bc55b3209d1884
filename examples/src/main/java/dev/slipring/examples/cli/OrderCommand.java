package dev.slipring.examples.cli;

import dev.slipring.keyring.SecretName;
import dev.slipring.rotation.Answer;
import dev.slipring.rotation.AuditSink;
import dev.slipring.rotation.Command;
import dev.slipring.rotation.RotationPolicy;
import dev.slipring.rotation.Rotator;
import dev.slipring.store.Reading;
import dev.slipring.store.SecretRecord;
import dev.slipring.store.SecretStore;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import picocli.CommandLine.Mixin;

/** A command that writes an order into the record of a secret, which the replicas of the application carry out. */
abstract class OrderCommand extends Subcommand {
    @Mixin
    final SecretArgument secret = new SecretArgument();

    @Mixin
    final OrderOptions order = new OrderOptions();

    @Mixin
    final StoreOptions stores = new StoreOptions();

    OrderCommand(Surroundings around) {
        super(around);
    }

    /**
     * What an order is given with.
     *
     * @param store the application's
     * @param record as read right before
     * @param kind of the secret
     * @param rotator takes nothing but orders
     */
    record Desk(SecretStore store, SecretRecord record, StatedKind kind, Rotator rotator) {}

    /** What of the store the order needs. */
    StoreOptions.Use use() {
        return StoreOptions.Use.RECORDS;
    }

    /** Whether the order can be given at all. */
    void check(SecretRecord record) {}

    abstract Reply give(Desk desk) throws InterruptedException;

    @Override
    final Reply answer() throws InterruptedException {
        SecretName name = secret.name();
        order.reason();
        order.by(around());
        try (OpenStore open = stores.open(around(), use())) {
            SecretRecord record = existing(open.store(), name);
            check(record);
            StatedKind kind = StatedKind.of(record, secret.kind);
            AuditSink trail = order.trail(open, around());
            Rotator rotator = rotator(open.store(), record, kind, trail);
            return give(new Desk(open.store(), record, kind, rotator));
        }
    }

    /** The record of a secret that exists. */
    static SecretRecord existing(SecretStore store, SecretName name) {
        return existing(store.read(name), name);
    }

    /** The record in {@code reading}. */
    static SecretRecord existing(Reading reading, SecretName name) {
        return reading.record()
                .orElseThrow(() -> NotDoneException.refused("secret " + name + " does not exist in this store"));
    }

    private static Rotator rotator(SecretStore store, SecretRecord record, StatedKind kind, AuditSink trail) {
        SecretName name = record.secret();
        try {
            RotationPolicy assumed = kind.policy(record.rotation().timing(), kind.maxAge());
            return ordering(store, record, kind, assumed)
                    .audit(trail)
                    .usedElsewhere(value -> new ValuesInUse(store, name).user(value))
                    .build();
        } catch (IllegalArgumentException e) {
            throw NotDoneException.usage(
                    "secret " + name + " is not used as one of kind " + kind + " by its record: " + e.getMessage());
        }
    }

    /** A rotator that takes nothing but orders, by what the record shows of the application's issuer. */
    static Rotator.Builder ordering(SecretStore store, SecretRecord record, StatedKind kind, RotationPolicy policy) {
        return Rotator.builder(record.secret(), store, kind.absent(record), policy)
                .replica("operator-" + UUID.randomUUID())
                .ordersOnly();
    }

    /** Gives {@code command}. */
    final SecretRecord ordered(Desk desk, Command command) {
        return accepted(desk.record().secret(), desk.rotator().command(command));
    }

    static SecretRecord accepted(SecretName name, Answer answer) {
        if (answer instanceof Answer.Refused refused) {
            throw NotDoneException.refused("secret " + name + ": " + refused.why());
        }
        return ((Answer.Accepted) answer).after();
    }

    /** That the order is given; {@code more} are the fields that it has beyond the usual ones. */
    static Reply given(SecretRecord after, String told, List<Reply.Field> more) {
        List<Reply.Field> fields = new ArrayList<>(List.of(
                Reply.Field.of("secret", after.secret().value()),
                Reply.Field.of("epoch", after.epoch()),
                Reply.Field.of("phase", after.phase().name())));
        fields.addAll(more);
        return Reply.done(fields, List.of("secret " + after.secret() + ": " + told));
    }
}
