package dev.slipring.keyring;

import static dev.slipring.keyring.TimingParameter.ADOPTION;
import static dev.slipring.keyring.TimingParameter.LAG;
import static dev.slipring.keyring.TimingParameter.REFRESH;
import static dev.slipring.keyring.TimingParameter.SKEW;
import static dev.slipring.keyring.TimingParameter.STALENESS;

import java.time.Duration;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * The durations in force for one rotation of one secret. They stand in the record, so that replicas of
 * different builds agree: the larger value of each wins. Immutable. Whether the values go together is
 * judged by the rotation policy, not here.
 *
 * @param values a duration for every parameter, from zero to {@link #LONGEST}, that of REFRESH above zero
 */
public record Timing(Map<TimingParameter, Duration> values) {
    /** The longest duration: ten years, far from where sums of nanoseconds overflow. */
    public static final Duration LONGEST = Duration.ofDays(3650);

    public Timing {
        EnumMap<TimingParameter, Duration> all = new EnumMap<>(TimingParameter.class);
        all.putAll(values);
        for (TimingParameter parameter : TimingParameter.values()) {
            Duration value = all.get(parameter);
            if (value == null) {
                throw new IllegalArgumentException("timing lacks " + parameter + " (" + parameter.letter() + ")");
            }
            if (value.isNegative() || value.compareTo(LONGEST) > 0) {
                throw new IllegalArgumentException("timing " + parameter + " (" + parameter.letter()
                        + ") is not between zero and " + LONGEST + ": " + value);
            }
        }
        if (Duration.ZERO.equals(all.get(TimingParameter.REFRESH))) {
            throw new IllegalArgumentException("timing REFRESH (R) is zero: refreshing would never rest");
        }
        values = Collections.unmodifiableMap(all);
    }

    /** The duration of one parameter. */
    public Duration get(TimingParameter parameter) {
        Duration value = values.get(parameter);
        if (value == null) {
            throw new IllegalStateException("timing lacks " + parameter);
        }
        return value;
    }

    /**
     * How long after a write a live replica may still act on the view before it, called g in the
     * inequalities: {@code D + max(R, L) + A + 2e}.
     */
    public Duration horizon() {
        Duration view = max(get(REFRESH), get(STALENESS));
        return get(LAG).plus(view).plus(get(ADOPTION)).plus(get(SKEW).multipliedBy(2));
    }

    /** The larger of both values for each parameter. */
    public Timing raisedTo(Timing other) {
        EnumMap<TimingParameter, Duration> larger = new EnumMap<>(TimingParameter.class);
        values.forEach((parameter, value) -> larger.put(parameter, max(value, other.get(parameter))));
        return new Timing(larger);
    }

    private static Duration max(Duration a, Duration b) {
        return a.compareTo(b) >= 0 ? a : b;
    }
}
