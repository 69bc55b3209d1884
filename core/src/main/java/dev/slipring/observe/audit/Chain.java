package dev.slipring.observe.audit;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.slipring.keyring.SecretValue;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * How the lines of a trail hold together. A line is a JSON object whose last member is {@code hash}: 64 hexadecimal
 * digits of SHA-256, or HMAC-SHA-256 under the trail's key, over all bytes of the line before that member. Those
 * contain the hash of the line before, so that a hash stands for the whole trail up to its line. Bytes are hashed as
 * they stand in the file, which leaves nothing to agree on but the file. Safe for use by several threads.
 */
final class Chain {
    /** The hash before the first line. */
    static final String START = "0".repeat(64);

    private static final byte[] MEMBER = ",\"hash\":\"".getBytes(US_ASCII);
    private static final byte[] END = "\"}".getBytes(US_ASCII);
    private static final int TAIL = MEMBER.length + START.length() + END.length;

    private final @Nullable SecretValue key;

    private Chain(@Nullable SecretValue key) {
        this.key = key;
    }

    /** The chain under {@code key}, which stays the caller's; without one anybody can compute it. */
    static Chain under(@Nullable SecretValue key) {
        return new Chain(key);
    }

    /** The line that {@code object}, the text of a JSON object with members, becomes, without a line break. */
    byte[] sealed(byte[] object) {
        byte[] body = Arrays.copyOf(object, object.length - 1);
        byte[] line = Arrays.copyOf(body, body.length + TAIL);
        System.arraycopy(MEMBER, 0, line, body.length, MEMBER.length);
        byte[] hash = HexFormat.of().formatHex(hash(body)).getBytes(US_ASCII);
        System.arraycopy(hash, 0, line, body.length + MEMBER.length, hash.length);
        System.arraycopy(END, 0, line, line.length - END.length, END.length);
        return line;
    }

    /** The hash that {@code line} states, if it has the form of a line. */
    static Optional<String> stated(byte[] line) {
        int body = line.length - TAIL;
        if (body < 1
                || !Arrays.equals(line, body, body + MEMBER.length, MEMBER, 0, MEMBER.length)
                || !Arrays.equals(line, line.length - END.length, line.length, END, 0, END.length)) {
            return Optional.empty();
        }
        String hash = new String(line, body + MEMBER.length, START.length(), US_ASCII);
        return hash.matches("[0-9a-f]{64}") ? Optional.of(hash) : Optional.empty();
    }

    /** Whether {@code line} states the hash of its own bytes. */
    boolean isSound(byte[] line) {
        return stated(line)
                .filter(hash -> MessageDigest.isEqual(
                        HexFormat.of().parseHex(hash), hash(Arrays.copyOf(line, line.length - TAIL))))
                .isPresent();
    }

    private byte[] hash(byte[] body) {
        return key == null ? sha256(body) : key.reveal(bytes -> hmac(bytes, body));
    }

    static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static byte[] hmac(byte[] key, byte[] body) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(body);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has HMAC-SHA-256", e);
        }
    }
}
