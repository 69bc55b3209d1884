package dev.slipring.observe.inventory;

import dev.slipring.keyring.SecretVersion;
import dev.slipring.keyring.Stamp;
import dev.slipring.rotation.RotationPlan;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/**
 * The time that one time line shows, as a share of its width. Immutable.
 *
 * @param from at its left edge
 * @param to at its right edge
 */
record TimeScale(Instant from, Instant to) {
    private static final Duration SHORT = Duration.ofDays(4);

    /** From what the shown versions have behind them to the last step and deadline, of old times only so much. */
    static TimeScale of(InventoryEntry entry, List<SecretVersion> shown, Instant at) {
        Instant to = later(at, entry.deadlines().map(InventoryEntry.Due::hard).orElse(at));
        for (RotationPlan.Dated step : entry.plan().map(RotationPlan::steps).orElse(List.of())) {
            to = later(to, step.at());
        }
        Instant anchor =
                entry.primary().flatMap(primary -> primary.at(Stamp.PRIMARY)).orElse(at);
        Instant first = shown.stream()
                .flatMap(version -> version.stamps().values().stream())
                .reduce(anchor, TimeScale::earlier);
        Duration behind = Duration.between(earlier(anchor, at), to).dividedBy(4).plusHours(1);
        Instant from = later(first, earlier(anchor, at).minus(behind));
        Duration margin =
                Duration.between(from, to).dividedBy(40).plus(Duration.ofMinutes(1)); // also where both are the same
        return new TimeScale(from.minus(margin), to.plus(margin));
    }

    /** Where {@code instant} lies, from 0 to 100; at an edge if it is beyond. */
    double percent(Instant instant) {
        if (instant.isBefore(from)) {
            return 0;
        } else if (instant.isAfter(to)) {
            return 100;
        }
        return 100.0
                * Duration.between(from, instant).toMillis()
                / Duration.between(from, to).toMillis();
    }

    /** The moment at a share of the width. */
    Instant at(int percent) {
        return from.plus(Duration.between(from, to).multipliedBy(percent).dividedBy(100));
    }

    /** A moment, as exactly as the scale is. */
    String spoken(Instant instant) {
        return Duration.between(from, to).compareTo(SHORT) < 0 ? Spoken.hour(instant) : Spoken.day(instant);
    }

    /** A share of the width as SVG has it. */
    static String share(double percent) {
        return String.format(Locale.ROOT, "%.2f%%", percent);
    }

    private static Instant later(Instant a, Instant b) {
        return a.isAfter(b) ? a : b;
    }

    private static Instant earlier(Instant a, Instant b) {
        return a.isBefore(b) ? a : b;
    }
}
