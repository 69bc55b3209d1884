package dev.slipring.session;

import dev.slipring.keyring.Keyring;
import dev.slipring.keyring.SecretVersion;
import dev.slipring.keyring.Stamp;
import dev.slipring.keyring.TimingParameter;
import dev.slipring.keyring.VersionState;
import dev.slipring.keyring.VersionUse;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The rules by which one snapshot of the secret judges the times of a token whose tag is good. All in whole seconds
 * since 1970; tokens count whole seconds, so rounding a bound down loses nothing.
 *
 * @param maxLife longest life
 * @param skew largest difference between two clocks
 * @param asOf when the snapshot was read
 * @param suspectUntil what was issued by then may have been signed by whoever has a compromised version
 * @param rejectedUntil what was issued by then is rejected by the record
 */
record Acceptance(long maxLife, long skew, long asOf, long suspectUntil, long rejectedUntil) {

    /** The rules of {@code keyring}, with its own skew if {@code skew} is null. */
    static Acceptance of(Keyring keyring, Duration maxLife, @Nullable Duration skew) {
        long tolerance = roundedUp(skew == null ? keyring.edition().timing().get(TimingParameter.SKEW) : skew);
        long suspectUntil = keyring.versions().stream()
                .filter(version -> version.compromised().isPresent())
                // An emergency may take a version straight from PRIMARY to REVOKING.
                .flatMap(version -> version.at(Stamp.RETIRING).or(() -> version.at(Stamp.REVOKING)).stream())
                .mapToLong(retired -> retired.getEpochSecond() + tolerance)
                .max()
                .orElse(Long.MIN_VALUE);
        return new Acceptance(
                maxLife.toSeconds(),
                tolerance,
                keyring.asOf().getEpochSecond(),
                suspectUntil,
                keyring.edition()
                        .rejectIssuedBefore()
                        .map(Instant::getEpochSecond)
                        .orElse(Long.MIN_VALUE));
    }

    /**
     * Why a token that says {@code claims} under {@code key} is rejected, or null if it is in force.
     *
     * <p>What an operator declared compromised goes before the window of a retired version, since it needs no second
     * look: no fresher view can make it good. The suspicion concerns every version, since a stolen key may have
     * signed a token that was then re-signed with the next.
     *
     * <p>The window bounds the issue. The bound on the expiry that the format states as well follows from it and
     * from the longest life. A token issued after this view was read may come of a rollback
     * that made its version primary again; so its key counts as not yet known.
     */
    @Nullable
    RejectionReason objection(AcceptedKey key, Claims claims, long now) {
        long issuedAt = claims.issuedAt();
        long expiresAt = claims.expiresAt();
        if (expiresAt <= issuedAt) {
            return RejectionReason.MALFORMED;
        }
        if (expiresAt - issuedAt > maxLife) {
            return RejectionReason.TOO_LONG_LIVED;
        }
        if (key.compromised() || issuedAt <= suspectUntil) {
            return RejectionReason.COMPROMISED_KEY;
        }
        if (issuedAt > key.lastIssue()) {
            return issuedAt > asOf ? RejectionReason.UNKNOWN_KEY : RejectionReason.RETIRED_KEY;
        }
        if (issuedAt > now + skew) {
            return RejectionReason.NOT_YET_VALID;
        }
        if (expiresAt <= now - skew) {
            return RejectionReason.EXPIRED;
        }
        return issuedAt <= rejectedUntil ? RejectionReason.ISSUED_TOO_EARLY : null;
    }

    /** Whether a token in force should move to the primary version. */
    boolean shouldResign(AcceptedKey key, Claims claims, long now) {
        return claims.issuedAt() <= key.lastResign() && claims.expiresAt() - skew > now;
    }

    /** {@code version} as these rules see it; {@code horizon} is how long a replica may lag behind. */
    AcceptedKey accepted(SecretVersion version, SessionKey key, VersionUse use, Duration horizon) {
        long lastIssue = Long.MAX_VALUE;
        long lastResign = Long.MIN_VALUE;
        if (version.state() == VersionState.RETIRING) {
            Optional<Instant> retired = version.at(Stamp.RETIRING);
            lastIssue = retired.map(at -> at.plus(horizon).getEpochSecond()).orElse(Long.MAX_VALUE);
            lastResign = retired.map(at -> at.getEpochSecond() + skew).orElse(Long.MAX_VALUE);
        }
        boolean compromised = version.compromised().isPresent();
        return new AcceptedKey(version.number(), key, use, compromised, lastIssue, lastResign);
    }

    private static long roundedUp(Duration duration) {
        return duration.plusNanos(999_999_999).toSeconds();
    }
}
