package dev.slipring.crypto;

import dev.slipring.keyring.VersionUse;
import org.jspecify.annotations.Nullable;

/**
 * What one version of one ring wraps data keys with. Two objects are never equal, so an object stands for ring,
 * version and value. Safe for use by several threads.
 */
abstract sealed class WrappingKey permits Kek, RemoteKek {
    private final int ringId;
    private final int version;
    private final @Nullable VersionUse use;

    WrappingKey(int ringId, int version, @Nullable VersionUse use) {
        this.ringId = ringId;
        this.version = version;
        this.use = use;
    }

    final int ringId() {
        return ringId;
    }

    final int version() {
        return version;
    }

    /** Notes and counts that this key wrapped a data key, to encrypt with it or because its KEK retires. */
    final void wrapped() {
        if (use != null) {
            use.produced();
        }
    }

    /** Notes that an envelope under this key was made; too often to be counted. */
    final void produced() {
        if (use != null) {
            use.mark();
        }
    }

    /** Counts that this key unwrapped a data key. */
    final void unwrapped() {
        if (use != null) {
            use.accepted();
        }
    }

    /**
     * {@code dek} wrapped, of which {@code suite} makes the commitment.
     *
     * @throws EnvelopeException {@code KEY_UNAVAILABLE} if the key does not answer
     */
    abstract byte[] wrap(byte[] dek, Suite suite, byte[] commitment);

    /**
     * The DEK in {@code key}, owned and wiped by the caller; whether it makes the commitment is not checked.
     *
     * @throws EnvelopeException {@code MALFORMED} or {@code TAMPERED} if this key did not wrap it, or did not wrap a
     *     DEK, {@code KEY_UNAVAILABLE} if the key does not answer
     */
    abstract byte[] unwrap(WrappedKey key);

    /** Whether using the key is a call to somebody else. */
    abstract boolean remote();

    /** Wipes the key; a call that comes later, or comes in between, ends in {@link AesKey.Wiped}. */
    abstract void wipe();

    abstract boolean wiped();

    @Override
    public final String toString() {
        return "ring " + Integer.toUnsignedString(ringId) + " version " + version;
    }
}
