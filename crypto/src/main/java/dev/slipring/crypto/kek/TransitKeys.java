package dev.slipring.crypto.kek;

import dev.slipring.crypto.KeyBinding;
import dev.slipring.crypto.KeyRefusedException;
import dev.slipring.crypto.KeyWrapper;
import dev.slipring.keyring.SecretValue;
import dev.slipring.vault.TransitClient;
import dev.slipring.vault.TransitVersion;
import dev.slipring.vault.VaultException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * KEKs that the transit engine of HashiCorp Vault or OpenBao holds. The value of each version of the ring names a
 * version of a transit key, as {@code transit/payments#3}: what a {@link dev.slipring.vault.TransitIssuer} mints, or
 * {@link TransitVersion#toValue} gives. Wrapped data keys are the engine's ciphertext in ASCII, bound to their {@link
 * KeyBinding} as associated data.
 *
 * <p>A data key is refused if its text is not the one spelling of a ciphertext of this very version, or the server says
 * that it does not authenticate. Whatever else keeps the server from answering is a {@link VaultException} of its kind,
 * and the data key is unavailable meanwhile. A client's deadline belongs below {@link
 * dev.slipring.crypto.KeySupply#patience}.
 *
 * <p>Safe for use by several threads. The client stays the caller's to close.
 */
public final class TransitKeys implements KeyWrapper.Source {
    private final TransitClient transit;

    private TransitKeys(TransitClient transit) {
        this.transit = transit;
    }

    /**
     * The keys of the server that {@code transit} asks.
     *
     * @param transit the engine
     * @return a source for an encryptor
     */
    public static TransitKeys of(TransitClient transit) {
        return new TransitKeys(Objects.requireNonNull(transit, "transit"));
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalArgumentException if the value names no transit version
     */
    @Override
    public KeyWrapper wrapper(int version, SecretValue reference) {
        return new Key(TransitVersion.of(reference));
    }

    @Override
    public String toString() {
        return "TransitKeys[" + transit + "]";
    }

    private final class Key implements KeyWrapper {
        private final TransitVersion version;

        Key(TransitVersion version) {
            this.version = version;
        }

        @Override
        public String keyId() {
            return version.toString();
        }

        @Override
        public byte[] wrap(byte[] dek, KeyBinding binding) {
            return transit.encrypt(version, dek, binding.encoded()).getBytes(StandardCharsets.US_ASCII);
        }

        @Override
        public byte[] unwrap(byte[] wrapped, KeyBinding binding) {
            try {
                return transit.decrypt(version, new String(wrapped, StandardCharsets.ISO_8859_1), binding.encoded());
            } catch (VaultException e) {
                if (e.kind() == VaultException.Kind.REFUSED) {
                    throw new KeyRefusedException("the transit key " + version + " refused a data key", e);
                }
                throw e;
            }
        }

        @Override
        public String toString() {
            return "TransitKey[" + version + "]";
        }
    }
}
