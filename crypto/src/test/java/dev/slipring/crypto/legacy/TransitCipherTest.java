package dev.slipring.crypto.legacy;

import static dev.slipring.crypto.Keks.assertFailure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipring.crypto.EnvelopeException.Failure;
import dev.slipring.crypto.Json;
import dev.slipring.crypto.Keks;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Exported keys and ciphertext of OpenBao 2.7.2, as {@code oracles/transit.py} recorded them. */
class TransitCipherTest {
    private static final Sunset SUNSET = Sunset.at(Keks.clock().instant().plusSeconds(1), Keks.clock());
    private static final byte[] NOTHING = {};

    @Nested
    class Aes256 extends Contract {
        Aes256() {
            super("aes256-gcm96", 32);
        }
    }

    @Nested
    class Aes128 extends Contract {
        Aes128() {
            super("aes128-gcm96", 16);
        }
    }

    abstract static class Contract extends LegacyCipherContract {
        private final String type;
        private final int length;

        Contract(String type, int length) {
            this.type = type;
            this.length = length;
        }

        @Override
        LegacyCipher cipher(Sunset sunset) throws IOException {
            return TransitCipherTest.cipher(type, sunset, 1, 2, 3);
        }

        @Override
        List<Sample> samples() throws IOException {
            return messages(type).stream()
                    .map(message -> new Sample(
                            ascii(message.text("ciphertext")), message.hex("associated"), message.hex("plaintext")))
                    .toList();
        }

        @Override
        List<byte[]> secrets() throws IOException {
            List<byte[]> secrets = new ArrayList<>();
            for (int version = 1; version <= 3; version++) {
                byte[] key = key(type, version);
                assertThat(key).hasSize(length);
                secrets.add(key);
                secrets.add(Base64.getEncoder().encode(key));
            }
            return secrets;
        }
    }

    @Test
    void decrypt_versionThatWasNotGiven_isUnknown() throws IOException {
        byte[] third = ascii(messages("aes256-gcm96").get(7).text("ciphertext"));
        assertThat(new String(third, StandardCharsets.US_ASCII)).startsWith("vault:v3:");
        try (TransitCipher cipher = cipher("aes256-gcm96", SUNSET, 1, 2)) {
            assertFailure(Failure.UNKNOWN_VERSION, () -> cipher.decrypt(third, NOTHING));
        }
    }

    @Test
    void decrypt_otherSpellings_areMalformed() throws IOException {
        String good = messages("aes256-gcm96").get(0).text("ciphertext");
        try (TransitCipher cipher = cipher("aes256-gcm96", SUNSET, 1)) {
            assertThat(cipher.decrypt(ascii(good), NOTHING)).isEmpty();
            for (String bad : List.of(
                    "",
                    "vault:v",
                    good.replace("=", ""),
                    good + "=",
                    good + "\n",
                    good.replace("v1", "v01"),
                    good.replace("v1", "v0"),
                    good.replace("v1", "v+1"),
                    good.replace("v1", "v9999999999"),
                    good.replace("vault", "VAULT"),
                    "vault:v1:" + Base64.getEncoder().encodeToString(new byte[27]))) {
                assertFailure(Failure.MALFORMED, () -> cipher.decrypt(ascii(bad), NOTHING));
            }
            byte[] long1 = Arrays.copyOf(ascii(good), Refusals.MAX_BASE64 + 1);
            assertFailure(Failure.MALFORMED, () -> cipher.decrypt(long1, NOTHING));
        }
    }

    @Test
    void build_ofWhatIsNoKey_isRefused() {
        TransitCipher.Builder builder = TransitCipher.builder(SUNSET);
        assertThatThrownBy(builder::build).isInstanceOf(IllegalStateException.class);
        assertThatIllegalArgumentException().isThrownBy(() -> builder.key(0, new byte[32]));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.key(1, new byte[31]));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.key(1, new byte[32]).key(1, new byte[32]));
    }

    @Test
    void key_wipedByTheCaller_wasCopied() throws IOException {
        byte[] key = key("aes256-gcm96", 1);
        try (TransitCipher cipher = TransitCipher.builder(SUNSET).key(1, key).build()) {
            Arrays.fill(key, (byte) 0);
            Json message = messages("aes256-gcm96").get(1);
            assertThat(cipher.decrypt(ascii(message.text("ciphertext")), message.hex("associated")))
                    .isEqualTo(message.hex("plaintext"));
        }
    }

    private static TransitCipher cipher(String type, Sunset sunset, int... versions) throws IOException {
        TransitCipher.Builder builder = TransitCipher.builder(sunset);
        for (int version : versions) {
            builder.key(version, key(type, version));
        }
        return builder.build();
    }

    private static byte[] key(String type, int version) throws IOException {
        return Base64.getDecoder().decode(((Json) recorded(type).get("keys")).text(Integer.toString(version)));
    }

    private static List<Json> messages(String type) throws IOException {
        return recorded(type).list("messages");
    }

    private static Json recorded(String type) throws IOException {
        return ((Json) Json.resource("legacy/transit.json"))
                .list("cases").stream()
                        .filter(key -> key.text("type").equals(type))
                        .findFirst()
                        .orElseThrow();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
