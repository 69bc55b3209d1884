package dev.slipring.crypto;

import dev.slipring.crypto.EnvelopeException.Failure;
import dev.slipring.keyring.SecretValue;
import dev.slipring.keyring.UsableVersion;
import dev.slipring.keyring.VersionUse;
import dev.slipring.store.Commitment;
import java.util.Arrays;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A KEK that somebody else holds; the version's value names it. Safe for use by several threads. */
final class RemoteKek extends WrappingKey {
    private final KeyWrapper.Source source;
    private final SecretValue reference;
    private volatile @Nullable KeyWrapper wrapper;
    private volatile String keyId = "that its value names";
    private volatile boolean wiped;

    /** The key that {@code source} finds by the value of {@code version}, which is copied. */
    RemoteKek(int ringId, UsableVersion version, @Nullable VersionUse use, KeyWrapper.Source source) {
        super(ringId, version.number(), use);
        this.source = source;
        reference = version.value().copy();
    }

    /** Whether {@code value} names the same key. */
    boolean isNamedBy(SecretValue value) {
        return !wiped && reference.equals(value);
    }

    @Override
    byte[] wrap(byte[] dek, Suite suite, byte[] commitment) {
        KeyBinding binding = binding(suite, commitment);
        byte[] wrapped = call(() -> wrapper().wrap(dek, binding));
        if (wrapped.length < 1 || wrapped.length > Envelope.MAX_WRAPPED) {
            throw new EnvelopeException(
                    Failure.KEY_UNAVAILABLE,
                    this + ": the remote key " + keyId + " wrapped to " + wrapped.length + " bytes, not 1.."
                            + Envelope.MAX_WRAPPED);
        }
        return wrapped;
    }

    @Override
    byte[] unwrap(WrappedKey key) {
        KeyBinding binding = binding(key.suite(), key.commitment());
        byte[] dek = call(() -> wrapper().unwrap(key.wrapped(), binding));
        if (dek.length != DataKey.LENGTH) {
            Arrays.fill(dek, (byte) 0);
            throw EnvelopeException.tampered();
        }
        return dek;
    }

    @Override
    boolean remote() {
        return true;
    }

    @Override
    void wipe() {
        wiped = true;
        reference.wipe();
        wrapper = null;
    }

    @Override
    boolean wiped() {
        return wiped;
    }

    private KeyBinding binding(Suite suite, byte[] commitment) {
        return new KeyBinding(ringId(), Byte.toUnsignedInt(suite.id()), Commitment.copyOf(commitment));
    }

    /** Found at the first use, not when the ring changes: what the source does is no part of that. */
    private KeyWrapper wrapper() {
        KeyWrapper known = wrapper;
        if (known == null) {
            known = source.wrapper(version(), reference);
            keyId = known.keyId();
            wrapper = known;
        }
        return known;
    }

    private byte[] call(Supplier<byte[]> remote) {
        if (wiped) {
            throw new AesKey.Wiped();
        }
        try {
            return remote.get();
        } catch (KeyRefusedException e) {
            throw new EnvelopeException(
                    Failure.TAMPERED, this + ": the remote key " + keyId + " refused a data key", e);
        } catch (RuntimeException e) {
            if (wiped) {
                throw new AesKey.Wiped();
            }
            throw new EnvelopeException(
                    Failure.KEY_UNAVAILABLE, this + ": the remote key " + keyId + " does not answer", e);
        }
    }
}
