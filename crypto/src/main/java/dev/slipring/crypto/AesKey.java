package dev.slipring.crypto;

import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import java.io.Serial;
import java.lang.invoke.VarHandle;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.SecretKey;

/**
 * An AES key that can be wiped, which the JDK's {@code SecretKeySpec} cannot. A cipher that asks for the
 * bytes of a wiped key gets a {@link Wiped}, never zeros: a key may be dropped between being looked up and
 * being used. Safe for use by several threads.
 */
final class AesKey implements SecretKey {
    @Serial
    private static final long serialVersionUID = 1L;

    private final transient byte[] bytes;
    private transient volatile boolean wiped;

    /** The key was dropped after it was looked up; whoever sees this looks it up again. */
    static final class Wiped extends IllegalStateException {
        @Serial
        private static final long serialVersionUID = 1L;

        Wiped() {
            super("the key was wiped");
        }
    }

    /** A key that owns {@code bytes} from now on. */
    AesKey(byte[] bytes) {
        this.bytes = bytes;
    }

    /** In bytes. */
    int length() {
        return bytes.length;
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
        byte[] copy = bytes.clone();
        // Whoever copied a zero of destroy() also sees its flag.
        VarHandle.acquireFence();
        if (wiped) {
            throw new Wiped();
        }
        return copy;
    }

    @Override
    public void destroy() {
        wiped = true;
        VarHandle.fullFence();
        Arrays.fill(bytes, (byte) 0);
    }

    @Override
    public boolean isDestroyed() {
        return wiped;
    }

    /** Whether this key has the bytes of {@code other}; takes the same time wherever they differ. */
    boolean sameAs(AesKey other) {
        return !wiped && !other.wiped && MessageDigest.isEqual(bytes, other.bytes);
    }

    @Override
    public String toString() {
        return wiped ? "AesKey[wiped]" : "AesKey[" + bytes.length + " bytes]";
    }

    @Serial
    private void writeObject(ObjectOutputStream out) throws NotSerializableException {
        throw new NotSerializableException(AesKey.class.getName());
    }
}
