package dev.slipring.observe;

import dev.slipring.keyring.Keyring;
import dev.slipring.keyring.SecretVersion;
import dev.slipring.keyring.Stamp;
import dev.slipring.keyring.Timing;
import dev.slipring.keyring.TimingParameter;
import dev.slipring.keyring.VersionState;
import dev.slipring.keyring.ViewState;
import dev.slipring.rotation.PassReport;
import dev.slipring.rotation.ProbeVerdict;
import dev.slipring.store.Phase;
import dev.slipring.store.SecretRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a replica was told of one secret by its rotator, beside what its view holds. Moments are those of a monotonic
 * clock. Safe for use by several threads.
 */
final class Sight {
    private @Nullable SecretRecord told;
    private Set<String> behind = Set.of();
    private long behindSince;
    private int refused;
    private boolean alerted;
    private @Nullable Phase phase;
    private long phaseSince;

    /**
     * How far a rotation has come.
     *
     * @param phase as in the record, where it is known
     * @param age since when; if no stamp says so, since it was first seen here
     * @param plan how long it is to last at most; zero of {@link Phase#IDLE}, which lasts as long as it may
     */
    record Progress(Phase phase, Duration age, Duration plan) {}

    synchronized void wrote(SecretRecord record) {
        told = record;
        behind = Set.of();
    }

    synchronized void passed(PassReport report, long now) {
        SecretRecord record = report.record();
        boolean same = told != null && told.edition().equals(record.edition()) && !behind.isEmpty();
        if (!same) {
            behindSince = now;
        }
        told = record;
        behind = report.behind();
        alerted = !report.standing().isEmpty();
    }

    synchronized void probed(int version, ProbeVerdict verdict) {
        if (verdict == ProbeVerdict.DEAD) {
            refused = version;
        } else if (verdict == ProbeVerdict.ALIVE && refused == version) {
            refused = 0;
        }
    }

    synchronized void alerted() {
        alerted = true;
    }

    /** Whether an alert was told, and no pass has ended without one since. */
    synchronized boolean alert() {
        return alerted;
    }

    /** The replicas that are waited for. */
    synchronized Set<String> behind() {
        return behind;
    }

    /** For how long they have been. */
    synchronized Duration behindFor(long now) {
        return behind.isEmpty() ? Duration.ZERO : Duration.ofNanos(now - behindSince);
    }

    /** Whether the issuer said last that {@code version} is not valid. */
    synchronized boolean refuses(int version) {
        return refused == version;
    }

    synchronized boolean emergency() {
        return told != null && told.orders().emergency().isPresent();
    }

    /** How far the rotation has come that {@code state} shows, at {@code now}. */
    synchronized Progress progress(ViewState state, long now) {
        Keyring keyring = state.keyring();
        Instant storeNow = keyring.asOf().plus(state.staleness());
        boolean recent = told != null && told.edition().compareTo(keyring.edition()) >= 0;
        Phase present = recent && told != null ? told.phase() : phase(keyring, storeNow);
        if (present != phase) {
            phase = present;
            phaseSince = now;
        }
        Duration age = stamp(keyring, present)
                .map(since -> between(since, storeNow))
                .orElse(Duration.ofNanos(now - phaseSince));
        return new Progress(present, age, plan(present, keyring.edition().timing()));
    }

    static Duration between(Instant since, Instant now) {
        Duration time = Duration.between(since, now);
        return time.isNegative() ? Duration.ZERO : time;
    }

    /** By the states of the versions: as the record's, but for one that aborts before its version is stored. */
    private static Phase phase(Keyring keyring, Instant now) {
        Duration overlap = keyring.edition().timing().get(TimingParameter.OVERLAP);
        Phase phase = Phase.IDLE;
        for (SecretVersion version : keyring.versions()) {
            boolean newest = version.number() > keyring.primary().number();
            if (version.state() == VersionState.STAGED) {
                phase = Phase.MINTING;
            } else if (version.state() == VersionState.PUBLISHED) {
                phase = Phase.PUBLISHED;
            } else if (version.state() == VersionState.REVOKING && newest) {
                phase = Phase.ABORTING;
            } else if (version.state() == VersionState.RETIRING && phase == Phase.IDLE) {
                boolean lasts = version.at(Stamp.RETIRING)
                        .map(since -> now.isBefore(since.plus(overlap)))
                        .orElse(true);
                phase = lasts ? Phase.OVERLAP : Phase.IDLE;
            }
        }
        return phase;
    }

    /** When {@code phase} began, by the last write that can have begun it. */
    private static Optional<Instant> stamp(Keyring keyring, Phase phase) {
        return switch (phase) {
            case PUBLISHED -> last(keyring, Stamp.PUBLISHED, 0);
            case OVERLAP -> last(keyring, Stamp.RETIRING, 0);
            case ABORTING -> last(keyring, Stamp.REVOKING, keyring.primary().number());
            case IDLE, MINTING -> Optional.empty();
        };
    }

    private static Optional<Instant> last(Keyring keyring, Stamp stamp, int after) {
        return keyring.versions().stream()
                .filter(version -> version.number() > after)
                .flatMap(version -> version.at(stamp).stream())
                .max(Instant::compareTo);
    }

    /** Minting and aborting are planned for as long as everybody may need to learn of it and the issuer to act. */
    private static Duration plan(Phase phase, Timing timing) {
        return switch (phase) {
            case IDLE -> Duration.ZERO;
            case MINTING -> timing.horizon().plus(timing.get(TimingParameter.ACTIVATION));
            case PUBLISHED -> timing.get(TimingParameter.PUBLISH);
            case OVERLAP -> timing.get(TimingParameter.OVERLAP);
            case ABORTING -> timing.horizon().plus(timing.get(TimingParameter.REVOCATION));
        };
    }
}
