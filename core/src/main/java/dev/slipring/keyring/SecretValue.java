package dev.slipring.keyring;

import java.lang.invoke.VarHandle;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.Function;

/**
 * The secret bytes of one version.
 *
 * <p>Bytes are copied in and never handed out except through {@link #reveal} and {@link #copyBytes}, whose
 * names are there to be searched for. Equality takes the same time wherever two values of one length
 * differ; the hash code depends on the length alone; {@link #toString()} shows the length alone.
 *
 * <p>Ownership: whoever creates a value wipes it. Values inside a {@link Keyring} belong to the
 * {@link RotatingSecret} that published it. Wiping is best effort: the virtual machine may have
 * moved the array before.
 *
 * <p>Safe for use by several threads.
 */
public final class SecretValue {
    /** The longest value, in bytes: the smallest limit among the stores that are supported. */
    public static final int MAX_LENGTH = 48 * 1024;

    private final byte[] bytes;
    private volatile boolean wiped;

    private SecretValue(byte[] bytes) {
        this.bytes = bytes;
    }

    /**
     * A value of its own copy of {@code bytes}; the caller keeps the array and wipes it.
     *
     * @throws IllegalArgumentException if there are no bytes or more than {@link #MAX_LENGTH}
     */
    public static SecretValue copyOf(byte[] bytes) {
        Objects.requireNonNull(bytes, "bytes");
        if (bytes.length == 0) {
            throw new IllegalArgumentException("a secret value cannot be empty");
        }
        if (bytes.length > MAX_LENGTH) {
            throw new IllegalArgumentException(
                    "a secret value of " + bytes.length + " bytes is over the limit of " + MAX_LENGTH);
        }
        return new SecretValue(bytes.clone());
    }

    /** Length in bytes. */
    public int length() {
        return bytes.length;
    }

    /**
     * Calls {@code use} with a copy of the bytes and wipes that copy when it returns.
     *
     * @throws IllegalStateException if the value was wiped
     */
    public <R> R reveal(Function<byte[], R> use) {
        byte[] copy = copyBytes();
        try {
            return use.apply(copy);
        } finally {
            Arrays.fill(copy, (byte) 0);
        }
    }

    /**
     * A copy of the bytes, owned and wiped by the caller.
     *
     * @throws IllegalStateException if the value was wiped
     */
    public byte[] copyBytes() {
        byte[] copy = bytes.clone();
        VarHandle.loadLoadFence(); // a copy that saw a wiped byte must see the flag as well
        if (wiped) {
            throw new IllegalStateException("the secret value was wiped");
        }
        return copy;
    }

    /** Another value of the same bytes, owned by the caller. */
    public SecretValue copy() {
        return new SecretValue(copyBytes());
    }

    /** Overwrites the bytes; the value cannot be used afterwards. May be called again. */
    public void wipe() {
        wiped = true;
        VarHandle.storeStoreFence();
        Arrays.fill(bytes, (byte) 0);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SecretValue that && !wiped && !that.wiped && MessageDigest.isEqual(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return bytes.length;
    }

    @Override
    public String toString() {
        return "SecretValue[" + bytes.length + " bytes]";
    }
}
