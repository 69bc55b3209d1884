package dev.slipring.store;

import java.util.Arrays;
import java.util.HexFormat;

/**
 * What a data key is found by: 32 bytes that only this one key gives, and that give nothing of it away. Ordered by
 * its bytes, read as unsigned numbers. Immutable and safe for use by several threads.
 */
public final class Commitment implements Comparable<Commitment> {
    /** Length in bytes. */
    public static final int LENGTH = 32;

    private final byte[] bytes;

    private Commitment(byte[] bytes) {
        this.bytes = bytes;
    }

    /**
     * The commitment that is spelled {@code bytes}.
     *
     * @throws IllegalArgumentException if they are not {@link #LENGTH}
     */
    public static Commitment copyOf(byte[] bytes) {
        if (bytes.length != LENGTH) {
            throw new IllegalArgumentException("a commitment has " + LENGTH + " bytes, not " + bytes.length);
        }
        return new Commitment(bytes.clone());
    }

    /** A copy of the bytes. */
    public byte[] bytes() {
        return bytes.clone();
    }

    @Override
    public int compareTo(Commitment other) {
        return Arrays.compareUnsigned(bytes, other.bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Commitment that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /** In hexadecimal, since it is no secret. */
    @Override
    public String toString() {
        return HexFormat.of().formatHex(bytes);
    }
}
