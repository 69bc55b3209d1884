package dev.slipring.jdbc.store;

import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretValue;
import dev.slipring.store.ValueSealer;
import java.util.Optional;

/** Turns every bit around, behind a mark: enough to tell what was sealed from what was not. */
final class FlippingSealer implements ValueSealer {
    private static final byte MARK = 42;

    @Override
    public SecretValue seal(SecretName secret, int version, SecretValue value) {
        byte[] bytes = value.copyBytes();
        byte[] sealed = new byte[bytes.length + 1];
        sealed[0] = MARK;
        for (int i = 0; i < bytes.length; i++) {
            sealed[i + 1] = (byte) ~bytes[i];
        }
        return SecretValue.copyOf(sealed);
    }

    @Override
    public SecretValue open(SecretName secret, int version, SecretValue sealed) {
        byte[] bytes = sealed.copyBytes();
        byte[] opened = new byte[bytes.length - 1];
        for (int i = 0; i < opened.length; i++) {
            opened[i] = (byte) ~bytes[i + 1];
        }
        return SecretValue.copyOf(opened);
    }

    @Override
    public Optional<SecretValue> reseal(SecretName secret, int version, SecretValue sealed) {
        return Optional.empty();
    }

    @Override
    public int rootVersion(SecretName secret, int version, SecretValue sealed) {
        return 1;
    }

    @Override
    public boolean isSealed(SecretValue stored) {
        return stored.copyBytes()[0] == MARK;
    }
}
