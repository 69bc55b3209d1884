package dev.slipring.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretStrength;
import dev.slipring.keyring.SecretValue;
import dev.slipring.keyring.Timing;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads secrets from environment variables and gathers what is wrong with them, by the names of variables and
 * without anything that they hold: a secret may have been put into any of them by mistake. Not thread-safe.
 */
final class EnvironmentVariables {
    /** 256 bits, if the text is as good as random. */
    private static final int MIN_LENGTH = 32;

    private static final Instant FIRST_TIME = Instant.EPOCH;
    private static final Instant LAST_TIME = Instant.parse("9999-12-31T00:00:00Z");

    private final Map<String, String> environment;
    private final List<String> flaws = new ArrayList<>();

    EnvironmentVariables(Map<String, String> environment) {
        this.environment = environment;
    }

    /** What is wrong with the secrets that were asked for, in the order of the questions. */
    List<String> flaws() {
        return Collections.unmodifiableList(flaws);
    }

    /** The secret that {@code variable} and its companions tell; empty if they have a flaw. */
    Optional<EnvironmentSecret> secret(SecretName name, String variable, Timing timing) {
        int before = flaws.size();
        String switchAt = variable + "_SWITCH_AT";
        Map<String, SecretValue> values = new LinkedHashMap<>();
        for (String generation : generations(variable, switchAt)) {
            SecretValue value = value(generation);
            if (value != null) {
                values.forEach((other, same) -> {
                    if (same.equals(value)) {
                        flaws.add(other + " and " + generation + " are the same secret");
                    }
                });
                values.put(generation, value);
            }
        }
        EnvironmentSecret.Times times =
                new EnvironmentSecret.Times(time(switchAt), time(variable + "_REJECT_ISSUED_BEFORE"));
        if (flaws.size() > before) {
            values.values().forEach(SecretValue::wipe);
            return Optional.empty();
        }
        return Optional.of(new EnvironmentSecret(name, timing, List.copyOf(values.values()), times));
    }

    /** The variables that hold secrets, from old to new. */
    private List<String> generations(String variable, String switchAt) {
        String previous = variable + "_PREVIOUS";
        String next = variable + "_NEXT";
        List<String> others = Stream.of(previous, next).filter(this::isSet).toList();
        if (others.size() > 1) {
            flaws.add(previous + " and " + next + " are both set: one rotation at a time");
        }
        if (isSet(switchAt) && others.isEmpty()) {
            flaws.add(switchAt + " is set without " + next + " or " + previous);
        }
        if (!isSet(switchAt)) {
            others.forEach(other -> flaws.add(other + " is set without " + switchAt));
        }
        return Stream.of(previous, variable, next)
                .filter(name -> name.equals(variable) || isSet(name))
                .toList();
    }

    private boolean isSet(String variable) {
        return environment.containsKey(variable);
    }

    private @Nullable SecretValue value(String variable) {
        String text = environment.get(variable);
        if (text == null || text.isBlank()) {
            flaws.add(variable + (text == null ? " is missing" : " is blank"));
            return null;
        }
        int before = flaws.size();
        checkText(variable, text);
        byte[] bytes = text.getBytes(UTF_8);
        SecretValue value = null;
        try {
            if (bytes.length < MIN_LENGTH) {
                flaws.add(variable + " has fewer than " + MIN_LENGTH + " bytes");
            }
            if (bytes.length > SecretValue.MAX_LENGTH) {
                flaws.add(variable + " has more than " + SecretValue.MAX_LENGTH + " bytes");
                return null;
            }
            value = SecretValue.copyOf(bytes);
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
        SecretStrength.flaw(value).ifPresent(flaw -> flaws.add(variable + " " + flaw));
        if (flaws.size() > before) {
            value.wipe();
            return null;
        }
        return value;
    }

    private void checkText(String variable, String text) {
        if (isSpace(text.codePointAt(0)) || isSpace(text.codePointBefore(text.length()))) {
            flaws.add(variable + " begins or ends with white space");
        }
        if (text.codePoints().anyMatch(EnvironmentVariables::isUnseen)) {
            flaws.add(variable + " has a control character");
        }
        if (text.codePoints().anyMatch(EnvironmentVariables::isUndecoded)) {
            flaws.add(variable + " has a character that this process could not decode");
        }
    }

    private static boolean isSpace(int character) {
        return Character.isWhitespace(character) || Character.isSpaceChar(character);
    }

    private static boolean isUnseen(int character) {
        return Character.isISOControl(character) || Character.getType(character) == Character.FORMAT;
    }

    /** What Java puts where bytes are no text in the character set of the platform. */
    private static boolean isUndecoded(int character) {
        return character == '\uFFFD' || Character.getType(character) == Character.SURROGATE;
    }

    private Optional<Instant> time(String variable) {
        String text = environment.get(variable);
        if (text == null) {
            return Optional.empty();
        }
        Instant time = null;
        try {
            time = OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeParseException e) {
            // its message shows the text
        }
        if (time == null || time.isBefore(FIRST_TIME) || time.isAfter(LAST_TIME)) {
            flaws.add(variable + " is not a time with its zone, such as 2030-01-31T09:00:00Z");
            return Optional.empty();
        }
        return Optional.of(time);
    }
}
