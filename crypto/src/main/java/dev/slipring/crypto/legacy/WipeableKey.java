package dev.slipring.crypto.legacy;

import dev.slipring.keyring.SecretValue;
import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import java.io.Serial;
import java.util.Arrays;
import javax.crypto.SecretKey;

/**
 * An AES key that can be wiped, which the JDK's {@code SecretKeySpec} cannot. Whoever asks for the bytes of a wiped
 * key gets an {@link IllegalStateException}, never zeros. Safe for use by several threads.
 */
final class WipeableKey implements SecretKey {
    @Serial
    private static final long serialVersionUID = 1L;

    private final transient SecretValue value;

    private WipeableKey(SecretValue value) {
        this.value = value;
    }

    /**
     * A key of its own copy of {@code bytes}.
     *
     * @throws IllegalArgumentException if {@code bytes} are no key of {@code shortest} to 32 bytes for AES
     */
    static WipeableKey copyOf(byte[] bytes, int shortest) {
        if ((bytes.length != 16 && bytes.length != 32) || bytes.length < shortest) {
            throw new IllegalArgumentException("a key of " + bytes.length + " bytes");
        }
        return new WipeableKey(SecretValue.copyOf(bytes));
    }

    /** A key of {@code bytes}, which are wiped. */
    static WipeableKey taking(byte[] bytes) {
        try {
            return copyOf(bytes, 0);
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }

    @Override
    public String getAlgorithm() {
        return "AES";
    }

    @Override
    public String getFormat() {
        return "RAW";
    }

    @Override
    public byte[] getEncoded() {
        return value.copyBytes();
    }

    @Override
    public void destroy() {
        value.wipe();
    }

    @Override
    public String toString() {
        return "WipeableKey[" + value.length() + " bytes]";
    }

    @Serial
    private void writeObject(ObjectOutputStream out) throws NotSerializableException {
        throw new NotSerializableException(WipeableKey.class.getName());
    }
}
