package dev.slipring.observe;

import dev.slipring.keyring.AuthFailure;
import dev.slipring.keyring.SecretVersion;
import dev.slipring.keyring.Stamp;
import dev.slipring.keyring.UseCounts;
import dev.slipring.keyring.VersionState;
import dev.slipring.observe.Anomaly.Kind;
import dev.slipring.rotation.SecretKind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Finds what is unusual about the use of one secret, from samples about an interval apart: a pure function of what it
 * knew and a sample, without clock or randomness.
 *
 * <ul>
 *   <li>Any use of a version that is accepted no more, or of one that was revoked at the sample before.
 *   <li>Something produced with a version that retires, or of INBOUND secrets accepted, in the last fifth of its overlap.
 *   <li>Spikes of bad signatures, of unknown keys, and of refused logins and calls, over {@link Baseline}.
 *   <li>For OUTBOUND secrets, use at an unusual hour of the week or far more often than usual, by {@link Habits}.
 * </ul>
 *
 * <p>Each kind is told at most once in an interval, the last one at most once in an hour. The first sample tells
 * nothing. Stateless and thread-safe.
 */
public final class UseDetector {
    /** The interval that samples are taken at. */
    public static final Duration INTERVAL = Duration.ofMinutes(1);

    private static final Map<Kind, AuthFailure[]> SPIKES = new EnumMap<>(Map.of(
            Kind.BAD_SIGNATURES, new AuthFailure[] {AuthFailure.SIGNATURE},
            Kind.UNKNOWN_KEYS, new AuthFailure[] {AuthFailure.UNKNOWN_KEY},
            Kind.FAILED_LOGINS, new AuthFailure[] {AuthFailure.UNAUTHORIZED, AuthFailure.SQL_STATE}));

    private UseDetector() {}

    /**
     * What a sample has shown.
     *
     * @param history what is known now
     * @param anomalies what is unusual, the gravest first
     */
    public record Verdict(UseHistory history, List<Anomaly> anomalies) {
        /** A verdict. */
        public Verdict {
            anomalies = List.copyOf(anomalies);
        }
    }

    /** Judges the interval that ends with {@code sample}. */
    public static Verdict detect(UseHistory history, UseSample sample) {
        UseSample last = history.last;
        if (last == null || !sample.at().isAfter(last.at())) {
            return new Verdict(new UseHistory(sample, history.baselines, history.habits, history.hour), List.of());
        }
        List<Anomaly> anomalies = new ArrayList<>();
        addRevoked(anomalies, last, sample);
        addOld(anomalies, last, sample);
        Map<Kind, Baseline> baselines = new EnumMap<>(Kind.class);
        SPIKES.forEach((kind, reasons) -> {
            Baseline before = history.baseline(kind);
            double count = perInterval(sample.failures(reasons) - last.failures(reasons), last, sample);
            if (before.isSpike(count)) {
                anomalies.add(new Anomaly(
                        kind,
                        String.format(
                                Locale.ROOT,
                                "%.0f %s in the last interval, usual are %.1f",
                                count,
                                words(kind),
                                before.mean())));
            }
            baselines.put(kind, before.learn(count));
        });
        boolean habitual =
                sample.kind().filter(kind -> kind == SecretKind.OUTBOUND).isPresent();
        UseHistory next = new UseHistory(sample, baselines, history.habits, history.hour);
        return new Verdict(habitual ? withHour(next, last, sample, anomalies) : next, anomalies);
    }

    /** What is counted as refused is so because its version is accepted no more. */
    private static void addRevoked(List<Anomaly> anomalies, UseSample last, UseSample sample) {
        List<String> used = new ArrayList<>();
        sample.counts().versions().forEach((number, counts) -> {
            UseCounts.OfVersion before = last.of(number);
            boolean ended = last.version(number)
                    .filter(version -> version.state().compareTo(VersionState.REVOKING) >= 0)
                    .isPresent();
            long uses = counts.refused()
                    - before.refused()
                    + (ended ? counts.produced() - before.produced() + counts.accepted() - before.accepted() : 0);
            if (uses > 0) {
                used.add("version " + number + " (" + state(sample, number) + ") " + uses + " times");
            }
        });
        if (!used.isEmpty()) {
            anomalies.add(new Anomaly(Kind.REVOKED_USE, "used although accepted no more: " + String.join(", ", used)));
        }
    }

