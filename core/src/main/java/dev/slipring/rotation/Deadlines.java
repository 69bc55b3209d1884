package dev.slipring.rotation;

import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * The ages of a primary version at which somebody is told. For a maximum age of 30, 60, 90 and 180 days they are those
 * of the procedure that this library implements; between two of these the share of the maximum age is interpolated, and
 * outside of them it is that of the nearest. Immutable.
 *
 * @param warn somebody should look
 * @param page somebody has to act
 * @param hard the maximum age
 */
public record Deadlines(Duration warn, Duration page, Duration hard) {
    private static final List<Row> TABLE =
            List.of(new Row(30, 24, 28), new Row(60, 50, 56), new Row(90, 76, 83), new Row(180, 155, 170));

    /** The deadlines. */
    public Deadlines {
        Objects.requireNonNull(warn, "warn");
        Objects.requireNonNull(page, "page");
        Objects.requireNonNull(hard, "hard");
    }

    /** Days. */
    private record Row(int maxAge, int warn, int page) {}

    /**
     * The deadlines of versions that are primary for at most {@code maxAge}.
     *
     * @throws IllegalArgumentException if that is not above zero
     */
    public static Deadlines of(Duration maxAge) {
        if (maxAge.isNegative() || maxAge.isZero()) {
            throw new IllegalArgumentException("a maximum age of " + maxAge + " is not above zero");
        }
        Row below = TABLE.get(0);
        Row above = below;
        for (Row row : TABLE) {
            above = row;
            if (Duration.ofDays(row.maxAge).compareTo(maxAge) >= 0) {
                break;
            }
            below = row;
        }
        double between = above.equals(below)
                ? 0
                : (double) (maxAge.toSeconds() - seconds(below.maxAge))
                        / (seconds(above.maxAge) - seconds(below.maxAge));
        double along = Math.max(0, Math.min(1, between));
        return new Deadlines(
                part(maxAge, share(below.warn, below) + along * (share(above.warn, above) - share(below.warn, below))),
                part(maxAge, share(below.page, below) + along * (share(above.page, above) - share(below.page, below))),
                maxAge);
    }

    private static double share(int days, Row row) {
        return (double) days / row.maxAge;
    }

    private static long seconds(int days) {
        return Duration.ofDays(days).toSeconds();
    }

    private static Duration part(Duration maxAge, double share) {
        return Duration.ofMillis(Math.round(maxAge.toMillis() * share));
    }
}
