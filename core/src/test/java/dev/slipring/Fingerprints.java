package dev.slipring;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.slipring.keyring.SecretValue;
import dev.slipring.store.SecretStore;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Keyed digests, made apart from the library's own so that they can disagree. Immutable. */
final class Fingerprints {
    private final byte[] key;

    private Fingerprints(byte[] key) {
        this.key = key;
    }

    /** The fingerprints that the records in {@code store} should hold. */
    static Fingerprints of(SecretStore store) {
        return new Fingerprints(store.installationKey().copyBytes());
    }

    String of(SecretValue value) {
        return value.reveal(bytes -> HexFormat.of().formatHex(Arrays.copyOf(hmac(key, bytes), 8)));
    }

    /** What a token carries to show that its maker knew {@code value}. */
    static String mac(SecretValue value, String text) {
        return value.reveal(bytes -> HexFormat.of().formatHex(hmac(bytes, text.getBytes(UTF_8))));
    }

    private static byte[] hmac(byte[] key, byte[] message) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(message);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
