package dev.slipring.crypto.legacy;

import static dev.slipring.crypto.Keks.assertFailure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.slipring.crypto.EnvelopeException.Failure;
import dev.slipring.crypto.Json;
import dev.slipring.crypto.Keks;
import dev.slipring.crypto.legacy.LegacyCipher.Evidence;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Keysets and ciphertext of Tink for Java 1.24.0, as {@code oracles/libraries/TinkVectors.java} recorded them. */
class TinkCipherTest {
    private static final Sunset SUNSET = Sunset.at(Keks.clock().instant().plusSeconds(1), Keks.clock());
    private static final byte[] NOTHING = {};

    @Nested
    class Rotated extends Contract {
        Rotated() {
            super("rotated");
        }
    }

    @Nested
    class GcmWithPrefix extends Contract {
        GcmWithPrefix() {
            super("aes-gcm-256-TINK");
        }
    }

    @Nested
    class SivWithCrunchyPrefix extends Contract {
        SivWithCrunchyPrefix() {
            super("aes-gcm-siv-128-CRUNCHY");
        }
    }

    @Nested
    class GcmWithoutPrefix extends Contract {
        GcmWithoutPrefix() {
            super("aes-gcm-128-NO_PREFIX");
        }
    }

    abstract static class Contract extends LegacyCipherContract {
        private final String name;

        Contract(String name) {
            this.name = name;
        }

        @Override
        LegacyCipher cipher(Sunset sunset) throws IOException {
            return TinkCipher.ofJson(json(keyset(name)), sunset);
        }

        @Override
        List<Sample> samples() throws IOException {
            return messages(keyset(name));
        }

        @Override
        List<byte[]> secrets() throws IOException {
            List<byte[]> secrets = new ArrayList<>();
            for (String part : keyset(name).text("json").split("\"")) {
                if (part.matches("G[hi][A-Za-z0-9+/=]{20,}")) {
                    byte[] message = Base64.getDecoder().decode(part);
                    secrets.add(Arrays.copyOfRange(message, 2, message.length));
                    secrets.add(part.getBytes(StandardCharsets.US_ASCII));
                }
            }
            return secrets;
        }
    }

    @Test
    void decrypt_everyKindOfKeyInBothForms_isThePlaintext() throws IOException {
        List<Json> keysets = ((Json) Json.resource("legacy/tink.json")).list("cases");
        assertThat(keysets).hasSize(13);
        for (Json keyset : keysets) {
            try (TinkCipher json = TinkCipher.ofJson(json(keyset), SUNSET);
                    TinkCipher binary = TinkCipher.ofBinary(keyset.hex("binary"), SUNSET)) {
                for (LegacyCipherContract.Sample sample : messages(keyset)) {
                    assertThat(json.decrypt(sample.stored(), sample.associatedData()))
                            .as(keyset.text("name"))
                            .isEqualTo(sample.plaintext());
                    assertThat(binary.decrypt(sample.stored(), sample.associatedData()))
                            .as(keyset.text("name"))
                            .isEqualTo(sample.plaintext());
                }
                assertThat(binary).hasToString(json.toString());
            }
        }
    }

    @Test
    void decrypt_keyThatIsDisabled_saysSo() throws IOException {
        Json keyset = keyset("rotated");
        try (TinkCipher cipher = TinkCipher.ofJson(json(keyset), SUNSET)) {
            assertFailure(Failure.DISABLED, () -> cipher.decrypt(keyset.hex("disabled"), NOTHING));
        }
        byte[] destroyed = keyset.text("json").replace("DISABLED", "DESTROYED").getBytes(StandardCharsets.UTF_8);
        try (TinkCipher cipher = TinkCipher.ofJson(destroyed, SUNSET)) {
            assertFailure(Failure.DESTROYED, () -> cipher.decrypt(keyset.hex("disabled"), NOTHING));
        }
    }

