package dev.slipring.testing;

import static dev.slipring.keyring.TimingParameter.ACTIVATION;
import static dev.slipring.keyring.TimingParameter.ADOPTION;
import static dev.slipring.keyring.TimingParameter.LAG;
import static dev.slipring.keyring.TimingParameter.REFRESH;
import static dev.slipring.keyring.TimingParameter.REVOCATION;
import static dev.slipring.keyring.TimingParameter.SKEW;
import static dev.slipring.keyring.TimingParameter.STALENESS;
import static dev.slipring.keyring.TimingParameter.WRITE_WINDOW;

import dev.slipring.keyring.Timing;
import dev.slipring.rotation.RotationPolicy;
import java.time.Duration;

/**
 * How slow and how wrong a simulated fleet really is at its worst, whatever its policy says. Immutable; each
 * method that takes a duration returns another one.
 *
 * @param view how old what a replica goes by may be
 * @param skew largest difference between two clocks, those of the store included
 * @param writeDelay longest time between a rotator's read and its write
 * @param issuer how slow the issuer is
 * @param haste by how much rotators cut their waits short
 */
public record Reality(View view, Duration skew, Duration writeDelay, Issuer issuer, Haste haste) {

    /**
     * How old what a replica goes by may be.
     *
     * @param lag longest time from a write until every read shows it
     * @param adoption longest time from a read until everything in the replica goes by it
     * @param staleness longest time since its last read for which a replica works on
     */
    public record View(Duration lag, Duration adoption, Duration staleness) {
        /** How far behind the store what a replica's users see may be right after a read. */
        Duration behind() {
            return lag.plus(adoption);
        }
    }

    /**
     * How slow the issuer is.
     *
     * @param call longest time a call takes
     * @param activation time from installing a value until it works
     * @param revocation time from revoking a value until it stops working
     */
    public record Issuer(Duration call, Duration activation, Duration revocation) {}

    /**
     * By how much rotators cut their waits short, which no rotator does: to see what each wait is for.
     *
     * @param promotion off the publish delay P
     * @param swap off the wait between the two halves of a rollback
     * @param revocation off the overlap O
     */
    public record Haste(Duration promotion, Duration swap, Duration revocation) {
        /** No wait is cut short. */
        public static final Haste NONE = new Haste(Duration.ZERO, Duration.ZERO, Duration.ZERO);
    }

    /**
     * The worst that {@code policy} allows for. A write takes effect as late as its window lets it, and is seen
     * everywhere only the whole lag D after that.
     */
    public static Reality worstOf(RotationPolicy policy) {
        Timing timing = policy.timing();
        return new Reality(
                new View(timing.get(LAG), timing.get(ADOPTION), timing.get(STALENESS)),
                timing.get(SKEW),
                timing.get(WRITE_WINDOW).minusNanos(1),
                new Issuer(timing.get(REFRESH).dividedBy(2), timing.get(ACTIVATION), timing.get(REVOCATION)),
                Haste.NONE);
    }

    /** With another longest lag of the store. */
    public Reality lag(Duration value) {
        return with(new View(value, view.adoption, view.staleness));
    }

    /** With another longest time of adoption. */
    public Reality adoption(Duration value) {
        return with(new View(view.lag, value, view.staleness));
    }

    /** With replicas that work on for another time after their last read. */
    public Reality staleness(Duration value) {
        return with(new View(view.lag, view.adoption, value));
    }

    /** With clocks that differ by another time at most. */
    public Reality skew(Duration value) {
        return new Reality(view, value, writeDelay, issuer, haste);
    }

    /** With rotators that promote before P is over. */
    public Reality promotingEarly(Duration by) {
        return with(new Haste(by, haste.swap, haste.revocation));
    }

    /** With rotators that finish a rollback before every replica has learned of it. */
    public Reality swappingEarly(Duration by) {
        return with(new Haste(haste.promotion, by, haste.revocation));
    }

    /** With rotators that revoke before O is over. */
    public Reality revokingEarly(Duration by) {
        return with(new Haste(haste.promotion, haste.swap, by));
    }

    private Reality with(View other) {
        return new Reality(other, skew, writeDelay, issuer, haste);
    }

    private Reality with(Haste other) {
        return new Reality(view, skew, writeDelay, issuer, other);
    }
}
