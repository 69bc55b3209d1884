package dev.slipring.keyring;

import java.util.Objects;
import java.util.regex.Pattern;

/**
 * The name of a secret: 1 to 64 characters, lower-case letters, digits, {@code .}, {@code _} and {@code -},
 * beginning with a letter or digit.
 *
 * <p>The alphabet is small on purpose: a name becomes a file name, a path in a vault, a column value, a
 * metric tag and part of a database comment, and must be harmless and unique in each of them.
 * Immutable and safe for use by several threads.
 */
public record SecretName(String value) implements Comparable<SecretName> {
    private static final Pattern LEGAL = Pattern.compile("[a-z0-9][a-z0-9._-]{0,63}");

    public SecretName {
        Objects.requireNonNull(value, "secret name");
        if (!isLegal(value)) {
            throw new IllegalArgumentException("secret name " + quoted(value)
                    + " is not 1 to 64 characters of a-z 0-9 . _ - that begin with a letter or digit");
        }
    }

    /**
     * The name spelled {@code value}.
     *
     * @throws IllegalArgumentException if it has another form
     */
    public static SecretName of(String value) {
        return new SecretName(value);
    }

    /** Whether {@code value} has the form of a name. */
    public static boolean isLegal(String value) {
        return LEGAL.matcher(value).matches();
    }

    @Override
    public int compareTo(SecretName other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }

    private static String quoted(String value) {
        String shown = value.length() > 80 ? value.substring(0, 80) + "…" : value;
        StringBuilder out = new StringBuilder("\"");
        shown.chars().forEach(c -> out.append(Character.isISOControl(c) ? '?' : (char) c));
        return out.append('"').toString();
    }
}
