package dev.slipring.store;

import dev.slipring.keyring.Keyring;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretVersion;
import java.time.Instant;
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
 * @param epoch from 1; grows by one with each write of an incarnation
 * @param phase how far the rotation under way has come
 * @param rotation the rotation under way, or the last one
 * @param versions every version there ever was, by ascending number
 * @param ringId the number by which envelopes name this secret
 * @param rejectIssuedBefore nothing issued at or before this is accepted, if set
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
        Optional<Instant> rejectIssuedBefore,
        Optional<String> lastError,
        Map<String, String> extensions) {

    public SecretRecord {
        Objects.requireNonNull(secret, "secret");
        Objects.requireNonNull(phase, "phase");
        Objects.requireNonNull(rotation, "rotation");
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
                Optional.empty(),
                Optional.empty(),
                Map.of());
    }

    /** The version {@code number}. */
    public Optional<SecretVersion> version(int number) {
        return versions.stream().filter(v -> v.number() == number).findFirst();
    }

    /** The part that a keyring shows. */
    public Keyring.Edition edition() {
        return new Keyring.Edition(incarnation, epoch, ringId, rotation.timing(), rejectIssuedBefore);
    }

    /** The successor of this record in {@code nextPhase}, one epoch later, its last error forgotten. */
    public SecretRecord then(Phase nextPhase) {
        return new SecretRecord(
                secret,
                incarnation,
                epoch + 1,
                nextPhase,
                rotation,
                versions,
                ringId,
                rejectIssuedBefore,
                Optional.empty(),
                extensions);
    }

    /** This record with another rotation, at the same epoch. */
    public SecretRecord with(Rotation other) {
        return new SecretRecord(
                secret, incarnation, epoch, phase, other, versions, ringId, rejectIssuedBefore, lastError, extensions);
    }

    /** This record with another last error, at the same epoch. */
    public SecretRecord failed(String code) {
        return new SecretRecord(
                secret,
                incarnation,
                epoch,
                phase,
                rotation,
                versions,
                ringId,
                rejectIssuedBefore,
                Optional.of(code),
                extensions);
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
        return new SecretRecord(
                secret, incarnation, epoch, phase, rotation, versions, ringId, rejectIssuedBefore, lastError, fields);
    }

    private SecretRecord with(List<SecretVersion> others) {
        return new SecretRecord(
                secret, incarnation, epoch, phase, rotation, others, ringId, rejectIssuedBefore, lastError, extensions);
    }
}
