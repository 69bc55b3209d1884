package dev.slipring.crypto.legacy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.Objects;
import javax.crypto.AEADBadTagException;
import javax.crypto.BadPaddingException;
import javax.crypto.Cipher;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.PBEKeySpec;

/**
 * Reads what Spring Security's {@code AesBytesEncryptor} wrote, as its {@code Encryptors} set it up: an
 * initialisation vector of 16 bytes and the ciphertext of AES-256, by CBC or by GCM, under a key that PBKDF2 with
 * HMAC-SHA-1 and 1024 iterations makes of a password and a salt. The text encryptors write the same in hexadecimal.
 *
 * <p>{@link #standard} and {@link #text} are CBC and authenticate nothing, see {@link LegacyCipher.Evidence#NONE};
 * they say TAMPERED where the padding is wrong, which one of 256 damaged messages or wrong keys does not show. No
 * form binds associated data: any but empty is refused as TAMPERED. Safe for use by several threads.
 */
public final class SpringCipher implements LegacyCipher {
    private static final int IV_LENGTH = 16;
    private static final int BLOCK = 16;
    private static final int ITERATIONS = 1024;
    private static final int KEY_BITS = 256;
    private static final int LONGEST = IV_LENGTH + Refusals.MAX_PLAINTEXT + BLOCK;

    private final Form form;
    private final WipeableKey key;
    private final Sunset sunset;

    /** The encryptors, by the names of the methods that make them. */
    private enum Form {
        STANDARD("spring-standard", false, false),
        STRONGER("spring-stronger", true, false),
        TEXT("spring-text", false, true),
        DELUX("spring-delux", true, true);

        private final String label;
        private final boolean gcm;
        private final boolean hex;

        Form(String label, boolean gcm, boolean hex) {
            this.label = label;
            this.gcm = gcm;
            this.hex = hex;
        }
    }

    private SpringCipher(Form form, WipeableKey key, Sunset sunset) {
        this.form = form;
        this.key = key;
        this.sunset = Objects.requireNonNull(sunset, "sunset");
    }

    /**
     * Reads the bytes of {@code Encryptors.standard}: CBC.
     *
     * @param password stays the caller's, who wipes it
     * @param salt in hexadecimal, as it was given to Spring
     * @param sunset until when it reads
     * @return the cipher
     * @throws IllegalArgumentException if the password is empty or the salt is not hexadecimal
     */
    public static SpringCipher standard(char[] password, String salt, Sunset sunset) {
        return new SpringCipher(Form.STANDARD, derive(password, salt), sunset);
    }

    /**
     * Reads the bytes of {@code Encryptors.stronger}: GCM.
     *
     * @param password stays the caller's, who wipes it
     * @param salt in hexadecimal, as it was given to Spring
     * @param sunset until when it reads
     * @return the cipher
     * @throws IllegalArgumentException if the password is empty or the salt is not hexadecimal
     */
    public static SpringCipher stronger(char[] password, String salt, Sunset sunset) {
        return new SpringCipher(Form.STRONGER, derive(password, salt), sunset);
    }

    /**
     * Reads the text of {@code Encryptors.text}: CBC in hexadecimal.
     *
     * @param password stays the caller's, who wipes it
     * @param salt in hexadecimal, as it was given to Spring
     * @param sunset until when it reads
     * @return the cipher
     * @throws IllegalArgumentException if the password is empty or the salt is not hexadecimal
     */
    public static SpringCipher text(char[] password, String salt, Sunset sunset) {
        return new SpringCipher(Form.TEXT, derive(password, salt), sunset);
    }

    /**
     * Reads the text of {@code Encryptors.delux}: GCM in hexadecimal.
     *
     * @param password stays the caller's, who wipes it
     * @param salt in hexadecimal, as it was given to Spring
     * @param sunset until when it reads
     * @return the cipher
     * @throws IllegalArgumentException if the password is empty or the salt is not hexadecimal
     */
    public static SpringCipher delux(char[] password, String salt, Sunset sunset) {
        return new SpringCipher(Form.DELUX, derive(password, salt), sunset);
    }

    @Override
    public String name() {
        return form.label;
    }

    @Override
    public Sunset sunset() {
        return sunset;
    }

    @Override
    public Evidence evidence() {
        return form.gcm ? Evidence.TAG : Evidence.NONE;
    }

    @Override
    public boolean recognises(byte[] stored) {
        return form.hex ? isHex(stored) && isSealed(stored.length / 2) : isSealed(stored.length);
    }

    @Override
    public byte[] decrypt(byte[] stored, byte[] associatedData) {
        sunset.check(name());
        if (!recognises(stored)) {
            throw Refusals.malformed(
                    name(), stored.length + " bytes of " + (form.hex ? "text" : "any kind") + " are no ciphertext");
        }
        if (associatedData.length > 0) {
            throw Refusals.tampered(name());
        }
        byte[] sealed = form.hex ? HexFormat.of().parseHex(new String(stored, ISO_8859_1)) : stored;
        try {
            return form.gcm ? new AeadKey.Gcm(key, IV_LENGTH).open(sealed, 0, associatedData) : openCbc(sealed);
        } catch (AEADBadTagException e) {
            throw Refusals.tampered(name());
        }
    }

    @Override
    public void close() {
        key.destroy();
    }

    @Override
    public String toString() {
        return "SpringCipher[" + name() + ", " + sunset + "]";
    }

    private boolean isSealed(int length) {
        return length >= IV_LENGTH + BLOCK && length <= LONGEST && (form.gcm || length % BLOCK == 0);
    }

    private static boolean isHex(byte[] stored) {
        if (stored.length % 2 != 0 || stored.length > 2L * LONGEST) {
            return false;
        }
        for (byte digit : stored) {
            if (!((digit >= '0' && digit <= '9') || (digit >= 'a' && digit <= 'f'))) {
                return false;
            }
        }
        return true;
    }

    private byte[] openCbc(byte[] sealed) {
        try {
            Cipher cipher = Cipher.getInstance("AES/CBC/PKCS5Padding");
            cipher.init(Cipher.DECRYPT_MODE, key, new IvParameterSpec(sealed, 0, IV_LENGTH));
            return cipher.doFinal(sealed, IV_LENGTH, sealed.length - IV_LENGTH);
        } catch (BadPaddingException e) {
            throw Refusals.tampered(name());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES-CBC failed to decrypt", e);
        }
    }

    private static WipeableKey derive(char[] password, String salt) {
        byte[] salted;
        try {
            salted = HexFormat.of().parseHex(salt);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "the salt of a Spring encryptor is not hexadecimal"); // e may quote a password
        }
        if (password.length == 0 || salted.length == 0) {
            throw new IllegalArgumentException("a Spring encryptor has a password and a salt, and neither is empty");
        }
        PBEKeySpec spec = new PBEKeySpec(password, salted, ITERATIONS, KEY_BITS);
        try {
            return WipeableKey.taking(SecretKeyFactory.getInstance("PBKDF2WithHmacSHA1")
                    .generateSecret(spec)
                    .getEncoded());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java platform lacks PBKDF2 with HMAC-SHA-1", e);
        } finally {
            spec.clearPassword();
        }
    }
}
