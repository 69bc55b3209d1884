package dev.slipring.observe;

/**
 * How often something happens in an interval: mean and variance, which forget exponentially.
 *
 * <p>A count is a spike if it is over both a floor and {@code mean + 8 sqrt(max(variance, mean, 1))}: for what comes at
 * random one after the other, as a Poisson process does, the variance is the mean; what comes in bursts has a larger
 * one. The first half hour of intervals only teaches. A spike teaches no more than the bound, so that it does not hide
 * the next one, while what has come to stay is the new normal within an hour or two. Immutable.
 *
 * @param mean of the counts
 * @param variance around it
 * @param learned how many intervals have taught it
 */
record Baseline(double mean, double variance, long learned) {
    static final Baseline NONE = new Baseline(0, 0, 0);

    /** Fewer in an interval are nothing to look at. */
    static final int FLOOR = 20;

    private static final int WARM_UP = 30;
    private static final double DEVIATIONS = 8;
    private static final double MEMORY = 60;

    boolean isSpike(double count) {
        return learned >= WARM_UP && count > bound();
    }

    double bound() {
        return Math.max(FLOOR, mean + DEVIATIONS * Math.sqrt(Math.max(Math.max(variance, mean), 1)));
    }

    Baseline learn(double count) {
        double taught = learned < WARM_UP ? count : Math.min(count, bound());
        double weight = Math.max(1 / MEMORY, 1.0 / (learned + 1));
        double off = taught - mean;
        return new Baseline(mean + weight * off, (1 - weight) * (variance + weight * off * off), learned + 1);
    }
}
