package dev.slipring.jdbc.login;

import dev.slipring.keyring.SecretValue;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Objects;

/**
 * A user name and its password, kept together because they change together.
 *
 * <p>As a secret value a login is, in this order: one byte {@value #FORMAT}, the length of the user name in
 * bytes as two bytes (big-endian), the user name, the password; both are UTF-8.
 *
 * <p>Immutable until wiped by whoever made it, and safe for use by several threads. {@link #toString()} shows the
 * user alone; equality compares passwords in constant time.
 */
public final class Login {
    /** First byte of the encoding. */
    public static final byte FORMAT = 1;

    private static final int HEADER = 3;
    private static final int MAX_USER = 0xffff;

    private final String user;
    private final byte[] password;

    private Login(String user, byte[] password) {
        this.user = user;
        this.password = password;
    }

    /**
     * A login of its own copy of {@code password}; the caller keeps the array and wipes it.
     *
     * @throws IllegalArgumentException if a part is empty, holds NUL or is not UTF-8
     */
    public static Login of(String user, byte[] password) {
        Objects.requireNonNull(user, "user");
        if (user.isEmpty() || user.indexOf('\0') >= 0 || utf8(user).length > MAX_USER) {
            throw new IllegalArgumentException("a login's user name is empty, too long or holds NUL");
        }
        Arrays.fill(passwordChars(password).array(), '\0');
        return new Login(user, password.clone());
    }

    /**
     * A login as a secret value, which the caller owns; {@code Login::encode} is what makes logins of the parts that
     * files or a Vault tell.
     *
     * @param password UTF-8; stays the caller's, who wipes it
     * @throws IllegalArgumentException if a part is empty, holds NUL or is not UTF-8, or both are too long for a value
     */
    public static SecretValue encode(String user, byte[] password) {
        Login login = of(user, password);
        try {
            return login.toValue();
        } finally {
            login.wipe();
        }
    }

    /**
     * The login encoded in {@code value}.
     *
     * @throws IllegalArgumentException if the value has another form
     */
    public static Login parse(SecretValue value) {
        return value.reveal(bytes -> {
            int length = bytes.length < HEADER
                    ? 0
                    : Short.toUnsignedInt(ByteBuffer.wrap(bytes).getShort(1));
            if (length == 0 || bytes[0] != FORMAT || bytes.length <= HEADER + length) {
                throw new IllegalArgumentException("the value is not an encoded login");
            }
            byte[] password = Arrays.copyOfRange(bytes, HEADER + length, bytes.length);
            try {
                return of(decode(ByteBuffer.wrap(bytes, HEADER, length)).toString(), password);
            } finally {
                Arrays.fill(password, (byte) 0);
            }
        });
    }

    /** This login as a secret value, which the caller owns. */
    public SecretValue toValue() {
        byte[] name = utf8(user);
        byte[] bytes = new byte[HEADER + name.length + password.length];
        ByteBuffer.wrap(bytes)
                .put(FORMAT)
                .putShort((short) name.length)
                .put(name)
                .put(password);
        try {
            return SecretValue.copyOf(bytes);
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }

    /** The user name; not a secret. */
    public String user() {
        return user;
    }

    /**
     * The password as JDBC wants it. A {@code String} cannot be wiped: keep it no longer than the call that needs it.
     */
    public String revealPassword() {
        return passwordChars(password).toString();
    }

    /** A copy of the password's bytes, owned and wiped by the caller. */
    public byte[] copyPassword() {
        return password.clone();
    }

    /** Overwrites the password; the login cannot be used afterwards. May be called again. */
    public void wipe() {
        Arrays.fill(password, (byte) 0);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Login that && user.equals(that.user) && MessageDigest.isEqual(password, that.password);
    }

    @Override
    public int hashCode() {
        return user.hashCode();
    }

    @Override
    public String toString() {
        return "Login[" + user + "]";
    }

    private static CharBuffer passwordChars(byte[] password) {
        CharBuffer chars = decode(ByteBuffer.wrap(password));
        if (chars.isEmpty() || chars.chars().anyMatch(c -> c == 0)) {
            throw new IllegalArgumentException("a login's password is empty or holds NUL");
        }
        return chars;
    }

    private static CharBuffer decode(ByteBuffer bytes) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(bytes);
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("a login holds bytes that are not UTF-8"); // no cause: it may quote them
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
