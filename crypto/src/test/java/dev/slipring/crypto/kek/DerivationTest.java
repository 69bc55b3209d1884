package dev.slipring.crypto.kek;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DerivationTest {
    private static final String TEXT = "$argon2id$v=19$m=19456,t=2,p=1$AAECAwQFBgcICQoLDA0ODw";
    private static final char[] PASSPHRASE = "six words that dice chose maybe".toCharArray();

    @Test
    void derivation_printedAndParsed_derivesTheSame() {
        byte[] salt = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
        Derivation parsed = Derivation.parse(TEXT);
        assertThat(parsed).hasToString(TEXT);
        assertThat(parsed.derive(PASSPHRASE))
                .isEqualTo(Argon2id.of(19456, 2, 1).derive(PASSPHRASE, salt))
                .isNotEqualTo(Derivation.random(Argon2id.of(19456, 2, 1)).derive(PASSPHRASE));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "$argon2i$v=19$m=19456,t=2,p=1$AAECAwQFBgcICQoLDA0ODw",
                "$argon2id$v=16$m=19456,t=2,p=1$AAECAwQFBgcICQoLDA0ODw",
                "$argon2id$v=19$m=19455,t=2,p=1$AAECAwQFBgcICQoLDA0ODw",
                "$argon2id$v=19$m=19456,t=1,p=1$AAECAwQFBgcICQoLDA0ODw",
                "$argon2id$v=19$m=19456,t=2,p=17$AAECAwQFBgcICQoLDA0ODw",
                "$argon2id$v=19$m=19456,t=02,p=1$AAECAwQFBgcICQoLDA0ODw",
                "$argon2id$v=19$m=19456,t=2,p=1$AAECAwQFBgcICQoLDA0ODx",
                "$argon2id$v=19$m=19456,t=2,p=1$AAECAwQFBgcICQoLDA0ODw==",
                "$argon2id$v=19$m=19456,t=2,p=1$AAECAwQFBgcICQoLDA0O",
                "$argon2id$v=19$m=19456,t=2,p=1$AAECAwQFBgcICQoLDA0ODw$aGFzaA",
                "$argon2id$v=19$m=19456,t=2,p=1$AAECAwQFBgcICQoLDA0ODw\n"
            })
    void parse_anythingElse_isRefused(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> Derivation.parse(text));
    }
}
