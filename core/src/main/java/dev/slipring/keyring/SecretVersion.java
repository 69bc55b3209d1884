package dev.slipring.keyring;

import java.time.Instant;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * One generation of a secret, without its value: metadata that may be printed and logged. Immutable.
 *
 * @param number from 1, never reused within a secret
 * @param origin the rotation that made it
 * @param slot the place at the issuer that the version occupies, such as one of two alternating logins;
 *     empty where the issuer has no slots
 * @param state where in its life the version is
 * @param stamps when it got there, in the store's time
 * @param compromised set when the value is known or feared to be in other hands; never removed
 * @param held set while an operator forbids to revoke the version
 * @param attributes public facts about the value, such as an account's name
 * @param fingerprint keyed digest of the value, hex; empty until a value is stored
 */
public record SecretVersion(
        int number,
        Origin origin,
        Optional<String> slot,
        VersionState state,
        Map<Stamp, Instant> stamps,
        Optional<Mark> compromised,
        Optional<Mark> held,
        Map<String, String> attributes,
        Optional<String> fingerprint) {

    /**
     * The rotation that made a version.
     *
     * @param rotationId random id of the rotation, lower-case letters and digits
     * @param sequence number of the rotation within the secret, from 1
     * @param attempt number of the attempt to mint within the rotation, from 1
     */
    public record Origin(String rotationId, long sequence, int attempt) {
        private static final Pattern ID = Pattern.compile("[a-z0-9]{1,32}");

        public Origin {
            if (!ID.matcher(rotationId).matches()) {
                throw new IllegalArgumentException("a rotation id is 1 to 32 lower-case letters and digits");
            }
            if (sequence < 1 || attempt < 1) {
                throw new IllegalArgumentException("sequence " + sequence + " or attempt " + attempt + " is below 1");
            }
        }
    }

    public SecretVersion {
        if (number < 1) {
            throw new IllegalArgumentException("version number " + number + " is below 1");
        }
        Objects.requireNonNull(state, "state");
        EnumMap<Stamp, Instant> ordered = new EnumMap<>(Stamp.class);
        ordered.putAll(stamps);
        stamps = Collections.unmodifiableMap(ordered);
        attributes = Collections.unmodifiableMap(new TreeMap<>(attributes));
    }

    /** A version whose number is reserved and of which nothing else is known yet. */
    public static SecretVersion staged(int number, Origin origin, Optional<String> slot) {
        return new SecretVersion(
                number,
                origin,
                slot,
                VersionState.STAGED,
                Map.of(),
                Optional.empty(),
                Optional.empty(),
                Map.of(),
                Optional.empty());
    }

    /** When the version passed {@code stamp}, if it did. */
    public Optional<Instant> at(Stamp stamp) {
        return Optional.ofNullable(stamps.get(stamp));
    }

    /** This version in another state. */
    public SecretVersion in(VersionState next) {
        return new SecretVersion(number, origin, slot, next, stamps, compromised, held, attributes, fingerprint);
    }

    /** This version with {@code stamp} set to {@code at}. */
    public SecretVersion stamped(Stamp stamp, Instant at) {
        EnumMap<Stamp, Instant> changed = new EnumMap<>(Stamp.class);
        changed.putAll(stamps);
        changed.put(stamp, at);
        return new SecretVersion(number, origin, slot, state, changed, compromised, held, attributes, fingerprint);
    }

    /** This version with {@code stamp} removed. */
    public SecretVersion unstamped(Stamp stamp) {
        EnumMap<Stamp, Instant> changed = new EnumMap<>(Stamp.class);
        changed.putAll(stamps);
        changed.remove(stamp);
        return new SecretVersion(number, origin, slot, state, changed, compromised, held, attributes, fingerprint);
    }

    /** This version with the digest and the public facts of its value. */
    public SecretVersion valued(String digest, Map<String, String> facts) {
        return new SecretVersion(number, origin, slot, state, stamps, compromised, held, facts, Optional.of(digest));
    }

    /** This version held, or no longer held if {@code mark} is empty. */
    public SecretVersion held(Optional<Mark> mark) {
        return new SecretVersion(number, origin, slot, state, stamps, compromised, mark, attributes, fingerprint);
    }

    /** This version as made by a later attempt of its rotation. */
    public SecretVersion attempted(int attempt) {
        Origin again = new Origin(origin.rotationId(), origin.sequence(), attempt);
        return new SecretVersion(number, again, slot, state, stamps, compromised, held, attributes, fingerprint);
    }

    /** This version marked as compromised, which nothing takes back. */
    public SecretVersion compromised(Mark mark) {
        return new SecretVersion(number, origin, slot, state, stamps, Optional.of(mark), held, attributes, fingerprint);
    }
}
