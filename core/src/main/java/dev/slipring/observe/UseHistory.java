package dev.slipring.observe;

import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a {@link UseDetector} knows of one secret's use so far. Immutable. */
public final class UseHistory {
    /** Nothing yet. */
    public static final UseHistory NONE = new UseHistory(null, Map.of(), Habits.NONE, Hourly.NONE);

    final @Nullable UseSample last;
    final Map<Anomaly.Kind, Baseline> baselines;
    final Habits habits;
    final Hourly hour;

    /**
     * The hour under way.
     *
     * @param number hours since 1970
     * @param uses in it so far
     * @param whole whether it was seen from its beginning
     * @param told whether something unusual of it was told already
     */
    record Hourly(long number, long uses, boolean whole, boolean told) {
        static final Hourly NONE = new Hourly(Long.MIN_VALUE, 0, false, false);
    }

    UseHistory(@Nullable UseSample last, Map<Anomaly.Kind, Baseline> baselines, Habits habits, Hourly hour) {
        this.last = last;
        this.baselines = new EnumMap<>(Anomaly.Kind.class);
        this.baselines.putAll(baselines);
        this.habits = habits;
        this.hour = hour;
    }

    /** The same, going on from what was learned before a restart. */
    UseHistory resuming(UseHistory kept) {
        return new UseHistory(last, kept.baselines, kept.habits, hour);
    }

    Baseline baseline(Anomaly.Kind kind) {
        return baselines.getOrDefault(kind, Baseline.NONE);
    }
}
