package dev.slipring.crypto;

import java.util.Arrays;

/**
 * A wrapped DEK with all that says how to open it: suite, ring, KEK version, commitment. It stands in an inline
 * envelope, or in a data-key record. A claim until it is opened. Immutable; not secret.
 */
final class WrappedKey {
    private final EnvelopeHeader header;
    private final Suite suite;
    private final int wrappedLength;
    private final byte[] wrappedAndCommitment;

    /** One whose wrapped DEK and commitment stand in one array, which it owns from now on. */
    WrappedKey(Suite suite, EnvelopeHeader header, int wrappedLength, byte[] wrappedAndCommitment) {
        this.suite = suite;
        this.header = header;
        this.wrappedLength = wrappedLength;
        this.wrappedAndCommitment = wrappedAndCommitment;
    }

    /** The same commitment, with the DEK as {@code kek} wraps it. */
    WrappedKey wrappedBy(WrappingKey kek, byte[] wrapped) {
        return of(suite, kek, wrapped, commitment());
    }

    /** A DEK that {@code kek} wrapped. */
    static WrappedKey of(Suite suite, WrappingKey kek, byte[] wrapped, byte[] commitment) {
        byte[] both = Arrays.copyOf(wrapped, wrapped.length + commitment.length);
        System.arraycopy(commitment, 0, both, wrapped.length, commitment.length);
        return new WrappedKey(suite, new EnvelopeHeader(suite.id(), kek.ringId(), kek.version()), wrapped.length, both);
    }

    Suite suite() {
        return suite;
    }

    EnvelopeHeader header() {
        return header;
    }

    /** A copy of the wrapped DEK. */
    byte[] wrapped() {
        return Arrays.copyOf(wrappedAndCommitment, wrappedLength);
    }

    /** A copy of the commitment. */
    byte[] commitment() {
        return Arrays.copyOfRange(wrappedAndCommitment, wrappedLength, wrappedAndCommitment.length);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof WrappedKey that
                && suite == that.suite
                && wrappedLength == that.wrappedLength
                && header.equals(that.header)
                && Arrays.equals(wrappedAndCommitment, that.wrappedAndCommitment);
    }

    /** Four bytes of the commitment, a hash already; who cannot unwrap cannot add colliding entries to a cache. */
    @Override
    public int hashCode() {
        byte[] b = wrappedAndCommitment;
        return b[wrappedLength] << 24
                | (b[wrappedLength + 1] & 0xFF) << 16
                | (b[wrappedLength + 2] & 0xFF) << 8
                | (b[wrappedLength + 3] & 0xFF);
    }

    @Override
    public String toString() {
        return "WrappedKey[" + header + ", " + wrappedLength + " bytes]";
    }
}
