package dev.slipring.vault;

import dev.slipring.keyring.SecretValue;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names one version of a transit key, as {@code transit/payments#3}: what the version of a secret holds whose key stays
 * at the server. It is no secret itself.
 *
 * @param key the key
 * @param number of the version, from 1
 */
public record TransitVersion(TransitKey key, int number) {
    private static final String NUMBER = "[1-9][0-9]{0,8}";
    private static final Pattern FORM = Pattern.compile("([^#]*)#(" + NUMBER + ")");
    private static final Pattern CIPHERTEXT = Pattern.compile("vault:v(" + NUMBER + "):([A-Za-z0-9+/]+={0,2})");
    private static final int LONGEST = 600;

    /**
     * A version's name.
     *
     * @throws IllegalArgumentException if the number is not in 1 .. 999 999 999
     */
    public TransitVersion {
        Objects.requireNonNull(key, "key");
        if (number < 1 || number > 999_999_999) {
            throw new IllegalArgumentException("a version of a transit key is 1 .. 999999999, not " + number);
        }
    }

    /**
     * The version that {@code text} names, in its one spelling.
     *
     * @throws IllegalArgumentException if it names none
     */
    public static TransitVersion parse(String text) {
        Matcher form = FORM.matcher(text);
        if (text.length() > LONGEST || !form.matches()) {
            throw new IllegalArgumentException("a transit version is named by mount, '/', key, '#' and a number");
        }
        return new TransitVersion(TransitKey.parse(form.group(1)), Integer.parseInt(form.group(2)));
    }

    /**
     * The version that {@code value} names.
     *
     * @throws IllegalArgumentException if it names none; the message holds nothing of it
     */
    public static TransitVersion of(SecretValue value) {
        return parse(value.reveal(bytes -> new String(bytes, StandardCharsets.ISO_8859_1)));
    }

    /** This name as the value of a secret's version; the caller owns it. */
    public SecretValue toValue() {
        return SecretValue.copyOf(toString().getBytes(StandardCharsets.US_ASCII));
    }

    /** Whether {@code ciphertext} says that this version made it, in the one spelling of such a text. */
    boolean isNamedBy(String ciphertext) {
        Matcher form = CIPHERTEXT.matcher(ciphertext);
        return form.matches() && Integer.parseInt(form.group(1)) == number && isCanonical(form.group(2));
    }

    /** The key, {@code #} and the number. */
    @Override
    public String toString() {
        return key + "#" + number;
    }

    private static boolean isCanonical(String base64) {
        try {
            return Base64.getEncoder()
                    .encodeToString(Base64.getDecoder().decode(base64))
                    .equals(base64);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
