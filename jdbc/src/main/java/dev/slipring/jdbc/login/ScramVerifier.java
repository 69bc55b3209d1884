package dev.slipring.jdbc.login;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.ShortBufferException;
import javax.crypto.spec.SecretKeySpec;

/**
 * What PostgreSQL stores in place of a password: a SCRAM-SHA-256 verifier (RFC 5802, RFC 7677), from which
 * the password cannot be had back. Made here, so that the password never travels in a statement.
 *
 * <p>The password must be printable ASCII, on which SASLprep changes nothing.
 */
final class ScramVerifier {
    static final int ITERATIONS = 4096;
    static final int SALT_LENGTH = 16;

    /** PostgreSQL takes whatever does not look like this for a clear password, and stores it hashed. */
    private static final Pattern FORM = Pattern.compile(
            "SCRAM-SHA-256\\$[1-9][0-9]{3,6}:[A-Za-z0-9+/]{22}==\\$[A-Za-z0-9+/]{43}=:[A-Za-z0-9+/]{43}=");

    private ScramVerifier() {}

    /**
     * A verifier of {@code password} under a random salt.
     *
     * @throws IllegalArgumentException if the password is empty or holds anything but printable ASCII
     */
    static String of(byte[] password, SecureRandom random) {
        byte[] salt = new byte[SALT_LENGTH];
        random.nextBytes(salt);
        return of(password, salt, ITERATIONS);
    }

    static String of(byte[] password, byte[] salt, int iterations) {
        for (byte b : password) {
            if (b < 0x20 || b > 0x7e) {
                throw new IllegalArgumentException("the password is not printable ASCII");
            }
        }
        try {
            byte[] salted = hi(password, salt, iterations);
            byte[] clientKey = hmac(salted).doFinal(ascii("Client Key"));
            byte[] serverKey = hmac(salted).doFinal(ascii("Server Key"));
            byte[] storedKey = MessageDigest.getInstance("SHA-256").digest(clientKey);
            Arrays.fill(salted, (byte) 0);
            Arrays.fill(clientKey, (byte) 0);
            Base64.Encoder base64 = Base64.getEncoder();
            return checked("SCRAM-SHA-256$" + iterations + ":" + base64.encodeToString(salt) + "$"
                    + base64.encodeToString(storedKey) + ":" + base64.encodeToString(serverKey));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java runtime lacks SHA-256", e);
        }
    }

    /** {@code verifier}, known to have the form of one. */
    static String checked(String verifier) {
        if (!FORM.matcher(verifier).matches()) {
            throw new IllegalArgumentException("not a SCRAM-SHA-256 verifier (content withheld)");
        }
        return verifier;
    }

    /** {@code text} with everything that looks like a verifier, whole or cut, replaced. */
    static String scrub(String text) {
        return text.replaceAll("(?i)SCRAM-SHA-256\\S*", "[verifier]");
    }

    /** PBKDF2 with HMAC-SHA-256 for one block, over bytes rather than the characters that the JDK's wants. */
    private static byte[] hi(byte[] password, byte[] salt, int iterations) throws GeneralSecurityException {
        Mac mac = hmac(password);
        mac.update(salt);
        byte[] u = mac.doFinal(new byte[] {0, 0, 0, 1});
        byte[] result = u.clone();
        for (int i = 1; i < iterations; i++) {
            next(mac, u);
            for (int j = 0; j < result.length; j++) {
                result[j] ^= u[j];
            }
        }
        return result;
    }

    private static void next(Mac mac, byte[] u) throws ShortBufferException {
        mac.update(u);
        mac.doFinal(u, 0);
    }

    private static Mac hmac(byte[] key) throws GeneralSecurityException {
        if (key.length == 0) {
            throw new IllegalArgumentException("the password is empty");
        }
        Mac mac = Mac.getInstance("HmacSHA256");
        try {
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
        } catch (InvalidKeyException e) {
            throw new IllegalStateException("HmacSHA256 refused a key", e);
        }
        return mac;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
