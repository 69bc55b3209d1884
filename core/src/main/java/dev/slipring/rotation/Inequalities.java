package dev.slipring.rotation;

import static dev.slipring.keyring.TimingParameter.ACTIVATION;
import static dev.slipring.keyring.TimingParameter.LAG;
import static dev.slipring.keyring.TimingParameter.LIFETIME;
import static dev.slipring.keyring.TimingParameter.OVERLAP;
import static dev.slipring.keyring.TimingParameter.PUBLISH;
import static dev.slipring.keyring.TimingParameter.REFRESH;
import static dev.slipring.keyring.TimingParameter.REVOCATION;
import static dev.slipring.keyring.TimingParameter.SOAK;
import static dev.slipring.keyring.TimingParameter.STALENESS;
import static dev.slipring.keyring.TimingParameter.WRITE_WINDOW;

import dev.slipring.keyring.Timing;
import dev.slipring.keyring.TimingParameter;
import java.time.Duration;
import java.util.EnumMap;
import java.util.stream.Collectors;

/** What must hold between the durations of a policy, each refused with its numbers. Stateless. */
final class Inequalities {
    private Inequalities() {}

    static void check(SecretKind kind, Timing timing, Duration maxAge, Duration retryBudget, Duration longestOutage) {
        Duration g = timing.horizon();
        Duration shorter = min(timing.get(PUBLISH), timing.get(OVERLAP));
        atLeast("L >= R", timing.get(STALENESS), timing.get(REFRESH), timing);
        atLeast("D > C", timing.get(LAG), timing.get(WRITE_WINDOW).plusNanos(1), timing);
        if (kind == SecretKind.OUTBOUND) {
            atLeast("P >= V", timing.get(PUBLISH), timing.get(ACTIVATION), timing);
        } else {
            atLeast("P >= g", timing.get(PUBLISH), g, timing);
        }
        atLeast("O >= g + T", timing.get(OVERLAP), g.plus(timing.get(LIFETIME)), timing);
        atLeast("O >= longest store outage", timing.get(OVERLAP), longestOutage, timing);
        atLeast("W >= max(X, g)", timing.get(SOAK), max(timing.get(REVOCATION), g), timing);
        atLeast("min(P, O) / 3 >= R", shorter.dividedBy(3), timing.get(REFRESH), timing);
        atLeast("M > P + G", maxAge, timing.get(PUBLISH).plus(retryBudget).plusNanos(1), timing);
        atLeast("G >= max(7 d, 0.2 M)", retryBudget, retryBudget(maxAge), timing);
    }

    /** The least G. */
    static Duration retryBudget(Duration maxAge) {
        return max(Duration.ofDays(7), maxAge.dividedBy(5));
    }

    /** {@code timing} with P, O and W grown as far as the other durations need. */
    static Timing mended(SecretKind kind, Timing timing) {
        Duration g = timing.horizon();
        EnumMap<TimingParameter, Duration> values = new EnumMap<>(TimingParameter.class);
        values.putAll(timing.values());
        values.merge(PUBLISH, kind == SecretKind.OUTBOUND ? timing.get(ACTIVATION) : g, Inequalities::max);
        values.merge(OVERLAP, g.plus(timing.get(LIFETIME)), Inequalities::max);
        values.merge(SOAK, max(timing.get(REVOCATION), g), Inequalities::max);
        return new Timing(values);
    }

    static void atLeast(String inequality, Duration left, Duration right, Timing timing) {
        if (left.compareTo(right) < 0) {
            throw new IllegalArgumentException("unsafe policy: " + inequality + " does not hold, since " + left + " < "
                    + right + " (" + letters(timing) + ", g = D + max(R, L) + A + 2e = " + timing.horizon() + ")");
        }
    }

    private static String letters(Timing timing) {
        return timing.values().entrySet().stream()
                .map(entry -> entry.getKey().letter() + " = " + entry.getValue())
                .collect(Collectors.joining(", "));
    }

    private static Duration min(Duration a, Duration b) {
        return a.compareTo(b) <= 0 ? a : b;
    }

    private static Duration max(Duration a, Duration b) {
        return a.compareTo(b) >= 0 ? a : b;
    }
}
