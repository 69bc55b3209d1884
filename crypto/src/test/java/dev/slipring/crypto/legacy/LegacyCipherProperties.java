package dev.slipring.crypto.legacy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipring.crypto.EnvelopeException;
import dev.slipring.crypto.Json;
import dev.slipring.crypto.Keks;
import java.io.IOException;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.springframework.security.crypto.encrypt.BytesEncryptor;
import org.springframework.security.crypto.encrypt.Encryptors;
import org.springframework.security.crypto.encrypt.TextEncryptor;

class LegacyCipherProperties {
    private static final Sunset SUNSET = Sunset.at(Keks.clock().instant().plusSeconds(1), Keks.clock());
    private static final String PASSWORD = "correct horse battery staple";
    private static final String SALT = "5c0744940b5c369b";
    private static final SpringCipher STANDARD = SpringCipher.standard(PASSWORD.toCharArray(), SALT, SUNSET);
    private static final SpringCipher STRONGER = SpringCipher.stronger(PASSWORD.toCharArray(), SALT, SUNSET);
    private static final SpringCipher TEXT = SpringCipher.text(PASSWORD.toCharArray(), SALT, SUNSET);
    private static final SpringCipher DELUX = SpringCipher.delux(PASSWORD.toCharArray(), SALT, SUNSET);
    private static final TransitCipher TRANSIT =
            TransitCipher.builder(SUNSET).key(1, Keks.value(1)).build();
    private static final RailsCipher RAILS =
            RailsCipher.builder(Keks.value(1), SUNSET).sha256Key(Keks.value(2)).build();
    private static final BytesEncryptor SPRING_STANDARD = Encryptors.standard(PASSWORD, SALT);
    private static final BytesEncryptor SPRING_STRONGER = Encryptors.stronger(PASSWORD, SALT);
    private static final TextEncryptor SPRING_TEXT = Encryptors.text(PASSWORD, SALT);
    private static final TextEncryptor SPRING_DELUX = Encryptors.delux(PASSWORD, SALT);

    @Property
    void decrypt_whateverSpringEncrypts_isTheInverse(@ForAll byte[] plaintext, @ForAll String text) {
        assertThat(STANDARD.decrypt(SPRING_STANDARD.encrypt(plaintext), new byte[0]))
                .isEqualTo(plaintext);
        assertThat(STRONGER.decrypt(SPRING_STRONGER.encrypt(plaintext), new byte[0]))
                .isEqualTo(plaintext);
        String encoded = new String(text.getBytes(UTF_8), UTF_8); // without halves of surrogate pairs
        assertThat(TEXT.decrypt(SPRING_TEXT.encrypt(encoded).getBytes(UTF_8), new byte[0]))
                .isEqualTo(encoded.getBytes(UTF_8));
        assertThat(DELUX.decrypt(SPRING_DELUX.encrypt(encoded).getBytes(UTF_8), new byte[0]))
                .isEqualTo(encoded.getBytes(UTF_8));
    }

    @Property(tries = 1000)
    void decrypt_anyBytes_areRefusedOrNotAuthenticated(@ForAll byte[] bytes) throws IOException {
        for (LegacyCipher cipher : List.of(STRONGER, DELUX, TRANSIT, RAILS, tinkOf(0), tinkOf(12))) {
            cipher.recognises(bytes);
            assertThatThrownBy(() -> cipher.decrypt(bytes, new byte[0]))
                    .as(cipher.name())
                    .isInstanceOf(EnvelopeException.class);
        }
        for (LegacyCipher cipher : List.of(STANDARD, TEXT)) {
            try {
                cipher.decrypt(bytes, new byte[0]);
            } catch (EnvelopeException e) {
                assertThat(e.failure()).isNotNull();
            }
        }
    }

    @Property(tries = 1000)
    void decrypt_anyTextBehindItsMark_isRefused(@ForAll String text, @ForAll @IntRange(max = 3) int cut) {
        for (LegacyCipher cipher : List.of(TRANSIT, RAILS)) {
            String mark = cipher == TRANSIT ? "vault:v1:" : "{\"p\":\"AAAA\",\"h\":{";
            byte[] stored = (mark.substring(0, mark.length() - cut) + text).getBytes(UTF_8);
            assertThatThrownBy(() -> cipher.decrypt(stored, new byte[0])).isInstanceOf(EnvelopeException.class);
        }
    }

    @Property(tries = 1000)
    void keyset_ofAnyBytes_isRefused(@ForAll @Size(max = 200) byte[] keyset) {
        assertThatThrownBy(() -> TinkCipher.ofBinary(keyset, SUNSET)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> TinkCipher.ofJson(keyset, SUNSET)).isInstanceOf(IllegalArgumentException.class);
    }

    @Property(tries = 1000)
    void keyset_ofAnyBytesWrittenIntoOne_isOneOrRefused(
            @ForAll @Size(max = 8) byte[] bytes, @ForAll @IntRange(max = 90) int offset) throws IOException {
        byte[] keyset = recorded(0).hex("binary");
        System.arraycopy(bytes, 0, keyset, offset, Math.min(bytes.length, keyset.length - offset));
        try {
            TinkCipher.ofBinary(keyset, SUNSET).close();
        } catch (IllegalArgumentException e) {
            assertThat(e).hasNoCause();
        }
    }

    private static TinkCipher tinkOf(int number) throws IOException {
        return TinkCipher.ofBinary(recorded(number).hex("binary"), SUNSET);
    }

    private static Json recorded(int number) throws IOException {
        return ((Json) Json.resource("legacy/tink.json")).list("cases").get(number);
    }
}
