package dev.slipring.examples;

import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Durations that a person gives in place of the demo's own, by the letter that protocol and messages use. Whether
 * they go together is for the library to say.
 *
 * @param byLetter one of R L D C A T P O, and its duration
 */
record TimingOverrides(Map<String, Duration> byLetter) {
    static final TimingOverrides NONE = new TimingOverrides(Map.of());

    private static final Pattern ENTRY = Pattern.compile("([RLDCATPO])=(\\d{1,6})(?:\\.(\\d{1,3}))?(ms|s|)");

    TimingOverrides {
        byLetter = Collections.unmodifiableMap(new TreeMap<>(byLetter));
    }

    /**
     * Parses entries such as {@code P=4s,O=14s}; without a unit a number is seconds.
     *
     * @throws CannotRunException if an entry has another form
     */
    static TimingOverrides parse(String text) {
        Map<String, Duration> durations = new TreeMap<>();
        for (String entry : text.split(",", -1)) {
            Matcher matcher = ENTRY.matcher(entry.strip());
            if (!matcher.matches()) {
                throw new CannotRunException("\"" + entry.strip()
                        + "\" is not a duration of the policy: expected a letter of R L D C A T P O, \"=\" and a number"
                        + " of s or ms, such as O=14s");
            }
            durations.put(matcher.group(1), duration(matcher));
        }
        return new TimingOverrides(durations);
    }

    /** These and {@code later} ones, which win. */
    TimingOverrides and(TimingOverrides later) {
        Map<String, Duration> both = new TreeMap<>(byLetter);
        both.putAll(later.byLetter);
        return new TimingOverrides(both);
    }

    /** The duration given for {@code letter}, or else {@code usual}. */
    Duration of(String letter, Duration usual) {
        return byLetter.getOrDefault(letter, usual);
    }

    private static Duration duration(Matcher entry) {
        String fraction = entry.group(3) == null ? "" : entry.group(3);
        long thousandths = Long.parseLong(entry.group(2)) * 1000 + Long.parseLong((fraction + "000").substring(0, 3));
        return entry.group(4).equals("ms") ? Duration.ofNanos(thousandths * 1000) : Duration.ofMillis(thousandths);
    }
}
