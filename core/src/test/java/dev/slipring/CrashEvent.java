package dev.slipring;

import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretVersion;
import dev.slipring.store.SecretRecord;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Something that a process of a crash test did or saw, as one line of its log. Immutable.
 *
 * @param at when, in nanoseconds of {@link CrashPlace#nanos()}
 * @param process who tells it
 * @param kind what it is
 * @param secret name of the secret concerned
 * @param facts the rest, by name; neither names nor facts contain blanks
 */
record CrashEvent(long at, String process, Kind kind, String secret, Map<String, String> facts) {

    /** What can be told. */
    enum Kind {
        /** A record as the store holds it in the end: epoch, digest, phase, versions. */
        RECORD,
        /** A write that was won: epoch, digest, step. */
        WROTE,
        /** An audit event, kept before the write that it announces: epoch, action. */
        AUDITED,
        /** A keyring in use from now on: epoch, digest, accepted. */
        VIEW,
        /** A token: version, age, text, mac. */
        MADE,
        /** A token that was not accepted: version, epoch, age, reason, made, makerAge. */
        REJECTED,
        /** A login that the issuer refused: version, epoch, age. */
        DENIED,
        /** A statement that had an effect at the issuer: statement, slot, version, owner, ownerValid. */
        STATED,
        /** What is valid at the issuer in the end: slot, version, fingerprint. */
        VALID,
        /** A value that is stored in the end: version, fingerprint. */
        KEPT,
        /** How often a secret was used by a live process without anything wrong: count. */
        USED,
        /** A step that failed and is tried again: reason. */
        FAILED
    }

    /** A version as a record shows it. */
    record Version(int number, String state, String slot, String fingerprint, String rotation) {
        @Override
        public String toString() {
            return String.join(":", String.valueOf(number), state, slot, fingerprint, rotation);
        }

        static Version parse(String text) {
            String[] parts = text.split(":", -1);
            return new Version(Integer.parseInt(parts[0]), parts[1], parts[2], parts[3], parts[4]);
        }
    }

    CrashEvent {
        facts = Collections.unmodifiableMap(new TreeMap<>(facts));
    }

    /** A record of the store. */
    static CrashEvent record(long at, SecretRecord record) {
        String versions = record.versions().stream()
                .map(v -> new Version(
                        v.number(),
                        v.state().name(),
                        v.slot().orElse(""),
                        v.fingerprint().orElse(""),
                        v.origin().rotationId()))
                .map(Version::toString)
                .collect(Collectors.joining(","));
        Map<String, String> facts = Map.of(
                "epoch", String.valueOf(record.epoch()),
                "digest", digest(record.versions()),
                "phase", record.phase().name(),
                "versions", versions);
        return new CrashEvent(at, "store", Kind.RECORD, record.secret().value(), facts);
    }

    /** What identifies all that a record and a keyring of one epoch both say of the versions. */
    static String digest(Collection<SecretVersion> versions) {
        String text = versions.stream()
                .map(v -> List.of(v.number(), v.origin(), v.slot(), v.state(), v.stamps(), v.fingerprint()))
                .toList()
                .toString();
        try {
            byte[] whole = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(Arrays.copyOf(whole, 8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** An event of {@code process} now. */
    static CrashEvent now(String process, Kind kind, SecretName secret, Map<String, String> facts) {
        return new CrashEvent(CrashPlace.nanos(), process, kind, secret.value(), facts);
    }

    /** The event of a line; empty if a killed process left it torn. */
    static Optional<CrashEvent> parse(String line) {
        String[] parts = line.split(" ", -1);
        if (parts.length < 4) {
            return Optional.empty();
        }
        Map<String, String> facts = Arrays.stream(parts, 4, parts.length)
                .map(part -> part.split("=", 2))
                .collect(Collectors.toMap(part -> part[0], part -> part[1]));
        return Optional.of(new CrashEvent(Long.parseLong(parts[0]), parts[1], Kind.valueOf(parts[2]), parts[3], facts));
    }

    /** The line of this event. */
    String line() {
        String rest = facts.entrySet().stream()
                .map(fact -> " " + fact.getKey() + "=" + fact.getValue())
                .collect(Collectors.joining());
        return at + " " + process + " " + kind + " " + secret + rest;
    }

    String fact(String name) {
        String value = facts.get(name);
        if (value == null) {
            throw new IllegalArgumentException("no " + name + " in " + this);
        }
        return value;
    }

    long number(String name) {
        return Long.parseLong(fact(name));
    }

    /** The versions of a record. */
    List<Version> versions() {
        return Arrays.stream(fact("versions").split(",", -1))
                .map(Version::parse)
                .toList();
    }

    /** The fingerprints of the values that a keyring accepts, by version. */
    Map<Integer, String> accepted() {
        return Arrays.stream(fact("accepted").split(",", -1))
                .map(each -> each.split(":", 2))
                .collect(Collectors.toMap(each -> Integer.valueOf(each[0]), each -> each[1]));
    }
}
