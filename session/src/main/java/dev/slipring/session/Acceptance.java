package dev.slipring.session;

import dev.slipring.keyring.Keyring;
import dev.slipring.keyring.SecretVersion;
import dev.slipring.keyring.Stamp;
import dev.slipring.keyring.Timing;
import dev.slipring.keyring.TimingParameter;
import dev.slipring.keyring.VersionState;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The rules by which one snapshot of the secret judges the times of a token whose tag is good. All in whole seconds
 * since 1970; tokens count whole seconds, so rounding a bound down loses nothing.
 *
 * @param maxLife longest life
 * @param skew largest difference between two clocks
 * @param asOf when the snapshot was read
 * @param completeUntil what was written by then, on any clock, is in the snapshot
 * @param suspectUntil what was issued by then may have been signed by whoever has a compromised version
 * @param rejectedUntil what was issued by then is rejected by the record
 */
record Acceptance(long maxLife, long skew, long asOf, long completeUntil, long suspectUntil, long rejectedUntil) {

    /** The rules of {@code keyring}, with its own skew if {@code skew} is null. */
    static Acceptance of(Keyring keyring, Duration maxLife, @Nullable Duration skew) {
        Timing timing = keyring.edition().timing();
        long tolerance = roundedUp(skew == null ? timing.get(TimingParameter.SKEW) : skew);
        Duration late = timing.get(TimingParameter.LAG).plus(timing.get(TimingParameter.SKEW));
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
                keyring.asOf().minus(late).getEpochSecond(),
                suspectUntil,
                keyring.edition()
                        .rejectIssuedBefore()
                        .map(Instant::getEpochSecond)
                        .orElse(Long.MIN_VALUE));
    }

    /**
     * Why a token that says {@code claims} under {@code terms} is rejected, or null if it is in force.
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
    RejectionReason objection(Terms terms, Claims claims, long now) {
        long issuedAt = claims.issuedAt();
        long expiresAt = claims.expiresAt();
        if (expiresAt <= issuedAt) {
            return RejectionReason.MALFORMED;
        }
        if (expiresAt - issuedAt > maxLife) {
            return RejectionReason.TOO_LONG_LIVED;
        }
        if (issuedAt <= terms.suspectUntil()) {
            return RejectionReason.COMPROMISED_KEY;
        }
        if (issuedAt > terms.lastIssue()) {
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

    /**
     * Whether a token in force should move to the primary version. What would be rejected after the move stays:
     * that can be a foreign session, which no compromise of the secret concerns until then.
     */
    boolean shouldResign(Terms terms, Claims claims, long now) {
        long issuedAt = claims.issuedAt();
        return issuedAt <= terms.lastResign() && issuedAt > suspectUntil && claims.expiresAt() - skew > now;
    }

    /** What the tokens of {@code version} may say; one that is being readmitted retires without a stamp. */
    Terms terms(SecretVersion version, Timing timing) {
        long suspect = version.compromised().isPresent() ? Terms.ALWAYS : suspectUntil;
        if (version.state() != VersionState.RETIRING) {
            return new Terms(suspect, Terms.ALWAYS, Terms.NEVER, Terms.ALWAYS, Terms.ALWAYS);
        }
        Instant retired = version.at(Stamp.RETIRING).orElse(null);
        if (retired == null) {
            return new Terms(suspect, Terms.ALWAYS, Terms.ALWAYS, Terms.ALWAYS, Terms.ALWAYS);
        }
        Duration overlap = timing.get(TimingParameter.OVERLAP);
        return new Terms(
                suspect,
                retired.plus(timing.horizon()).getEpochSecond(),
                retired.getEpochSecond() + skew,
                retired.plus(overlap.multipliedBy(4).dividedBy(5)).getEpochSecond(),
                retired.plus(overlap).getEpochSecond());
    }

    /** From this second on nothing that a version retired at {@code retired} has signed is accepted. */
    long lastExpiry(Instant retired, Timing timing) {
        return retired.plus(timing.horizon()).getEpochSecond() + maxLife + skew;
    }

    private static long roundedUp(Duration duration) {
        return duration.plusNanos(999_999_999).toSeconds();
    }
}
