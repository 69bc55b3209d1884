package dev.slipring.observe.inventory;

import dev.slipring.rotation.RotationPlan;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Moments and durations as people read them, the same everywhere: in UTC, to the minute. Stateless. */
final class Spoken {
    private static final DateTimeFormatter MOMENT = formatter("uuuu-MM-dd HH:mm");
    private static final DateTimeFormatter DAY = formatter("uuuu-MM-dd");
    private static final DateTimeFormatter DATE = formatter("MM-dd");
    private static final DateTimeFormatter HOUR = formatter("MM-dd HH:mm");

    private Spoken() {}

    private static DateTimeFormatter formatter(String pattern) {
        return DateTimeFormatter.ofPattern(pattern, Locale.ROOT).withZone(ZoneOffset.UTC);
    }

    static String moment(Instant instant) {
        return MOMENT.format(instant);
    }

    static String day(Instant instant) {
        return DAY.format(instant);
    }

    /** Without the year, where that is told beside. */
    static String date(Instant instant) {
        return DATE.format(instant);
    }

    /** Without the year, for what is close together. */
    static String hour(Instant instant) {
        return HOUR.format(instant);
    }

    /** From {@code since} to {@code now}, zero if that is negative. */
    static Duration between(Instant since, Instant now) {
        Duration time = Duration.between(since, now);
        return time.isNegative() ? Duration.ZERO : time;
    }

    /** The largest unit, and the next one while the number is small. */
    static String duration(Duration time) {
        long seconds = time.toSeconds();
        if (seconds < 120) {
            return seconds + " s";
        } else if (seconds < 7200) {
            return seconds / 60 + " min";
        } else if (seconds < 2 * 86_400) {
            return two(seconds / 3600, "h", seconds / 60 % 60, "min");
        }
        long days = seconds / 86_400;
        return days < 10 ? two(days, "d", seconds / 3600 % 24, "h") : days + " d";
    }

    private static String two(long large, String unit, long small, String smallUnit) {
        return large + " " + unit + (small == 0 ? "" : " " + small + " " + smallUnit);
    }

    /** Where {@code instant} lies, seen from {@code now}. */
    static String relative(Instant now, Instant instant) {
        if (instant.isBefore(now)) {
            return duration(Duration.between(instant, now)) + " ago";
        }
        Duration until = Duration.between(now, instant);
        return until.isZero() ? "now" : "in " + duration(until);
    }

    static String lower(Enum<?> word) {
        return word.name().toLowerCase(Locale.ROOT);
    }

    /** What a step of a plan does. */
    static String step(RotationPlan.Dated step) {
        String about = step.version() == 0 ? "the secret" : "version " + step.version();
        return step.step() + ": " + about + " is " + step.state().toLowerCase(Locale.ROOT);
    }
}
