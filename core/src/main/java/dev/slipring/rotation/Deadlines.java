package dev.slipring.rotation;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;

/**
 * The ages of a primary version at which it is to be replaced, and at which somebody is told that it was not. For a
 * maximum age of 30, 60, 90 and 180 days they are those of the procedure that this library implements; between two of
 * these the share of the maximum age is interpolated, and outside of them it is that of the nearest. Immutable.
 *
 * @param start its rotation should begin
 * @param spread by how much earlier or later than that, so that not all secrets are rotated at once
 * @param warn somebody should look
 * @param page somebody has to act
 * @param hard the maximum age
 */
public record Deadlines(Duration start, Duration spread, Duration warn, Duration page, Duration hard) {
    private static final List<Deadlines> TABLE = List.of(
            days(20, 1, 24, 28, 30), days(43, 2, 50, 56, 60), days(65, 3, 76, 83, 90), days(135, 5, 155, 170, 180));

    /** The deadlines. */
    public Deadlines {
        Objects.requireNonNull(start, "start");
        Objects.requireNonNull(spread, "spread");
        Objects.requireNonNull(warn, "warn");
        Objects.requireNonNull(page, "page");
        Objects.requireNonNull(hard, "hard");
    }

    /**
     * The deadlines of versions that are primary for at most {@code maxAge}.
     *
     * @throws IllegalArgumentException if that is not above zero
     */
    public static Deadlines of(Duration maxAge) {
        if (maxAge.isNegative() || maxAge.isZero()) {
            throw new IllegalArgumentException("a maximum age of " + maxAge + " is not above zero");
        }
        Deadlines below = TABLE.get(0);
        Deadlines above = below;
        for (Deadlines row : TABLE) {
            above = row;
            if (row.hard.compareTo(maxAge) >= 0) {
                break;
            }
            below = row;
        }
        return new Deadlines(
                part(maxAge, below, above, Deadlines::start),
                part(maxAge, below, above, Deadlines::spread),
                part(maxAge, below, above, Deadlines::warn),
                part(maxAge, below, above, Deadlines::page),
                maxAge);
    }

    private static Duration part(
            Duration maxAge, Deadlines below, Deadlines above, Function<Deadlines, Duration> which) {
        double from = share(which.apply(below), below.hard);
        double to = share(which.apply(above), above.hard);
        double along = above.equals(below) ? 0 : share(maxAge.minus(below.hard), above.hard.minus(below.hard));
        return Duration.ofMillis(Math.round(
                maxAge.toMillis() * (from + Math.max(0, Math.min(1, along)) * (to - from))));
    }

    private static double share(Duration part, Duration whole) {
        return (double) part.toMillis() / whole.toMillis();
    }

    private static Deadlines days(int start, int spread, int warn, int page, int hard) {
        return new Deadlines(
                Duration.ofDays(start),
                Duration.ofDays(spread),
                Duration.ofDays(warn),
                Duration.ofDays(page),
                Duration.ofDays(hard));
    }
}
