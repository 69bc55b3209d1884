package dev.slipring.testing;

/**
 * How often what goes wrong, as probabilities.
 *
 * @param crash that a replica is killed at one moment: right before or right after a call that changes something
 * @param outage that a replica loses the store for a while, drawn twice in the time of a rotation
 * @param lostReply that a write takes effect but its caller is told that the store did not answer
 * @param issuerTimeout that a call to the issuer fails: without effect, after its effect, or before a late effect
 */
public record Faults(double crash, double outage, double lostReply, double issuerTimeout) {
    public Faults {
        if (!probability(crash) || !probability(outage) || !probability(lostReply) || !probability(issuerTimeout)) {
            throw new IllegalArgumentException("a probability is not between 0 and 0.5");
        }
    }

    /** Nothing goes wrong; the fleet is still as slow as it can be. */
    public static Faults none() {
        return new Faults(0, 0, 0, 0);
    }

    /** A bad week: three crashes in a hundred moments, and something of everything else. */
    public static Faults usual() {
        return new Faults(0.03, 0.1, 0.05, 0.1);
    }

    /** Above one half nothing would ever be finished. */
    private static boolean probability(double value) {
        return value >= 0 && value <= 0.5;
    }
}
