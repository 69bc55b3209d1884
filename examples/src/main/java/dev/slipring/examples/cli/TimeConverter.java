package dev.slipring.examples.cli;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a duration above zero, as in {@code 90s}, {@code 30m}, {@code 2h}, {@code 14d} or {@code PT1H30M}. */
final class TimeConverter implements ITypeConverter<Duration> {
    private static final Pattern SHORT = Pattern.compile("(\\d{1,9})([smhd])");

    @Override
    public Duration convert(String text) {
        Matcher matcher = SHORT.matcher(text);
        Duration time = matcher.matches()
                ? of(Long.parseLong(matcher.group(1)), matcher.group(2).charAt(0))
                : iso(text);
        if (time.isNegative() || time.isZero() || time.compareTo(Duration.ofDays(3650)) > 0) {
            throw new TypeConversionException("a time is above zero and at most ten years");
        }
        return time;
    }

    private static Duration of(long number, char unit) {
        return switch (unit) {
            case 's' -> Duration.ofSeconds(number);
            case 'm' -> Duration.ofMinutes(number);
            case 'h' -> Duration.ofHours(number);
            default -> Duration.ofDays(number);
        };
    }

    private static Duration iso(String text) {
        try {
            return Duration.parse(text);
        } catch (DateTimeParseException e) {
            throw new TypeConversionException("no time: " + e.getClass().getSimpleName());
        }
    }
}