    private static String state(UseSample sample, int number) {
        return sample.version(number)
                .map(version -> version.compromised().isPresent()
                        ? "compromised"
                        : version.state().toString())
                .orElse("gone");
    }

    /** What is accepted of SELF secrets in that time was produced before, and is lawful until the overlap ends. */
    private static void addOld(List<Anomaly> anomalies, UseSample last, UseSample sample) {
        boolean inbound =
                sample.kind().filter(kind -> kind == SecretKind.INBOUND).isPresent();
        List<String> used = new ArrayList<>();
        for (SecretVersion version : sample.versions()) {
            Instant late = version.at(Stamp.RETIRING)
                    .map(at -> at.plus(sample.overlap().multipliedBy(4).dividedBy(5)))
                    .orElse(Instant.MAX);
            UseCounts.OfVersion now = sample.of(version.number());
            UseCounts.OfVersion before = last.of(version.number());
            long uses = now.produced() - before.produced() + (inbound ? now.accepted() - before.accepted() : 0);
            if (version.state() == VersionState.RETIRING && last.at().isAfter(late) && uses > 0) {
                used.add("version " + version.number() + " " + uses + " times");
            }
        }
        if (!used.isEmpty()) {
            anomalies.add(new Anomaly(
                    Kind.OLD_VERSION_USE,
                    "still used in the last fifth of the overlap of " + sample.overlap() + ": "
                            + String.join(", ", used)));
        }
    }

    private static UseHistory withHour(UseHistory history, UseSample last, UseSample sample, List<Anomaly> anomalies) {
        long number = Math.floorDiv(sample.at().getEpochSecond(), 3600);
        UseHistory.Hourly hour = history.hour;
        Habits habits = history.habits;
        if (hour.number() != number) {
            boolean gapless = last.at().plus(INTERVAL.multipliedBy(2)).isAfter(sample.at());
            if (hour.whole() && gapless) {
                habits = habits.learn(hourOfWeek(hour.number()), hour.uses());
            }
            hour = new UseHistory.Hourly(number, 0, gapless, false);
        }
        long uses = hour.uses() + sample.produced() - last.produced();
        int ofWeek = hourOfWeek(number);
        boolean unusual = !hour.told() && habits.isUnusual(ofWeek, uses);
        if (unusual) {
            anomalies.add(anomaly(habits, ofWeek, uses));
        }
        return new UseHistory(
                history.last,
                history.baselines,
                habits,
                new UseHistory.Hourly(number, uses, hour.whole(), hour.told() || unusual));
    }

    private static Anomaly anomaly(Habits habits, int hourOfWeek, long uses) {
        double usual = habits.usual(hourOfWeek);
        return usual == 0
                ? new Anomaly(Kind.UNUSUAL_HOUR, "used " + uses + " times at an hour of the week at which it never is")
                : new Anomaly(
                        Kind.UNUSUAL_RATE,
                        String.format(
                                Locale.ROOT,
                                "used %d times in this hour so far, usual at this hour of the week are %.0f",
                                uses,
                                usual));
    }

    private static int hourOfWeek(long hour) {
        return Habits.hourOfWeek(Instant.ofEpochSecond(hour * 3600));
    }

    /** A replica that slept has counted for longer than an interval. */
    private static double perInterval(long count, UseSample last, UseSample sample) {
        double elapsed = Duration.between(last.at(), sample.at()).toMillis();
        return count * Math.min(1, INTERVAL.toMillis() / elapsed);
    }

    private static String words(Kind kind) {
        return kind.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
