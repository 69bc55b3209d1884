package dev.slipring.apikey;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.slipring.http.JsonBody;
import dev.slipring.keyring.SecretValue;
import dev.slipring.rotation.IssuerException;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;
import javax.crypto.spec.SecretKeySpec;

/**
 * A key that a service hands out encrypted, as JSON Web Encryption in compact form (RFC 7516): to an RSA key that is
 * made for this once, with RSA-OAEP or RSA-OAEP-256 and A256GCM. Not thread-safe.
 */
final class SealedKey {
    private static final int BITS = 2048;
    private static final int PARTS = 5;
    private static final int CONTENT_KEY = 32;
    private static final int IV = 12;
    private static final int TAG = 16;
    private static final Base64.Encoder LINES = Base64.getMimeEncoder(64, new byte[] {'\n'});

    private final KeyPair pair;

    private SealedKey(KeyPair pair) {
        this.pair = pair;
    }

    /** To be asked for with a fresh key. */
    static SealedKey expected() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(BITS);
            return new SealedKey(generator.generateKeyPair());
        } catch (GeneralSecurityException e) {
            throw new IssuerException("this platform makes no RSA keys");
        }
    }

    /** The public key to encrypt to, as PEM (RFC 7468). */
    String publicKey() {
        return "-----BEGIN PUBLIC KEY-----\n"
                + LINES.encodeToString(pair.getPublic().getEncoded()) + "\n-----END PUBLIC KEY-----\n";
    }

    /**
     * What {@code compact} holds; the caller wipes it.
     *
     * @throws IssuerException if it is not encrypted to this key in one of these ways
     */
    SecretValue open(String compact) {
        String[] parts = compact.split("[.]", -1);
        if (parts.length != PARTS) {
            throw new IssuerException("the encrypted key is no compact JWE: it has " + parts.length + " parts");
        }
        byte[] contentKey = new byte[0];
        byte[] text = new byte[0];
        try {
            byte[] header = decoded(parts[0]);
            require(header, "enc", "A256GCM");
            contentKey = unwrapped(algorithm(header), decoded(parts[1]));
            text = decrypted(contentKey, parts);
            return SecretValue.copyOf(text);
        } catch (GeneralSecurityException | IllegalArgumentException e) { // whose message may quote what it met
            throw new IssuerException("the encrypted key does not open");
        } finally {
            Arrays.fill(contentKey, (byte) 0);
            Arrays.fill(text, (byte) 0);
        }
    }

    private byte[] unwrapped(AlgorithmParameterSpec padding, byte[] wrapped) throws GeneralSecurityException {
        Cipher rsa = Cipher.getInstance("RSA/ECB/OAEPPadding");
        rsa.init(Cipher.DECRYPT_MODE, pair.getPrivate(), padding);
        byte[] key = rsa.doFinal(wrapped);
        if (key.length != CONTENT_KEY) {
            Arrays.fill(key, (byte) 0);
            throw new GeneralSecurityException("length of the content key");
        }
        return key;
    }

    private static byte[] decrypted(byte[] contentKey, String[] parts) throws GeneralSecurityException {
        byte[] iv = decoded(parts[2]);
        byte[] ciphertext = decoded(parts[3]);
        byte[] tag = decoded(parts[4]);
        if (iv.length != IV || tag.length != TAG) {
            throw new GeneralSecurityException("length of the IV or the tag");
        }
        Cipher aes = Cipher.getInstance("AES/GCM/NoPadding");
        aes.init(Cipher.DECRYPT_MODE, new SecretKeySpec(contentKey, "AES"), new GCMParameterSpec(TAG * Byte.SIZE, iv));
        aes.updateAAD(parts[0].getBytes(US_ASCII));
        byte[] sealed = Arrays.copyOf(ciphertext, ciphertext.length + TAG);
        System.arraycopy(tag, 0, sealed, ciphertext.length, TAG);
        return aes.doFinal(sealed);
    }

    private static AlgorithmParameterSpec algorithm(byte[] header) {
        String name = member(header, "alg").orElse("");
        return switch (name) {
            case "RSA-OAEP" -> oaep("SHA-1", MGF1ParameterSpec.SHA1);
            case "RSA-OAEP-256" -> oaep("SHA-256", MGF1ParameterSpec.SHA256);
            default -> throw unknown("alg");
        };
    }

    private static AlgorithmParameterSpec oaep(String digest, MGF1ParameterSpec mask) {
        return new OAEPParameterSpec(digest, "MGF1", mask, PSource.PSpecified.DEFAULT);
    }

    private static void require(byte[] header, String member, String value) {
        if (!member(header, member).equals(Optional.of(value))) {
            throw unknown(member);
        }
    }

    private static IssuerException unknown(String member) {
        return new IssuerException("the key is encrypted in a way that is not known here: the header's " + member);
    }

    private static Optional<String> member(byte[] header, String name) {
        JsonBody body = JsonBody.of(header);
        try {
            return body.isWhole() ? body.at(SealedKey::text, name) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static Optional<String> text(JsonParser parser) throws IOException {
        return parser.currentToken() == JsonToken.VALUE_STRING ? Optional.of(parser.getText()) : Optional.empty();
    }

    private static byte[] decoded(String part) {
        return Base64.getUrlDecoder().decode(part);
    }
}
