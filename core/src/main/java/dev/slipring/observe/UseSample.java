package dev.slipring.observe;

import dev.slipring.keyring.AuthFailure;
import dev.slipring.keyring.SecretVersion;
import dev.slipring.keyring.UseCounts;
import dev.slipring.rotation.SecretKind;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What has become of one secret in one replica until one moment. Immutable.
 *
 * @param at the moment, by the store's clock
 * @param counts what was counted until then, since the secret is in use
 * @param versions those of the secret, as this replica sees them
 * @param overlap O: for how long a version retires
 * @param kind who produces and who accepts; empty where it is only read
 */
public record UseSample(
        Instant at, UseCounts counts, Collection<SecretVersion> versions, Duration overlap, Optional<SecretKind> kind) {
    /** A sample. */
    public UseSample {
        Objects.requireNonNull(at, "at");
        Objects.requireNonNull(counts, "counts");
        Objects.requireNonNull(overlap, "overlap");
        Objects.requireNonNull(kind, "kind");
        versions = List.copyOf(versions);
    }

    long failures(AuthFailure... reasons) {
        long sum = 0;
        for (AuthFailure reason : reasons) {
            sum += counts.failures(reason);
        }
        return sum;
    }

    long produced() {
        return counts.versions().values().stream()
                .mapToLong(UseCounts.OfVersion::produced)
                .sum();
    }

    UseCounts.OfVersion of(int version) {
        return counts.versions().getOrDefault(version, new UseCounts.OfVersion(0, 0, 0));
    }

    Optional<SecretVersion> version(int number) {
        return versions.stream().filter(version -> version.number() == number).findFirst();
    }
}
