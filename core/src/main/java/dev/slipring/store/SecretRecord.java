package dev.slipring.store;

import dev.slipring.keyring.Keyring;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretVersion;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * Everything about a secret except its values: the state that replicas share and change by
 * compare-and-set. Holds no value and no reversible digest of one, so it may be printed. Immutable; the methods
 * that change something return another record, one epoch later where that is said.
 *
 * @param secret the secret that the record belongs to
 * @param incarnation from 1; grows when the store is restored from a backup
 * @param epoch from 1; grows by one with each write
 * @param phase how far the rotation under way has come
 * @param rotation the rotation under way, or the last one
 * @param versions every version there ever was, by ascending number
 * @param ringId the number by which envelopes name this secret
 * @param reserved numbers up to this one may have been given to versions that a restored backup does not know
 * @param orders what operators have ordered of the secret as a whole
 * @param owner the replica that acted last
 * @param lastError code of what went wrong last in this rotation, if anything did
 * @param extensions fields that a newer build wrote and this one does not know, kept when rewriting:
 *     JSON text by path
 */
public record SecretRecord(
        SecretName secret,
        long incarnation,
        long epoch,
        Phase phase,
        Rotation rotation,
        List<SecretVersion> versions,
        int ringId,
        int reserved,
        Orders orders,
        Optional<Owner> owner,
        Optional<String> lastError,
        Map<String, String> extensions) {

    public SecretRecord {
        Objects.requireNonNull(secret, "secret");
        Objects.requireNonNull(phase, "phase");
        Objects.requireNonNull(rotation, "rotation");
        Objects.requireNonNull(orders, "orders");
        if (incarnation < 1 || epoch < 1) {
            throw new IllegalArgumentException(
                    "secret " + secret + ": incarnation " + incarnation + " or epoch " + epoch + " is below 1");
        }
        versions = List.copyOf(versions);
        for (int i = 0; i < versions.size(); i++) {
            if (i > 0 && versions.get(i - 1).number() >= versions.get(i).number()) {
                throw new IllegalArgumentException("secret " + secret + ": versions are not in ascending order");
            }
        }
        extensions = Collections.unmodifiableMap(new TreeMap<>(extensions));
    }

    /** The first record of a secret, epoch 1, phase IDLE. */
    public static SecretRecord first(SecretName secret, Rotation rotation, SecretVersion version, int ringId) {
        return new SecretRecord(
                secret,
                1,
                1,
                Phase.IDLE,
                rotation,
                List.of(version),
                ringId,
                0,
                Orders.NONE,
                Optional.empty(),
                Optional.empty(),
                Map.of());
    }

    /** The version {@code number}. */
    public Optional<SecretVersion> version(int number) {
        return versions.stream().filter(v -> v.number() == number).findFirst();
    }

    /** The number of the next version: above every one that ever was. */
    public int nextNumber() {
        return Math.max(reserved, versions.get(versions.size() - 1).number()) + 1;
    }

    /** Whether this record may replace {@code present}: one epoch later, in the same incarnation or the next. */
    public boolean succeeds(SecretRecord present) {
        boolean restored = incarnation == present.incarnation + 1;
        return epoch == present.epoch + 1 && (restored || incarnation == present.incarnation);
    }

    /** The part that a keyring shows. */
    public Keyring.Edition edition() {
        return new Keyring.Edition(incarnation, epoch, ringId, rotation.timing(), orders.rejectIssuedBefore());
    }

    /** The successor of this record in {@code nextPhase}, one epoch later, its last error and its owner forgotten. */
    public SecretRecord then(Phase nextPhase) {
        Draft draft = new Draft(this);
        draft.epoch++;
        draft.phase = nextPhase;
        draft.lastError = Optional.empty();
        draft.owner = Optional.empty();
        return draft.record();
    }

    /** This record in the next incarnation, with numbers up to {@code reservedNumber} given away. */
    public SecretRecord reincarnated(int reservedNumber) {
        Draft draft = new Draft(this);
        draft.incarnation++;
        draft.reserved = Math.max(reserved, reservedNumber);
        return draft.record();
    }

    /** This record with another rotation, at the same epoch. */
    public SecretRecord with(Rotation other) {
        Draft draft = new Draft(this);
        draft.rotation = other;
        return draft.record();
    }

    /** This record with other orders, at the same epoch. */
    public SecretRecord with(Orders others) {
        Draft draft = new Draft(this);
        draft.orders = others;
        return draft.record();
    }

    /** This record as written by {@code replica}, at the same epoch. */
    public SecretRecord ownedBy(Owner replica) {
        Draft draft = new Draft(this);
        draft.owner = Optional.of(replica);
        return draft.record();
    }

    /** This record with another last error, at the same epoch. */
    public SecretRecord failed(String code) {
        Draft draft = new Draft(this);
        draft.lastError = Optional.of(code);
        return draft.record();
    }

    /** This record with the version {@code number} changed, at the same epoch. */
    public SecretRecord with(int number, UnaryOperator<SecretVersion> change) {
        return with(versions.stream()
                .map(v -> v.number() == number ? change.apply(v) : v)
                .toList());
    }

    /** This record with one version more, at the same epoch. */
    public SecretRecord plus(SecretVersion version) {
        return with(Stream.concat(versions.stream(), Stream.of(version)).toList());
    }

    /** This record with fields of a newer build, at the same epoch. */
    SecretRecord extendedBy(Map<String, String> fields) {
        Draft draft = new Draft(this);
        draft.extensions = fields;
        return draft.record();
    }

    private SecretRecord with(List<SecretVersion> others) {
        Draft draft = new Draft(this);
        draft.versions = others;
        return draft.record();
    }

    /** A record being changed, so that a change names only what it changes. */
    private static final class Draft {
        private final SecretRecord from;
        private long incarnation;
        private long epoch;
        private Phase phase;
        private Rotation rotation;
        private List<SecretVersion> versions;
        private int reserved;
        private Orders orders;
        private Optional<Owner> owner;
        private Optional<String> lastError;
        private Map<String, String> extensions;

        Draft(SecretRecord from) {
            this.from = from;
            incarnation = from.incarnation;
            epoch = from.epoch;
            phase = from.phase;
            rotation = from.rotation;
            versions = from.versions;
            reserved = from.reserved;
            orders = from.orders;
            owner = from.owner;
            lastError = from.lastError;
            extensions = from.extensions;
        }

        SecretRecord record() {
            return new SecretRecord(
                    from.secret,
                    incarnation,
                    epoch,
                    phase,
                    rotation,
                    versions,
                    from.ringId,
                    reserved,
                    orders,
                    owner,
                    lastError,
                    extensions);
        }
    }
}
