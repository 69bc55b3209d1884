package dev.slipring.keyring;

import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What one replica sees of one secret at one moment: which version produces, which are accepted, and
 * their values. Exactly one version produces. Immutable and safe for use by several threads.
 */
public final class Keyring {
    private final SecretName secret;
    private final Edition edition;
    private final Instant asOf;
    private final Map<Integer, SecretVersion> versions;
    private final Map<Integer, UsableVersion> accepted;
    private final UsableVersion primary;

    /**
     * What of the record concerns the secret as a whole.
     *
     * @param incarnation from 1; grows when a store is restored from a backup
     * @param epoch grows by one with every transition of one incarnation
     * @param ringId the number by which envelopes name this secret
     * @param timing the durations in force
     * @param rejectIssuedBefore nothing issued at or before this is accepted, if set
     */
    public record Edition(long incarnation, long epoch, int ringId, Timing timing, Optional<Instant> rejectIssuedBefore)
            implements Comparable<Edition> {

        /** Order of (incarnation, epoch): a reader never goes back in it. */
        @Override
        public int compareTo(Edition other) {
            int byIncarnation = Long.compare(incarnation, other.incarnation);
            return byIncarnation != 0 ? byIncarnation : Long.compare(epoch, other.epoch);
        }
    }

    private Keyring(
            SecretName secret,
            Edition edition,
            Instant asOf,
            Map<Integer, SecretVersion> versions,
            Map<Integer, UsableVersion> accepted) {
        this.secret = secret;
        this.edition = edition;
        this.asOf = asOf;
        this.versions = versions;
        this.accepted = accepted;
        List<UsableVersion> producing = accepted.values().stream()
                .filter(v -> v.version().state().produces())
                .toList();
        if (producing.size() != 1) {
            throw new IllegalArgumentException("secret " + secret + " epoch " + edition.epoch() + " has "
                    + producing.size() + " primary versions");
        }
        this.primary = producing.get(0);
    }

    /**
     * A snapshot of {@code secret}.
     *
     * @param asOf the store's time when the record was read
     * @param versions every version of the record
     * @param values the values of at least the versions that are accepted, by version number
     * @throws IllegalArgumentException if there is not exactly one primary version, or a value is missing
     */
    public static Keyring of(
            SecretName secret,
            Edition edition,
            Instant asOf,
            Collection<SecretVersion> versions,
            Map<Integer, SecretValue> values) {
        Objects.requireNonNull(secret, "secret");
        TreeMap<Integer, SecretVersion> all = new TreeMap<>();
        TreeMap<Integer, UsableVersion> accepted = new TreeMap<>();
        for (SecretVersion version : versions) {
            all.put(version.number(), version);
            if (version.state().accepts()) {
                SecretValue value = values.get(version.number());
                if (value == null) {
                    throw new IllegalArgumentException("secret " + secret + " version " + version.number() + " is "
                            + version.state() + " but has no value");
                }
                accepted.put(version.number(), UsableVersion.of(version, value));
            }
        }
        return new Keyring(
                secret, edition, asOf, Collections.unmodifiableMap(all), Collections.unmodifiableMap(accepted));
    }

    /** This snapshot, found unchanged at a later moment of the store's time. */
    public Keyring confirmedAt(Instant later) {
        return new Keyring(secret, edition, later, versions, accepted);
    }

    /** Name of the secret. */
    public SecretName secret() {
        return secret;
    }

    /** Incarnation, epoch, ring id and the durations in force. */
    public Edition edition() {
        return edition;
    }

    /** The store's time when this view was read, a lower bound of its freshness. */
    public Instant asOf() {
        return asOf;
    }

    /** The one version that produces. */
    public UsableVersion primary() {
        return primary;
    }

    /** Every version that is accepted, by ascending number. */
    public Collection<UsableVersion> accepted() {
        return accepted.values();
    }

    /** The accepted version {@code number}. */
    public Optional<UsableVersion> accepted(int number) {
        return Optional.ofNullable(accepted.get(number));
    }

    /** The metadata of every version of the secret, by ascending number. */
    public Collection<SecretVersion> versions() {
        return versions.values();
    }

    /** The metadata of version {@code number}, accepted or not. */
    public Optional<SecretVersion> version(int number) {
        return Optional.ofNullable(versions.get(number));
    }

    @Override
    public String toString() {
        return "Keyring[" + secret + " epoch " + edition.epoch() + ", primary " + primary.number() + ", accepted "
                + accepted.keySet() + "]";
    }
}
