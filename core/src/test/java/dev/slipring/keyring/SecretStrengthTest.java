package dev.slipring.keyring;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecretStrengthTest {
    private static final String PUBLISHED = "is a published default or documentation sample";
    private static final String STRETCHED = PUBLISHED + ", repeated or filled up";

    @Test
    void flaw_ofEachListedSample_isFound() throws IOException {
        for (String sample : listed()) {
            assertThat(flaw(sample)).as(sample).isPresent();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "keyboard cat",
                "changeme",
                "change me",
                "secret",
                "supersecret",
                "development",
                "your-256-bit-secret",
                "a-string-secret-at-least-256-bits-long",
                "complex_password_at_least_32_characters_long",
                "averylogphrasebiggerthanthirtytwochars",
                "a secret with minimum length of 32 characters",
                "thisISaSECRET_1234",
                "CHANGE_ME_TO_A_COMPLEX_RANDOM_SECRET",
                "YOUR_OWN_RANDOM_GENERATED_SECRET_KEY",
                "TEST_NON_DEV_SECRET",
                "YourSecretKey!!!",
                "!ChangeMe!"
            })
    void flaw_ofSample_isFound(String sample) {
        assertThat(flaw(sample)).contains(PUBLISHED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "KEYBOARD CAT",
                "keyboard-cat",
                "Keyboard_Cat!",
                "\"keyboard cat\"",
                "keyboard cat\n",
                "keyboardcat"
            })
    void flaw_ofSampleInAnotherSpelling_isFound(String sample) {
        assertThat(flaw(sample)).contains(PUBLISHED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "keyboard catkeyboard catkeyboard cat",
                "keyboard cat keyboard cat keyboard c",
                "keyboard catttttttttttttttttttttttttttt",
                "keyboard cat00000000000000000000",
                "00000000000000000000keyboard cat",
                "secretsecretsecretsecretxxxxxxxxxxx",
                "xxxxxxxsecretsecretsecretsecret",
                "changeme1"
            })
    void flaw_ofSampleRepeatedOrFilledUp_isFound(String text) {
        assertThat(flaw(text)).contains(STRETCHED);
    }

    @Test
    void flaw_ofSampleFilledUpWithABinaryByte_isFound() {
        byte[] end = Arrays.copyOf("keyboard cat".getBytes(US_ASCII), 32);
        byte[] start = new byte[32];
        Arrays.fill(start, (byte) 0xff);
        System.arraycopy("keyboard cat".getBytes(US_ASCII), 0, start, 20, 12);
        assertThat(flaw(end)).contains(PUBLISHED);
        assertThat(flaw(start)).contains(PUBLISHED);
    }

    @Test
    void flaw_ofDjangoDevelopmentKey_isFound() {
        assertThat(flaw("django-insecure-q8w$2k!v0x@e7r^t5y&u3i*o1p(a)s-d_f=g+h#j"))
                .contains("begins with django-insecure-, the mark of a development key");
        assertThat(flaw("django-insecure-")).isPresent();
        assertThat(flaw("q8w$2k!v0x@e7r^t5y&u3i*o1p(a)s-d_f=g+h#jdjango-insecure-"))
                .isEmpty();
    }

    @Test
    void flaw_ofOneByteRepeated_isFound() {
        assertThat(flaw(new byte[32])).contains("is one byte repeated");
        assertThat(flaw("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx")).contains("is one byte repeated");
        assertThat(flaw("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")).contains("is one byte repeated");
        assertThat(flaw("===")).contains("is one byte repeated");
    }

    @Test
    void flaw_ofShortPatternRepeated_isFound() {
        assertThat(flaw("abababababababababababababababab")).contains("is a pattern of 2 bytes repeated");
        assertThat(flaw("abcabcabcabcabcabcabcabcabcabcab")).contains("is a pattern of 3 bytes repeated");
        assertThat(flaw("wxyzwxyzwxyzwxyzwxyzwxyzwxyzwxyz")).contains("is a pattern of 4 bytes repeated");
    }

    @Test
    void flaw_ofPatternThatIsNotRepeatedOverTheWhole_isNone() {
        assertThat(flaw("wxyzwxyzwxyzwxyzwxyzwxyzwxyzwxy!")).isEmpty();
        assertThat(flaw("vwxyzvwxyzvwxyzvwxyzvwxyzvwxyzvw")).isEmpty();
        assertThat(flaw("k7Qmk7")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "keyboard cat and a good deal more",
                "my keyboard cat",
                "secretxysecretxysecret",
                "k7Qm2ZpX9vRtL4sWc8NdYb3HfJg6TuEa",
                "!$%&/()?*+#-_.:,;<>|^~{[]}@'\" \\`"
            })
    void flaw_ofSomethingElse_isNone(String text) {
        assertThat(flaw(text)).isEmpty();
    }

    @Test
    void flaw_ofTextThatIsNotAscii_isNone() {
        assertThat(flaw("secret\u00e4secret".getBytes(ISO_8859_1))).isEmpty();
    }

    @Test
    void flaw_ofWipedValue_isRefused() {
        SecretValue value = SecretValue.copyOf(new byte[32]);
        value.wipe();
        assertThatThrownBy(() -> SecretStrength.flaw(value)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void list_isSortedWithoutTwins() throws IOException {
        List<String> listed = listed();
        assertThat(listed).hasSizeGreaterThan(60).isSortedAccordingTo(String.CASE_INSENSITIVE_ORDER);
        assertThat(listed.stream()
                        .map(line -> line.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", ""))
                        .toList())
                .doesNotHaveDuplicates()
                .allSatisfy(normal -> assertThat(normal).hasSizeGreaterThanOrEqualTo(3));
    }

    /** The samples, read apart from the class under test. */
    private static List<String> listed() throws IOException {
        List<String> samples = new ArrayList<>();
        try (InputStream in = SecretStrength.class.getResourceAsStream("known-secrets.txt")) {
            assertThat(in).isNotNull();
            for (String line : new String(in.readAllBytes(), US_ASCII).split("\n", -1)) {
                if (!line.isEmpty() && line.charAt(0) != '#') {
                    samples.add(line);
                }
            }
        }
        return samples;
    }

    private static Optional<String> flaw(String text) {
        return flaw(text.getBytes(US_ASCII));
    }

    private static Optional<String> flaw(byte[] bytes) {
        return SecretStrength.flaw(SecretValue.copyOf(bytes));
    }
}
