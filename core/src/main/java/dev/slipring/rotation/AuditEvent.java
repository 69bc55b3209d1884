package dev.slipring.rotation;

import dev.slipring.keyring.SecretName;
import dev.slipring.store.Emergency;
import dev.slipring.store.Phase;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * One line of the story of a secret, for whoever has to answer for it: what is irrevocable or commanded, and what came
 * of it. Immutable.
 *
 * <p>Holds no value, no part of one and no issuer's reply. Its fingerprints are keyed: without the installation's key
 * nobody can try a guess on them. Whoever has that key, which the store holds, can: 64 bits tell whether a guessed
 * value is right, even of a value that is destroyed, and equal fingerprints show equal values. Values that nobody can
 * guess, such as all that this library makes, have nothing to fear from that.
 *
 * @param id random, unique
 * @param at the store's time at which it was decided
 * @param secret the secret concerned
 * @param place where it was done
 * @param request by whose wish
 * @param change what becomes of the record
 * @param subject the step, and the versions it is about
 * @param proof what it rests on, as far as that was asked for
 * @param result what has come of it so far
 * @param planned what was planned, for the declaration of an emergency
 */
public record AuditEvent(
        String id,
        Instant at,
        SecretName secret,
        Place place,
        Request request,
        Change change,
        Subject subject,
        Proof proof,
        Result result,
        Optional<Planned> planned) {
    /** Whether a step belongs to an emergency. */
    public enum Mode {
        /** No emergency is open. */
        NORMAL,
        /** An emergency is open, begins or ends. */
        EMERGENCY
    }

    /** How far what is told has come. */
    public enum Outcome {
        /** It is about to be done or written; nothing has happened yet. */
        INTENDED,
        /** It was done; of a revocation and an erasure, right before the record says so. */
        DONE,
        /** It was announced and not written, since another write came first or it was too late; decided anew. */
        LOST,
        /** It was tried in vain and will be tried again. */
        FAILED
    }

    /**
     * Where a step was taken.
     *
     * @param replica name of the replica
     * @param kind of the secret
     * @param issuer how the issuer is called
     * @param store how the store is called
     */
    public record Place(String replica, SecretKind kind, String issuer, String store) {
        public Place {
            Objects.requireNonNull(replica, "replica");
            Objects.requireNonNull(kind, "kind");
        }

        /** The plain name of {@code something}'s class, also of one that has none in the source. */
        public static String nameOf(Object something) {
            String name = something.getClass().getName();
            return name.substring(name.lastIndexOf('.') + 1);
        }
    }

    /**
     * By whose wish.
     *
     * @param actor who asked, {@code schedule} if nobody did
     * @param reason why
     * @param mode whether in an emergency
     * @param forced whether the actor overrode what would have forbidden it
     */
    public record Request(String actor, String reason, Mode mode, boolean forced) {
        public Request {
            Objects.requireNonNull(mode, "mode");
        }
    }

    /**
     * A record's epoch and phase.
     *
     * @param epoch 0 if there is no record yet
     * @param phase empty if there is no record yet
     */
    public record Point(long epoch, Optional<Phase> phase) {}

    /**
     * What becomes of the record.
     *
     * @param rotationId of the rotation under way, or the last one
     * @param sequence number of that rotation within the secret
     * @param from the record on which it was decided
     * @param to the record afterwards; the same if nothing is written
     */
    public record Change(String rotationId, long sequence, Point from, Point to) {}

    /**
     * What is done, to which version.
     *
     * @param action name of the step, such as {@code Intend}
     * @param version the version concerned, 0 if it is about the secret as a whole
     * @param fingerprintOld of that version if it goes, otherwise of the one that is primary before
     * @param fingerprintNew of the version that is primary afterwards, or on its way, if that is another one
     */
    public record Subject(
            String action, int version, Optional<String> fingerprintOld, Optional<String> fingerprintNew) {}

    /**
     * How many replicas have taken up the record that was decided on.
     *
     * @param live those whose lease runs
     * @param takenUp those of them that have
     */
    public record Acknowledgements(int live, int takenUp) {}

    /**
     * What was known. What was not asked for is empty.
     *
     * @param probe the issuer's verdict on the version concerned
     * @param use the issuer's word on whether that version is in use
     * @param acknowledgements of the replicas
     * @param lastUsedOld when a replica last produced with the version that goes, or was primary before
     * @param lastUsedNew when a replica last produced with the other one
     */
    public record Proof(
            Optional<ProbeVerdict> probe,
            Optional<UseReport> use,
            Optional<Acknowledgements> acknowledgements,
            Optional<Instant> lastUsedOld,
            Optional<Instant> lastUsedNew) {
        /** Nothing known. */
        public static final Proof NONE =
                new Proof(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
    }

    /**
     * What has come of it.
     *
     * @param outcome how far it has come
     * @param errorCode what went wrong, as a word: never an issuer's reply
     */
    public record Result(Outcome outcome, Optional<String> errorCode) {
        public Result {
            Objects.requireNonNull(outcome, "outcome");
        }
    }

    /**
     * What an emergency is planned to do and cost.
     *
     * @param members the compromised versions
     * @param plan in which order they are replaced and revoked
     * @param exposure how long one of them stays valid; empty if nobody can say
     * @param outage how long a replica that lags behind may fail
     * @param loss what is lost for good or has to be done by the application, for a person
     */
    public record Planned(
            Set<Integer> members,
            Emergency.Plan plan,
            Optional<Duration> exposure,
            Optional<Duration> outage,
            String loss) {
        public Planned {
            members = Collections.unmodifiableSortedSet(new TreeSet<>(members));
            Objects.requireNonNull(plan, "plan");
        }
    }

    public AuditEvent {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(at, "at");
        Objects.requireNonNull(secret, "secret");
        Objects.requireNonNull(place, "place");
        Objects.requireNonNull(request, "request");
        Objects.requireNonNull(change, "change");
        Objects.requireNonNull(subject, "subject");
        Objects.requireNonNull(proof, "proof");
        Objects.requireNonNull(result, "result");
    }

    /** Epoch of the record on which it was decided, 0 if there was none. */
    public long epoch() {
        return change.from.epoch;
    }

    /** Name of the step. */
    public String action() {
        return subject.action;
    }

    /** The version concerned, 0 if it is about the secret as a whole. */
    public int version() {
        return subject.version;
    }

    /** Who asked, {@code schedule} if nobody did. */
    public String actor() {
        return request.actor;
    }

    /** Why. */
    public String reason() {
        return request.reason;
    }

    /** How far it has come. */
    public Outcome outcome() {
        return result.outcome;
    }

    /** Whether it belongs to an emergency. */
    public boolean inEmergency() {
        return request.mode == Mode.EMERGENCY;
    }
}
