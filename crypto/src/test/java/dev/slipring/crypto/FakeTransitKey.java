package dev.slipring.crypto;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.KeyGenerator;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;

/** A transit key of the type aes256-gcm96; refuses with the messages of the server itself. Not thread-safe. */
final class FakeTransitKey {
    private static final Pattern FORM = Pattern.compile("vault:v([0-9]+):(.*)");
    private static final int IV = 12;
    private static final int TAG = 16;

    private final List<SecretKey> versions = new ArrayList<>();
    private int minDecryption = 1;
    private int minEncryption;

    FakeTransitKey() {
        rotate();
    }

    String rotate() {
        try {
            KeyGenerator generator = KeyGenerator.getInstance("AES");
            generator.init(256);
            versions.add(generator.generateKey());
            return status();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    String status() {
        return "{\"type\":\"aes256-gcm96\",\"derived\":false,\"keys\":{\"" + versions.size() + "\":1795538544},"
                + "\"latest_version\":" + versions.size() + ",\"min_decryption_version\":" + minDecryption
                + ",\"min_encryption_version\":" + minEncryption + "}";
    }

    String configure(Map<String, String> fields) {
        int decryption = Integer.parseInt(fields.getOrDefault("min_decryption_version", "" + minDecryption));
        int encryption = Integer.parseInt(fields.getOrDefault("min_encryption_version", "" + minEncryption));
        if (decryption > versions.size()) {
            throw new IllegalArgumentException("cannot set min decryption version of " + decryption
                    + ", latest key version is " + versions.size());
        } else if (encryption > versions.size() || (encryption > 0 && encryption < decryption)) {
            throw new IllegalArgumentException("cannot set min encryption/decryption values");
        }
        minDecryption = decryption;
        minEncryption = encryption;
        return status();
    }

    String encrypt(Map<String, String> fields) {
        byte[] plaintext = Base64.getDecoder().decode(fields.get("plaintext"));
        return sealed(plaintext, associatedData(fields), fields);
    }

    /** Takes no associated data, whatever is sent. */
    String rewrap(Map<String, String> fields) {
        return sealed(opened(fields.get("ciphertext"), new byte[0]), new byte[0], fields);
    }

    String decrypt(Map<String, String> fields) {
        return Base64.getEncoder().encodeToString(opened(fields.get("ciphertext"), associatedData(fields)));
    }

    private String sealed(byte[] plaintext, byte[] associatedData, Map<String, String> fields) {
        int version = Integer.parseInt(fields.getOrDefault("key_version", "" + versions.size()));
        if (version > versions.size()) {
            throw new IllegalArgumentException(
                    "requested version for encryption is higher than the latest key version");
        } else if (version < minEncryption) {
            throw new IllegalArgumentException(
                    "requested version for encryption is less than the minimum encryption key version");
        } else if (version < minDecryption) {
            throw new IllegalArgumentException("no such key version");
        }
        try {
            Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
            cipher.init(Cipher.ENCRYPT_MODE, versions.get(version - 1));
            cipher.updateAAD(associatedData);
            byte[] sealed = cipher.doFinal(plaintext);
            byte[] whole = ByteBuffer.allocate(IV + sealed.length)
                    .put(cipher.getIV())
                    .put(sealed)
                    .array();
            return "{\"ciphertext\":\"vault:v" + version + ":"
                    + Base64.getEncoder().encodeToString(whole) + "\",\"key_version\":" + version + "}";
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private byte[] opened(String ciphertext, byte[] associatedData) {
        Matcher form = FORM.matcher(ciphertext);
        if (!form.matches()) {
            throw new IllegalArgumentException("invalid ciphertext: no prefix");
        }
        int version = Integer.parseInt(form.group(1));
        if (version > versions.size()) {
            throw new IllegalArgumentException("invalid ciphertext: version is too new");
        } else if (version < minDecryption) {
            throw new IllegalArgumentException("ciphertext or signature version is disallowed by policy (too old)");
        }
        byte[] whole = Base64.getDecoder().decode(form.group(2));
        if (whole.length < IV + TAG) {
            throw new IllegalArgumentException("invalid ciphertext length");
        }
        try {
            Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
            cipher.init(Cipher.DECRYPT_MODE, versions.get(version - 1), new GCMParameterSpec(8 * TAG, whole, 0, IV));
            cipher.updateAAD(associatedData);
            return cipher.doFinal(whole, IV, whole.length - IV);
        } catch (AEADBadTagException e) {
            throw new IllegalArgumentException("cipher: message authentication failed", e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] associatedData(Map<String, String> fields) {
        return Base64.getDecoder().decode(fields.getOrDefault("associated_data", ""));
    }
}
