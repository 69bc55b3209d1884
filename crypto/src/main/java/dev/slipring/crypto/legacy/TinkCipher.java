package dev.slipring.crypto.legacy;

import static java.util.Comparator.comparing;

import dev.slipring.crypto.EnvelopeException;
import dev.slipring.crypto.EnvelopeException.Failure;
import dev.slipring.crypto.legacy.TinkKey.Prefix;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;

/**
 * Reads what Tink's {@code Aead} encrypted under a keyset of AES-GCM and AES-GCM-SIV keys of 128 or 256 bits: with the
 * prefix 01 and key id of Tink's own keys, 00 and key id of CRUNCHY and LEGACY ones, or none of RAW ones. As in Tink,
 * the keys that the prefix names are tried first and RAW ones after them.
 *
 * <p>A keyset with an enabled key of another type is refused as a whole; keys that are disabled or destroyed are
 * known by their status alone. Safe for use by several threads.
 */
public final class TinkCipher implements LegacyCipher {
    private static final String NAME = "tink";
    private static final int LONGEST = TinkKey.PREFIX_LENGTH + AeadKey.OVERHEAD + Refusals.MAX_PLAINTEXT;

    private final List<TinkKey> keys;
    private final Sunset sunset;
    private final boolean raw;
    private final boolean zeroPrefix;

    private TinkCipher(List<TinkKey> keys, Sunset sunset) {
        // A stable order: keys that a prefix names before those without one.
        this.keys = keys.stream()
                .sorted(comparing(key -> key.prefix() == Prefix.RAW))
                .toList();
        this.sunset = Objects.requireNonNull(sunset, "sunset");
        raw = keys.stream().anyMatch(key -> key.prefix() == Prefix.RAW);
        zeroPrefix = keys.stream().anyMatch(key -> key.prefix() == Prefix.CRUNCHY || key.prefix() == Prefix.LEGACY);
    }

    /**
     * A cipher of a cleartext keyset in JSON, as {@code TinkJsonProtoKeysetFormat} writes it.
     *
     * @param keyset stays the caller's, who wipes it
     * @param sunset until when the cipher reads
     * @return the cipher
     * @throws IllegalArgumentException if it is no such keyset, is encrypted, or has an enabled key of another type
     */
    public static TinkCipher ofJson(byte[] keyset, Sunset sunset) {
        return new TinkCipher(TinkKeyset.readJson(keyset), sunset);
    }

    /**
     * A cipher of a cleartext keyset in binary, as {@code TinkProtoKeysetFormat} writes it.
     *
     * @param keyset stays the caller's, who wipes it
     * @param sunset until when the cipher reads
     * @return the cipher
     * @throws IllegalArgumentException if it is no such keyset or has an enabled key of another type
     */
    public static TinkCipher ofBinary(byte[] keyset, Sunset sunset) {
        return new TinkCipher(TinkKeyset.readBinary(keyset), sunset);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Sunset sunset() {
        return sunset;
    }

    /** {@code TAG} if a key of the keyset is RAW, else {@code MARK}. */
    @Override
    public Evidence evidence() {
        return raw ? Evidence.TAG : Evidence.MARK;
    }

    @Override
    public boolean recognises(byte[] stored) {
        return isPrefixed(stored) || (raw && stored.length >= AeadKey.OVERHEAD && stored.length <= LONGEST);
    }

    @Override
    public byte[] decrypt(byte[] stored, byte[] associatedData) {
        sunset.check(NAME);
        Refusals.requireLength(NAME, stored.length, AeadKey.OVERHEAD, LONGEST);
        EnvelopeException refusal = null;
        for (TinkKey key : keys) {
            if (key.mayHaveMade(stored)) {
                byte[] plaintext = key.open(stored, associatedData);
                if (plaintext != null) {
                    return plaintext;
                }
                refusal = refusal == null ? refusal(key) : refusal;
            }
        }
        throw refusal != null ? refusal : unnamed(stored);
    }

    @Override
    public void close() {
        keys.forEach(TinkKey::wipe);
    }

    @Override
    public String toString() {
        return "TinkCipher[keys " + keys + ", " + sunset + "]";
    }

    private boolean isPrefixed(byte[] stored) {
        return stored.length >= TinkKey.PREFIX_LENGTH + AeadKey.OVERHEAD
                && stored.length <= LONGEST
                && (stored[0] == 1 || (zeroPrefix && stored[0] == 0));
    }

    private static EnvelopeException refusal(TinkKey key) {
        return switch (key.status()) {
            case DISABLED -> new EnvelopeException(Failure.DISABLED, NAME + ": key " + key);
            case DESTROYED -> new EnvelopeException(Failure.DESTROYED, NAME + ": key " + key);
            default -> Refusals.tampered(NAME);
        };
    }

    private EnvelopeException unnamed(byte[] stored) {
        return isPrefixed(stored)
                ? Refusals.unknown(
                        NAME,
                        "key "
                                + Integer.toUnsignedString(
                                        ByteBuffer.wrap(stored).getInt(1)))
                : Refusals.malformed(NAME, "the prefix is none of this keyset's");
    }
}
