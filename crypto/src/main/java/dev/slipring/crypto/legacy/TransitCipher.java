package dev.slipring.crypto.legacy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.AEADBadTagException;

/**
 * Reads what the transit engine of HashiCorp Vault or OpenBao encrypted under an exportable key of the type
 * {@code aes256-gcm96} or {@code aes128-gcm96}: {@code vault:v}, the key version, a colon, and base64 of nonce (12),
 * ciphertext and tag (16). Without the server: the keys are what its {@code export/encryption-key} gave. Keys that
 * derive another for each context ({@code derived}) are not read; their ciphertext looks tampered with.
 *
 * <p>Safe for use by several threads.
 */
public final class TransitCipher implements LegacyCipher {
    private static final String NAME = "transit";
    private static final byte[] MARK = "vault:v".getBytes(US_ASCII);
    private static final Pattern FORM = Pattern.compile("vault:v([1-9][0-9]{0,8}):([A-Za-z0-9+/=]+)");

    private final Sunset sunset;
    private final Map<Integer, AeadKey> keys;

    private TransitCipher(Sunset sunset, Map<Integer, AeadKey> keys) {
        this.sunset = sunset;
        this.keys = keys;
    }

    /**
     * Prepares a cipher without keys.
     *
     * @param sunset until when it reads
     * @return a builder
     */
    public static Builder builder(Sunset sunset) {
        return new Builder(sunset);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Sunset sunset() {
        return sunset;
    }

    @Override
    public Evidence evidence() {
        return Evidence.MARK;
    }

    @Override
    public boolean recognises(byte[] stored) {
        return Marks.begins(stored, MARK);
    }

    @Override
    public byte[] decrypt(byte[] stored, byte[] associatedData) {
        sunset.check(NAME);
        Refusals.requireLength(NAME, stored.length, MARK.length, Refusals.MAX_BASE64);
        Matcher form = FORM.matcher(new String(stored, ISO_8859_1));
        byte[] sealed = form.matches() ? CanonicalBase64.decode(form.group(2)) : null;
        if (sealed == null || sealed.length < AeadKey.OVERHEAD) {
            throw Refusals.malformed(NAME, "not vault:v, a version, a colon and canonical base64 of a sealed text");
        }
        int version = Integer.parseInt(form.group(1));
        AeadKey key = keys.get(version);
        if (key == null) {
            throw Refusals.unknown(NAME, "version " + version);
        }
        try {
            return key.open(sealed, 0, associatedData);
        } catch (AEADBadTagException e) {
            throw Refusals.tampered(NAME);
        }
    }

    @Override
    public void close() {
        keys.values().forEach(AeadKey::wipe);
    }

    @Override
    public String toString() {
        return "TransitCipher[versions " + new TreeMap<>(keys).keySet() + ", " + sunset + "]";
    }

    /** Collects the versions of one transit key. Not thread-safe. */
    public static final class Builder {
        private final Sunset sunset;
        private final Map<Integer, AeadKey> keys = new HashMap<>();

        private Builder(Sunset sunset) {
            this.sunset = Objects.requireNonNull(sunset, "sunset");
        }

        /**
         * Adds a version of the key.
         *
         * @param version its number, as in {@code vault:v3:}
         * @param key 32 or 16 bytes, which are copied and stay the caller's; the export has them in base64
         * @return this
         * @throws IllegalArgumentException if the version is below 1 or given already, or the length is another
         */
        public Builder key(int version, byte[] key) {
            if (version < 1 || keys.containsKey(version)) {
                throw new IllegalArgumentException("transit version " + version + " is no version or given twice");
            }
            keys.put(version, new AeadKey.Gcm(WipeableKey.copyOf(key, 0), AeadKey.NONCE_LENGTH));
            return this;
        }

        /**
         * The cipher, with all versions given so far.
         *
         * @return the cipher, which wipes the keys when it is closed; use this builder no more
         * @throws IllegalStateException if no version was given
         */
        public TransitCipher build() {
            if (keys.isEmpty()) {
                throw new IllegalStateException("a transit cipher without keys reads nothing");
            }
            return new TransitCipher(sunset, Map.copyOf(keys));
        }
    }
}
