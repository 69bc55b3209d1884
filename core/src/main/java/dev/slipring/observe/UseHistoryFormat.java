package dev.slipring.observe;

import dev.slipring.json.JsonText;
import dev.slipring.keyring.SecretName;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What of a history is kept over a restart, as JSON.
 *
 * <pre>
 * { "format": 1, "secret": name,
 *   "hours": [ [weeks, mean] x 168 ],                            by hour of the week
 *   "baselines": { kind: [intervals, mean, variance], ... } }    means and variances in thousandths
 * </pre>
 *
 * <p>Kinds that are not known are passed over. Stateless.
 */
final class UseHistoryFormat {
    private static final long FORMAT = 1;
    private static final double THOUSANDTHS = 1000;

    private UseHistoryFormat() {}

    static byte[] print(SecretName secret, UseHistory history) {
        List<List<Long>> hours = new ArrayList<>();
        history.habits.hours().forEach(hour -> hours.add(List.of((long) hour.weeks(), thousandths(hour.mean()))));
        Map<String, List<Long>> baselines = new TreeMap<>();
        history.baselines.forEach((kind, baseline) -> baselines.put(
                kind.name(),
                List.of(baseline.learned(), thousandths(baseline.mean()), thousandths(baseline.variance()))));
        return JsonText.print(
                JsonText.object("format", FORMAT, "secret", secret.value(), "hours", hours, "baselines", baselines));
    }

    /**
     * The history that {@code bytes} tell of {@code secret}.
     *
     * @throws IllegalArgumentException if they do not, with the reason
     */
    static UseHistory parse(SecretName secret, byte[] bytes) {
        Map<String, Object> read = JsonText.parse(bytes);
        if (!Long.valueOf(FORMAT).equals(read.get("format"))) {
            throw new IllegalArgumentException("its format is not " + FORMAT);
        }
        if (!secret.value().equals(read.get("secret"))) {
            throw new IllegalArgumentException("it is not that of secret " + secret);
        }
        List<Habits.Hour> hours = new ArrayList<>();
        for (Object hour : list(read.get("hours"))) {
            List<Long> numbers = numbers(hour, 2);
            hours.add(new Habits.Hour((int) Math.min(numbers.get(0), Integer.MAX_VALUE), numbers.get(1) / THOUSANDTHS));
        }
        if (hours.size() != Habits.HOURS) {
            throw new IllegalArgumentException("it has " + hours.size() + " hours in place of " + Habits.HOURS);
        }
        if (!(read.get("baselines") instanceof Map<?, ?> members)) {
            throw new IllegalArgumentException("it has no baselines");
        }
        Map<Anomaly.Kind, Baseline> baselines = new EnumMap<>(Anomaly.Kind.class);
        for (Anomaly.Kind kind : Anomaly.Kind.values()) {
            Object baseline = members.get(kind.name());
            if (baseline != null) {
                List<Long> numbers = numbers(baseline, 3);
                baselines.put(
                        kind, new Baseline(numbers.get(1) / THOUSANDTHS, numbers.get(2) / THOUSANDTHS, numbers.get(0)));
            }
        }
        return new UseHistory(null, baselines, new Habits(hours), UseHistory.Hourly.NONE);
    }

    private static long thousandths(double number) {
        return Math.round(number * THOUSANDTHS);
    }

    private static List<Long> numbers(Object read, int count) {
        List<Long> numbers = new ArrayList<>();
        for (Object number : list(read)) {
            if (!(number instanceof Long whole) || whole < 0) {
                throw new IllegalArgumentException("it lacks a number that is not below zero");
            }
            numbers.add(whole);
        }
        if (numbers.size() != count) {
            throw new IllegalArgumentException("it has " + numbers.size() + " numbers in place of " + count);
        }
        return numbers;
    }

    private static List<?> list(@Nullable Object read) {
        if (read instanceof List<?> items) {
            return items;
        }
        throw new IllegalArgumentException("it lacks a list");
    }
}
