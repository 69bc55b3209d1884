package dev.slipring.jdbc.login;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * What MariaDB stores in place of a password for {@code mysql_native_password}: {@code *} and SHA-1 of SHA-1 in
 * hex. That is weak for passwords that people choose, and no weaker than its input for 256 random bits.
 */
final class NativePassword {
    private static final Pattern FORM = Pattern.compile("\\*[0-9A-F]{40}");

    private NativePassword() {}

    static String hash(Login login) {
        byte[] password = login.copyPassword();
        byte[] once = digest("SHA-1", password);
        try {
            return checked("*" + HexFormat.of().withUpperCase().formatHex(digest("SHA-1", once)));
        } finally {
            Arrays.fill(password, (byte) 0);
            Arrays.fill(once, (byte) 0);
        }
    }

    /** {@code hash}, known to have the form of one; anything else would be a password that nobody knows. */
    static String checked(String hash) {
        if (!FORM.matcher(hash).matches()) {
            throw new IllegalArgumentException("not a hash for mysql_native_password (content withheld)");
        }
        return hash;
    }

    /** Tells hashes apart without being one: the first 16 bytes of SHA-256 in hex. */
    static String fingerprint(String hash) {
        byte[] digest = digest("SHA-256", hash.getBytes(StandardCharsets.US_ASCII));
        return HexFormat.of().formatHex(digest, 0, 16);
    }

    static byte[] digest(String algorithm, byte[] data) {
        try {
            return MessageDigest.getInstance(algorithm).digest(data);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java runtime lacks " + algorithm, e);
        }
    }
}
