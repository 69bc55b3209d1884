package dev.slipring.crypto.kek;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.slipring.crypto.Json;
import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.bouncycastle.crypto.params.Argon2Parameters;
import org.junit.jupiter.api.Test;

class Argon2idTest {
    private static final char[] PASSPHRASE = "violet anchor mumble seventeen".toCharArray();
    private static final byte[] SALT = new byte[Argon2id.MIN_SALT];

    /** RFC 9106, section 5.3. */
    @Test
    void fill_vectorOfTheRfc_isItsTag() {
        byte[] tag = new byte[32];
        Argon2id.fill(
                new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
                        .withVersion(Argon2Parameters.ARGON2_VERSION_13)
                        .withMemoryAsKB(32)
                        .withIterations(3)
                        .withParallelism(4)
                        .withSalt(filled(16, 2))
                        .withSecret(filled(8, 3))
                        .withAdditional(filled(12, 4))
                        .build(),
                filled(32, 1),
                tag);
        assertThat(tag)
                .asHexString()
                .isEqualToIgnoringCase("0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659");
    }

    /** Values of the reference implementation, as {@code oracles/argon2id.py} recorded them. */
    @Test
    void derive_recordedCases_isTheirValue() throws IOException {
        List<Json> cases = ((Json) Json.resource("kek/argon2id.json")).list("cases");
        assertThat(cases).hasSize(3);
        for (Json recorded : cases) {
            Argon2id argon2id = Argon2id.of(
                    recorded.number("memory"), recorded.number("iterations"), recorded.number("parallelism"));
            char[] passphrase = recorded.text("passphrase").toCharArray();
            char[] given = passphrase.clone();
            assertThat(argon2id.derive(given, recorded.hex("salt")).copyBytes()).isEqualTo(recorded.hex("value"));
            assertThat(given).containsExactly(passphrase);
        }
    }

    @Test
    void parameters_outOfTheirBounds_areRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Argon2id.of(Argon2id.MIN_MEMORY - 1, 2, 1))
                .withMessage("Argon2id: 19455 memory in KiB, not 19456 to 1048576");
        assertThatIllegalArgumentException().isThrownBy(() -> Argon2id.of(Argon2id.MAX_MEMORY + 1, 2, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> Argon2id.of(Argon2id.MIN_MEMORY, 1, 1));
        assertThat(Argon2id.of(Argon2id.MAX_MEMORY, 4, 16))
                .hasToString("Argon2id[1048576 KiB, iterations 4, parallelism 16]");
        assertThatIllegalArgumentException().isThrownBy(() -> Argon2id.of(Argon2id.MAX_MEMORY, 5, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> Argon2id.of(Argon2id.MIN_MEMORY, 2, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> Argon2id.of(Argon2id.MIN_MEMORY, 2, 17));
    }

    @Test
    void passphrase_shortPublishedOrNoText_isRefusedWithoutBeingQuoted() {
        Argon2id argon2id = Argon2id.of(Argon2id.MIN_MEMORY, 2, 1);
        for (String[] bad : new String[][] {
            {"fifteen letters", "15 characters"},
            {"abababababababab", "is a pattern of 2 bytes repeated"},
            {"correct horse battery staple", "is a published default or documentation sample"},
            {"django-insecure-abcdefgh", "the mark of a development key"},
            {"correct horse battery \uD800", "an unpaired surrogate"}
        }) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> argon2id.derive(bad[0].toCharArray(), SALT))
                    .withMessageContaining(bad[1])
                    .withMessageNotContaining(bad[0])
                    .withNoCause();
        }
        assertThatIllegalArgumentException().isThrownBy(() -> argon2id.derive(new char[1025], SALT));
        assertThatIllegalArgumentException().isThrownBy(() -> argon2id.derive(PASSPHRASE, new byte[15]));
        assertThatIllegalArgumentException().isThrownBy(() -> argon2id.derive(PASSPHRASE, new byte[65]));
    }

    @Test
    void derive_anotherSaltOrPassphrase_isAnotherValue() {
        Argon2id argon2id = Argon2id.of(Argon2id.MIN_MEMORY, 2, 1);
        byte[] value = argon2id.derive(PASSPHRASE, SALT).copyBytes();
        assertThat(value).hasSize(32);
        assertThat(argon2id.derive(PASSPHRASE, filled(16, 1)).copyBytes()).isNotEqualTo(value);
        assertThat(argon2id.derive("violet anchor mumble seventeem".toCharArray(), SALT)
                        .copyBytes())
                .isNotEqualTo(value);
        assertThat(HexFormat.of().formatHex(value)).isNotEqualTo("00".repeat(32));
    }

    private static byte[] filled(int length, int value) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }
}
