package dev.slipring.crypto.kek;

import dev.slipring.keyring.SecretValue;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What turns one passphrase into one key: parameters of {@link Argon2id} and a salt, none of it secret, to be kept
 * beside the passphrase's place as text, such as {@code $argon2id$v=19$m=65536,t=3,p=4$} and the salt in base64. For a
 * root key that is a passphrase, give what {@link #derive} gives to {@link dev.slipring.crypto.RootKey#of}; a new
 * passphrase is a new version with a derivation of its own.
 *
 * <p>A wrong passphrase derives a wrong key and says nothing: what it is to open tells. Immutable and safe for use by
 * several threads.
 */
public final class Derivation {
    private static final Pattern FORM = Pattern.compile(
            "\\$argon2id\\$v=19\\$m=([1-9][0-9]{0,8}),t=([1-9][0-9]{0,8}),p=([1-9][0-9]?)\\$([A-Za-z0-9+/]{22,86})");
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Argon2id function;
    private final byte[] salt;
    private final String text;

    private Derivation(Argon2id function, byte[] salt) {
        this.function = Objects.requireNonNull(function, "function");
        this.salt = salt;
        text = "$argon2id$v=19$m=" + function.memory() + ",t=" + function.iterations() + ",p=" + function.parallelism()
                + "$" + Base64.getEncoder().withoutPadding().encodeToString(salt);
    }

    /**
     * A derivation for a new passphrase.
     *
     * @param function with which parameters
     * @return one with a random salt of its own
     */
    public static Derivation random(Argon2id function) {
        byte[] salt = new byte[Argon2id.MIN_SALT];
        RANDOM.nextBytes(salt);
        return new Derivation(function, salt);
    }

    /**
     * The derivation that {@code text} spells, as {@link #toString()} does.
     *
     * @param text in its one spelling
     * @return the derivation
     * @throws IllegalArgumentException if it spells none, or its parameters are out of the bounds of {@link Argon2id}
     */
    public static Derivation parse(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            throw new IllegalArgumentException(
                    "a derivation is $argon2id$v=19$m=...,t=...,p=...$ and a salt in base64");
        }
        Argon2id function = Argon2id.of(
                Integer.parseInt(form.group(1)), Integer.parseInt(form.group(2)), Integer.parseInt(form.group(3)));
        Derivation parsed = new Derivation(function, Base64.getDecoder().decode(form.group(4)));
        if (!parsed.text.equals(text)) {
            throw new IllegalArgumentException("the salt of a derivation is in no canonical base64");
        }
        return parsed;
    }

    /**
     * The key that {@code passphrase} stands for.
     *
     * @param passphrase stays the caller's, who wipes it
     * @return 32 bytes, which the caller wipes
     * @throws IllegalArgumentException if the passphrase is none that {@link Argon2id#derive} takes
     */
    public SecretValue derive(char[] passphrase) {
        return function.derive(passphrase, salt);
    }

    /** Parameters and salt, to be stored. */
    @Override
    public String toString() {
        return text;
    }
}
