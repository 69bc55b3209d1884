package dev.slipring.observe;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * How often a secret is used in each hour of the week (UTC, from Monday 00:00): the mean of the last weeks.
 *
 * <p>An hour is judged once it and its neighbours were seen whole in {@value #WEEKS} weeks; the neighbours count, since
 * days do not begin to the minute and clocks change by an hour. With m the largest of the three means, it is unusual to be
 * used {@value #SELDOM} times or more where m is zero, and more often than {@code 3 m + 8 sqrt(m) + 20}. What is
 * unusual teaches no more than that. Immutable.
 *
 * @param hours by hour of the week
 */
record Habits(List<Hour> hours) {
    /** Those of a week. */
    static final int HOURS = 7 * 24;

    /** Weeks before an hour is judged. */
    static final int WEEKS = 4;

    /** Fewer uses at an unusual hour are nothing to look at. */
    static final int SELDOM = 5;

    private static final int FLOOR = 20;

    static final Habits NONE = new Habits(Collections.nCopies(HOURS, new Hour(0, 0)));

    /** One hour of the week: in how many weeks it was seen, and the mean number of uses. */
    record Hour(int weeks, double mean) {}

    Habits {
        hours = List.copyOf(hours);
    }

    static int hourOfWeek(Instant at) {
        var utc = at.atOffset(ZoneOffset.UTC);
        return (utc.getDayOfWeek().getValue() - 1) * 24 + utc.getHour();
    }

    boolean isKnown(int hour) {
        return at(hour - 1).weeks >= WEEKS && at(hour).weeks >= WEEKS && at(hour + 1).weeks >= WEEKS;
    }

    /** The largest mean around {@code hour}. */
    double usual(int hour) {
        return Math.max(at(hour).mean, Math.max(at(hour - 1).mean, at(hour + 1).mean));
    }

    double bound(int hour) {
        double usual = usual(hour);
        return usual == 0 ? SELDOM - 1 : 3 * usual + 8 * Math.sqrt(usual) + FLOOR;
    }

    boolean isUnusual(int hour, long uses) {
        return isKnown(hour) && uses > bound(hour);
    }

    Habits learn(int hour, long uses) {
        Hour before = at(hour);
        double taught = isKnown(hour) ? Math.min((double) uses, bound(hour)) : uses;
        int weeks = before.weeks + 1;
        double weight = Math.max(1.0 / weeks, 1.0 / WEEKS);
        List<Hour> next = new ArrayList<>(hours);
        next.set(hour, new Hour(weeks, before.mean + weight * (taught - before.mean)));
        return new Habits(next);
    }

    private Hour at(int hour) {
        return hours.get(Math.floorMod(hour, HOURS));
    }
}
