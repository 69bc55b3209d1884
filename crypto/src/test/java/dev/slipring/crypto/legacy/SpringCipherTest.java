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
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.springframework.security.crypto.encrypt.Encryptors;

/** What Spring Security 6.5.3 wrote, as {@code oracles/libraries/SpringVectors.java} recorded it. */
class SpringCipherTest {
    private static final Sunset SUNSET = Sunset.at(Keks.clock().instant().plusSeconds(1), Keks.clock());
    private static final String PASSWORD = "Grüße aus Köln";
    private static final String SALT = "5c0744940b5c369b";

    @Nested
    class Standard extends Contract {
        @Override
        LegacyCipher cipher(Sunset sunset) {
            return SpringCipher.standard(PASSWORD.toCharArray(), SALT, sunset);
        }
    }

    @Nested
    class Stronger extends Contract {
        @Override
        LegacyCipher cipher(Sunset sunset) {
            return SpringCipher.stronger(PASSWORD.toCharArray(), SALT, sunset);
        }
    }

    @Nested
    class Text extends Contract {
        @Override
        LegacyCipher cipher(Sunset sunset) {
            return SpringCipher.text(PASSWORD.toCharArray(), SALT, sunset);
        }
    }

    @Nested
    class Delux extends Contract {
        @Override
        LegacyCipher cipher(Sunset sunset) {
            return SpringCipher.delux(PASSWORD.toCharArray(), SALT, sunset);
        }
    }

    abstract static class Contract extends LegacyCipherContract {
        @Override
        List<Sample> samples() throws IOException {
            String kind = getClass().getSimpleName().toLowerCase(Locale.ROOT);
            boolean hex = kind.equals("text") || kind.equals("delux");
            return ((Json) Json.resource("legacy/spring.json"))
                    .list("cases").stream()
                            .filter(entry -> entry.text("kind").equals(kind))
                            .filter(entry -> entry.text("password").equals(PASSWORD))
                            .map(entry -> new Sample(
                                    hex
                                            ? entry.text("ciphertext").getBytes(StandardCharsets.US_ASCII)
                                            : entry.hex("ciphertext"),
                                    new byte[0],
                                    entry.hex("plaintext")))
                            .toList();
        }

        @Override
        List<byte[]> secrets() {
            return List.of(PASSWORD.getBytes(StandardCharsets.ISO_8859_1), SALT.getBytes(StandardCharsets.US_ASCII));
        }
    }

    @Test
    void decrypt_whatSpringEncryptsNow_isThePlaintext() {
        String password = "another password";
        byte[] plaintext = "a note of 1 line".getBytes(StandardCharsets.UTF_8);
        char[] chars = password.toCharArray();
        try (SpringCipher standard = SpringCipher.standard(chars, SALT, SUNSET);
                SpringCipher stronger = SpringCipher.stronger(chars, SALT, SUNSET)) {
            assertThat(chars).containsExactly(password.toCharArray());
            for (int i = 0; i < 50; i++) {
                byte[] cbc = Encryptors.standard(password, SALT).encrypt(plaintext);
                byte[] gcm = Encryptors.stronger(password, SALT).encrypt(plaintext);
                assertThat(standard.decrypt(cbc, new byte[0])).isEqualTo(plaintext);
                assertThat(stronger.decrypt(gcm, new byte[0])).isEqualTo(plaintext);
            }
        }
    }

    @Test
    void decrypt_otherPasswordOrSalt_isTampered() {
        byte[] gcm = Encryptors.stronger(PASSWORD, SALT).encrypt(Keks.HELLO);
        for (SpringCipher other : List.of(
                SpringCipher.stronger("Grüße aus Bonn".toCharArray(), SALT, SUNSET),
                SpringCipher.stronger(PASSWORD.toCharArray(), "5c0744940b5c369c", SUNSET))) {
            assertFailure(Failure.TAMPERED, () -> other.decrypt(gcm, new byte[0]));
        }
    }

    @Test
    void decrypt_whatCannotBeCiphertext_isMalformed() {
        SpringCipher standard = SpringCipher.standard(PASSWORD.toCharArray(), SALT, SUNSET);
        SpringCipher text = SpringCipher.text(PASSWORD.toCharArray(), SALT, SUNSET);
        assertThat(standard.evidence()).isEqualTo(Evidence.NONE);
        for (int length : new int[] {0, 16, 31, 33, 47}) {
            assertThat(standard.recognises(new byte[length])).isFalse();
            assertFailure(Failure.MALFORMED, () -> standard.decrypt(new byte[length], new byte[0]));
        }
        String hex = HexFormat.of().formatHex(new byte[32]);
        for (String bad : List.of("", hex.substring(1), hex.replace("00", "0A"), hex + "zz", hex.substring(2))) {
            byte[] stored = bad.getBytes(StandardCharsets.US_ASCII);
            assertThat(text.recognises(stored)).isFalse();
            assertFailure(Failure.MALFORMED, () -> text.decrypt(stored, new byte[0]));
        }
        assertFailure(Failure.MALFORMED, () -> standard.decrypt(new byte[Refusals.MAX_PLAINTEXT + 48], new byte[0]));
    }

    @Test
    void salt_notHexadecimal_isRefusedWithoutBeingQuoted() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SpringCipher.text(SALT.toCharArray(), PASSWORD, SUNSET))
                .withMessageNotContaining("Gr")
                .withNoCause();
        assertThatIllegalArgumentException().isThrownBy(() -> SpringCipher.text(new char[0], SALT, SUNSET));
        assertThatIllegalArgumentException().isThrownBy(() -> SpringCipher.text(SALT.toCharArray(), "", SUNSET));
    }
}
