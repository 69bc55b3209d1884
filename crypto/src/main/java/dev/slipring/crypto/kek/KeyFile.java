package dev.slipring.crypto.kek;

import dev.slipring.keyring.SecretValue;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.pkcs.PKCSException;
import org.jspecify.annotations.Nullable;

/**
 * A file with a key, from which the value of a KEK is made.
 *
 * <p>A <em>secret key</em> (AES or HMAC, in PKCS#12) of at least 32 bytes is the value as it is. A <em>private
 * key</em> (RSA of 3072 bits or more, an elliptic curve of 256 bits or more by name, Ed25519, Ed448, X25519, X448)
 * gives a value of 32 bytes: {@code HKDF-SHA256(salt = "slipring/kek/private-key", ikm = DER of its PKCS#8, info =
 * "", 32)}, where that PKCS#8 has no attributes and no public key, so the value is the same whether the key lies in
 * PEM, PKCS#8 or PKCS#12, encrypted or not. An RSA key keeps the order of its primes. The private key itself is
 * neither stored nor needed afterwards. Such a value is no stronger than the private key is against whoever has the
 * public one: about 128 bits for the smallest, and none against a quantum computer. So prefer a secret key, and take
 * a private key only if it serves nothing else.
 *
 * <p>Files have up to 64 KiB. Their passwords may cost 3 million iterations in all, or scrypt within 64 MiB; what asks
 * for more is refused before the work is done. Key stores in JKS and JCEKS, OpenSSH keys and encryption by MD5 are
 * refused by name.
 *
 * <p>Passwords stay the caller's, who wipes them. Parsing leaves copies in memory that cannot be wiped. Not safe for
 * use by several threads.
 */
public final class KeyFile implements AutoCloseable {
    /** The longest file, in bytes. */
    public static final int MAX_LENGTH = 64 * 1024;

    private final String name;
    private final byte[] bytes;
    private boolean closed;

    /** One way to make a value of the bytes. */
    private interface Reading {
        PrivateKeyInfo key() throws IOException, PKCSException, RefusedKeyException;
    }

    private KeyFile(String name, byte[] bytes) {
        this.name = name;
        this.bytes = bytes;
    }

    /**
     * Reads {@code file}.
     *
     * @param file its path is the name in messages
     * @return the file, to be closed
     * @throws IOException if it cannot be read
     * @throws IllegalArgumentException if it is empty or longer than {@link #MAX_LENGTH}
     */
    public static KeyFile read(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_LENGTH + 1);
            try {
                return of(file.toString(), bytes);
            } finally {
                Arrays.fill(bytes, (byte) 0);
            }
        }
    }

    /**
     * A file whose bytes came some other way.
     *
     * @param name what it is called in messages
     * @param bytes its content, which is copied and stays the caller's
     * @return the file, to be closed
     * @throws IllegalArgumentException if it is empty or longer than {@link #MAX_LENGTH}
     */
    public static KeyFile of(String name, byte[] bytes) {
        Objects.requireNonNull(name, "name");
        if (bytes.length == 0 || bytes.length > MAX_LENGTH) {
            throw new IllegalArgumentException(name + ": a key file has 1 to " + MAX_LENGTH + " bytes");
        }
        return new KeyFile(name, bytes.clone());
    }

    /**
     * The value of the one private key in a PEM file, unencrypted: PKCS#8, or the older forms of RSA and EC keys.
     *
     * @return a value, which the caller wipes
     * @throws IllegalArgumentException if the key is encrypted, refused or not there
     */
    public SecretValue pem() {
        return value("PEM", () -> Pkcs8.pem(bytes, null));
    }

    /**
     * The value of the one private key in a PEM file, encrypted as PKCS#8.
     *
     * @param password stays the caller's
     * @return a value, which the caller wipes
     * @throws IllegalArgumentException if the password is wrong, or the key is not encrypted, refused or not there
     */
    public SecretValue pem(char[] password) {
        Objects.requireNonNull(password, "password");
        return value("PEM", () -> Pkcs8.pem(bytes, password));
    }

    /**
     * The value of a private key in DER, unencrypted, as PKCS#8.
     *
     * @return a value, which the caller wipes
     * @throws IllegalArgumentException if the key is encrypted, refused or not there
     */
    public SecretValue pkcs8() {
        return value("PKCS#8", () -> Pkcs8.der(bytes, null));
    }

    /**
     * The value of a private key in DER, encrypted as PKCS#8.
     *
     * @param password stays the caller's
     * @return a value, which the caller wipes
     * @throws IllegalArgumentException if the password is wrong, or the key is not encrypted, refused or not there
     */
    public SecretValue pkcs8(char[] password) {
        Objects.requireNonNull(password, "password");
        return value("PKCS#8", () -> Pkcs8.der(bytes, password));
    }

    /**
     * The value of the one key, secret or private, in a PKCS#12 file with a MAC, which is checked. The password of
     * the file is that of its key.
     *
     * @param password stays the caller's
     * @return a value, which the caller wipes
     * @throws IllegalArgumentException if the password is wrong, or the key is refused, not there or not alone
     */
    public SecretValue pkcs12(char[] password) {
        Objects.requireNonNull(password, "password");
        return value("PKCS#12", () -> new Pkcs12(password, null).key(bytes));
    }

    /**
     * The same for the key called {@code alias}, among any number.
     *
     * @param password stays the caller's
     * @param alias its friendly name; upper and lower case are the same
     * @return a value, which the caller wipes
     * @throws IllegalArgumentException if the password is wrong, or the key is refused, not there or not alone
     */
    public SecretValue pkcs12(char[] password, String alias) {
        Objects.requireNonNull(password, "password");
        Objects.requireNonNull(alias, "alias");
        return value("PKCS#12", () -> new Pkcs12(password, alias).key(bytes));
    }

    /** Wipes the bytes. May be called again. */
    @Override
    public void close() {
        closed = true;
        Arrays.fill(bytes, (byte) 0);
    }

    @Override
    public String toString() {
        return "KeyFile[" + name + ", " + bytes.length + " bytes]";
    }

    /** Causes are left out: what a parser says may quote what it read. */
    private SecretValue value(String kind, Reading reading) {
        if (closed) {
            throw new IllegalStateException(name + " is closed");
        }
        @Nullable String reason;
        try {
            return KeyMaterial.value(reading.key());
        } catch (RefusedKeyException e) {
            reason = e.getMessage();
        } catch (IOException | PKCSException | RuntimeException e) {
            reason = "is no " + kind + " file with a key, or is damaged";
        }
        throw new IllegalArgumentException(name + " " + reason);
    }
}
