package dev.slipring.keyring;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Tells values that look like secrets and are none: published defaults, documentation samples, fillers. It does
 * not measure how well a value was chosen and does not look at its length. Random values of 16 bytes or more are
 * never among them, whatever their spelling.
 */
public final class SecretStrength {
    /** Longest pattern whose repetition is no secret, in bytes. */
    private static final int LONGEST_PATTERN = 4;

    private static final byte[] DJANGO = "django-insecure-".getBytes(US_ASCII);

    /** What everybody knows, in the form of {@link #lettersAndDigits}. */
    private static final List<byte[]> PUBLISHED = published();

    private SecretStrength() {}

    /**
     * Why {@code value} should not be used as a secret:
     *
     * <ul>
     *   <li>it is one byte or a pattern of up to 4 bytes, repeated over the whole value or all of it but the padding
     *       of base64;
     *   <li>it is a development key of Django, by its prefix {@code django-insecure-};
     *   <li>it is a published default or documentation sample, but for the case of letters and for what is neither
     *       letter nor digit; or one of these repeated, or filled up at one end with one character or byte.
     * </ul>
     *
     * @param value stays the caller's
     * @return the rest of a sentence that begins with the value's name, without material; empty if nothing is found
     * @throws IllegalStateException if the value was wiped
     */
    public static Optional<String> flaw(SecretValue value) {
        return Optional.ofNullable(value.<@Nullable String>reveal(SecretStrength::flaw));
    }

    private static @Nullable String flaw(byte[] value) {
        int period = period(value, value.length);
        if (period == 0) {
            period = period(value, withoutPadding(value));
        }
        if (period > 0) {
            return period == 1 ? "is one byte repeated" : "is a pattern of " + period + " bytes repeated";
        }
        if (value.length >= DJANGO.length && Arrays.equals(value, 0, DJANGO.length, DJANGO, 0, DJANGO.length)) {
            return "begins with django-insecure-, the mark of a development key";
        }
        byte[] text = lettersAndDigits(value);
        try {
            if (PUBLISHED.stream().anyMatch(sample -> Arrays.equals(sample, text))) {
                return "is a published default or documentation sample";
            }
            if (PUBLISHED.stream().anyMatch(sample -> isStretched(text, sample))) {
                return "is a published default or documentation sample, repeated or filled up";
            }
            return null;
        } finally {
            Arrays.fill(text, (byte) 0);
        }
    }

    /** The length of the pattern that the first {@code length} bytes repeat at least twice; 0 if none does. */
    private static int period(byte[] value, int length) {
        for (int period = 1; period <= LONGEST_PATTERN && 2 * period <= length; period++) {
            if (Arrays.equals(value, period, length, value, 0, length - period)) {
                return period;
            }
        }
        return 0;
    }

    private static int withoutPadding(byte[] value) {
        int length = value.length;
        while (length > 0 && value.length - length < 2 && value[length - 1] == '=') {
            length--;
        }
        return length;
    }

    /** Whether {@code text} is {@code sample} over and over, then or before that one character over and over. */
    private static boolean isStretched(byte[] text, byte[] sample) {
        int last = text.length - 1;
        int repeated = 0;
        while (repeated <= last && text[repeated] == sample[repeated % sample.length]) {
            repeated++;
        }
        if (repeated >= sample.length && isOneByte(text, repeated, text.length)) {
            return true;
        }
        repeated = 0;
        while (repeated <= last && text[last - repeated] == sample[sample.length - 1 - repeated % sample.length]) {
            repeated++;
        }
        return repeated >= sample.length && isOneByte(text, 0, text.length - repeated);
    }

    private static boolean isOneByte(byte[] text, int from, int to) {
        for (int i = from + 1; i < to; i++) {
            if (text[i] != text[from]) {
                return false;
            }
        }
        return true;
    }

    /**
     * The ASCII letters and digits of {@code value}, in lower case, to be wiped by the caller; nothing if the value is
     * no ASCII text between a byte that fills up its beginning and one that fills up its end.
     */
    private static byte[] lettersAndDigits(byte[] value) {
        int from = 0;
        int to = value.length;
        while (from < to && !isText(value[from]) && value[from] == value[0]) {
            from++;
        }
        while (to > from && !isText(value[to - 1]) && value[to - 1] == value[value.length - 1]) {
            to--;
        }
        byte[] kept = new byte[to - from];
        int count = 0;
        for (int i = from; i < to; i++) {
            int letter = value[i] >= 'A' && value[i] <= 'Z' ? value[i] + ('a' - 'A') : value[i];
            if ((letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9')) {
                kept[count++] = (byte) letter;
            } else if (!isText(value[i])) {
                count = 0;
                break;
            }
        }
        byte[] text = Arrays.copyOf(kept, count);
        Arrays.fill(kept, (byte) 0);
        return text;
    }

    private static boolean isText(byte character) {
        return (character >= ' ' && character <= '~') || character == '\t' || character == '\n' || character == '\r';
    }

    private static List<byte[]> published() {
        String name = "known-secrets.txt";
        try (InputStream in = SecretStrength.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(name + " is missing beside " + SecretStrength.class.getName());
            }
            return new BufferedReader(new InputStreamReader(in, US_ASCII))
                    .lines()
                    .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                    .map(line -> lettersAndDigits(line.getBytes(US_ASCII)))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + name, e);
        }
    }
}
