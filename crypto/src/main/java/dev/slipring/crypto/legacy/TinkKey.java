package dev.slipring.crypto.legacy;

import java.nio.ByteBuffer;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import org.jspecify.annotations.Nullable;

/**
 * One key of a keyset: its identifier, the prefix of what it encrypts, and whether it may be used. Safe for use by
 * several threads.
 */
final class TinkKey {
    /** Length of a prefix that names a key: a byte and the key's identifier. */
    static final int PREFIX_LENGTH = 5;

    private static final String TYPES = "type.googleapis.com/google.crypto.tink.";
    private static final int KEY_VALUE = 3;

    private final int id;
    private final Prefix prefix;
    private final Status status;
    private final @Nullable AeadKey key;

    /** In the order of their numbers in a binary keyset. */
    enum Status {
        UNKNOWN_STATUS,
        ENABLED,
        DISABLED,
        DESTROYED
    }

    /** How ciphertext begins, in the order of their numbers in a binary keyset. */
    enum Prefix {
        UNKNOWN_PREFIX,
        TINK,
        LEGACY,
        RAW,
        CRUNCHY
    }

    private TinkKey(int id, Prefix prefix, Status status, @Nullable AeadKey key) {
        this.id = id;
        this.prefix = prefix;
        this.status = status;
        this.key = key;
    }

    /**
     * A key as a keyset has it.
     *
     * @param type the type's URL
     * @param value the key as a serialized message, read if the key is enabled, and wiped
     * @throws IllegalArgumentException if an enabled key is not of AES-GCM or AES-GCM-SIV, naming its type, or broken
     */
    static TinkKey of(int id, Prefix prefix, Status status, String type, byte[] value) {
        try {
            if (prefix == Prefix.UNKNOWN_PREFIX || status == Status.UNKNOWN_STATUS) {
                throw new IllegalArgumentException("Tink key " + unsigned(id) + " has no known prefix or status");
            }
            return new TinkKey(id, prefix, status, status == Status.ENABLED ? material(id, type, value) : null);
        } finally {
            Arrays.fill(value, (byte) 0);
        }
    }

    private static AeadKey material(int id, String type, byte[] value) {
        boolean gcm = type.equals(TYPES + "AesGcmKey");
        if (!gcm && !type.equals(TYPES + "AesGcmSivKey")) {
            throw new IllegalArgumentException("Tink key " + unsigned(id) + " is of the type " + printable(type)
                    + "; AesGcmKey and AesGcmSivKey are read");
        }
        ProtoFields fields = new ProtoFields(value);
        WipeableKey key = null;
        while (fields.next()) {
            if (fields.number() == KEY_VALUE && key == null) {
                key = WipeableKey.taking(fields.bytes());
            } else if (fields.number() != 1 || fields.integer() != 0) {
                throw new IllegalArgumentException("Tink key " + unsigned(id) + " has an unknown version or field");
            }
        }
        if (key == null) {
            throw new IllegalArgumentException("Tink key " + unsigned(id) + " has no value");
        }
        return gcm ? new AeadKey.Gcm(key, AeadKey.NONCE_LENGTH) : new AeadKey.GcmSiv(key);
    }

    private static String printable(String type) {
        String name = type.startsWith(TYPES) ? type.substring(TYPES.length()) : "";
        return name.matches("[A-Za-z0-9]{1,64}") ? name : "of another system";
    }

    private static String unsigned(int id) {
        return Integer.toUnsignedString(id);
    }

    Prefix prefix() {
        return prefix;
    }

    Status status() {
        return status;
    }

    /** Whether {@code stored} names this key, or names none and this key may have made it nevertheless. */
    boolean mayHaveMade(byte[] stored) {
        if (prefix == Prefix.RAW) {
            return key != null;
        }
        return stored.length >= PREFIX_LENGTH + AeadKey.OVERHEAD
                && stored[0] == (prefix == Prefix.TINK ? 1 : 0)
                && ByteBuffer.wrap(stored).getInt(1) == id;
    }

    /** The plaintext of {@code stored}; null if this key did not make it or is not enabled. */
    byte @Nullable [] open(byte[] stored, byte[] associatedData) {
        try {
            return key == null ? null : key.open(stored, prefix == Prefix.RAW ? 0 : PREFIX_LENGTH, associatedData);
        } catch (AEADBadTagException e) {
            return null;
        }
    }

    void wipe() {
        if (key != null) {
            key.wipe();
        }
    }

    @Override
    public String toString() {
        return unsigned(id) + " " + prefix + " " + status;
    }
}