    @Test
    void decrypt_keyOfAnotherKeyset_isUnknown() throws IOException {
        byte[] other = messages(keyset("aes-gcm-siv-256-TINK")).get(1).stored();
        try (TinkCipher cipher = TinkCipher.ofJson(json(keyset("aes-gcm-256-TINK")), SUNSET)) {
            assertThat(cipher.recognises(other)).isTrue();
            assertFailure(Failure.UNKNOWN_VERSION, () -> cipher.decrypt(other, NOTHING));
            byte[] unprefixed = other.clone();
            unprefixed[0] = 2;
            assertThat(cipher.recognises(unprefixed)).isFalse();
            assertFailure(Failure.MALFORMED, () -> cipher.decrypt(unprefixed, NOTHING));
            unprefixed[0] = 0;
            assertThat(cipher.recognises(unprefixed)).isFalse();
        }
    }

    @Test
    void evidence_ofKeysWithAndWithoutPrefix_isMarkOrTag() throws IOException {
        assertThat(TinkCipher.ofJson(json(keyset("aes-gcm-256-CRUNCHY")), SUNSET)
                        .evidence())
                .isEqualTo(Evidence.MARK);
        assertThat(TinkCipher.ofJson(json(keyset("rotated")), SUNSET).evidence())
                .isEqualTo(Evidence.TAG);
    }

    @Test
    void keyset_ofAnotherKindOfKey_isRefusedByName() throws IOException {
        List<Json> refused = ((Json) Json.resource("legacy/tink.json")).list("refused");
        assertThat(refused).hasSize(2);
        for (Json keyset : refused) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> TinkCipher.ofJson(json(keyset), SUNSET))
                    .withMessageContaining(keyset.text("name"))
                    .withMessageContaining("AesGcmKey and AesGcmSivKey are read");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> TinkCipher.ofBinary(keyset.hex("binary"), SUNSET))
                    .withMessageContaining(keyset.text("name"));
        }
    }

    @Test
    void keyset_encryptedOrBroken_isRefused() throws IOException {
        String good = keyset("aes-gcm-256-TINK").text("json");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ofJson("{\"encryptedKeyset\":\"AAAA\",\"keysetInfo\":{}}"))
                .withMessageContaining("encrypted");
        for (String broken : List.of(
                "",
                "[]",
                "{}",
                "{\"key\":[]}",
                good + "{}",
                good.replace("\"key\"", "\"keys\""),
                good.replace("ENABLED", "RETIRED"),
                good.replace("TINK", "CORK"),
                good.replace("\"keyId\":", "\"keyId\":-"),
                good.replace("\"value\":\"", "\"value\":\"A"),
                good.replace("\"value\":\"Gi", "\"value\":\"Gj"))) {
            assertThatIllegalArgumentException().as(broken).isThrownBy(() -> ofJson(broken));
        }
        byte[] binary = keyset("aes-gcm-256-TINK").hex("binary");
        for (int length = 0; length < binary.length; length++) {
            byte[] cut = Arrays.copyOf(binary, length);
            assertThatIllegalArgumentException().isThrownBy(() -> TinkCipher.ofBinary(cut, SUNSET));
        }
    }

    private static TinkCipher ofJson(String keyset) {
        return TinkCipher.ofJson(keyset.getBytes(StandardCharsets.UTF_8), SUNSET);
    }

    private static Json keyset(String name) throws IOException {
        return ((Json) Json.resource("legacy/tink.json"))
                .list("cases").stream()
                        .filter(keyset -> keyset.text("name").equals(name))
                        .findFirst()
                        .orElseThrow();
    }

    private static byte[] json(Json keyset) {
        return keyset.text("json").getBytes(StandardCharsets.UTF_8);
    }

    private static List<LegacyCipherContract.Sample> messages(Json keyset) {
        return keyset.list("messages").stream()
                .map(message -> new LegacyCipherContract.Sample(
                        message.hex("ciphertext"), message.hex("associated"), message.hex("plaintext")))
                .toList();
    }
}
