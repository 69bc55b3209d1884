package dev.slipring.guard;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretValue;
import dev.slipring.rotation.Environment;
import dev.slipring.rotation.SecretKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GuardRailsTest {
    private static final SecretName NAME = SecretName.of("session");
    private static final String GOOD = "q7ZpV0nXc3uR9tLkYwJ2mB5sHdGfAe1x";

    @TempDir
    Path temp;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "hunter2",
                "1234567890123456789012345678",
                "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz",
                "0123456789abcdef0123456789abcdef",
                "Kd8s!fK2Kd8s!fK2Kd8s!fK2Kd8s!fK2Kd8s!fK2Kd8s!fK2",
                "aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbcccccccccccccccc"
            })
    void key_thatCannotHoldItsBits_isWeak(String value) {
        assertThat(rules(SecretKind.SELF, value)).contains(GuardRule.WEAK);
        assertThat(rules(SecretKind.INBOUND, value)).contains(GuardRule.WEAK);
    }

    @Test
    void password_needsFewerBitsThanKey() {
        assertThat(rules(SecretKind.OUTBOUND, "k3Vt9QzLw2Rp")).isEmpty(); // 12 of 62: 71 bits
        assertThat(rules(SecretKind.SELF, "k3Vt9QzLw2Rp")).containsExactly(GuardRule.WEAK);
        assertThat(rules(SecretKind.OUTBOUND, "k3Vt9QzLw2")).containsExactly(GuardRule.WEAK); // 10: 60 bits
        assertThat(rules(null, "k3Vt9QzLw2Rp")).isEmpty();
    }

    /** The least that generators of secrets make: 16 bytes, in bytes and in the usual spellings. */
    @Property(tries = 20_000)
    void randomValue_of128Bits_isFoundNothingOf(@ForAll long seed) {
        byte[] bytes = new byte[16];
        new Random(seed).nextBytes(bytes);
        assertThat(rules(SecretKind.SELF, SecretValue.copyOf(bytes))).isEmpty();
        assertThat(rules(SecretKind.SELF, HexFormat.of().formatHex(bytes))).isEmpty();
        assertThat(rules(SecretKind.SELF, HexFormat.of().withUpperCase().formatHex(bytes)))
                .isEmpty();
        assertThat(rules(
                        SecretKind.SELF, Base64.getUrlEncoder().withoutPadding().encodeToString(bytes)))
                .isEmpty();
        assertThat(rules(SecretKind.SELF, Base64.getEncoder().encodeToString(bytes)))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"changeme", "secret", "keyboard cat", "password", "0000000000000000000000000000000000000000"})
    void value_thatEverybodyKnows_isPublished(String value) {
        assertThat(rules(SecretKind.OUTBOUND, value)).contains(GuardRule.PUBLISHED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "dev-" + GOOD,
                "DEV_" + GOOD,
                "sk_test_" + GOOD,
                "whsec_test_" + GOOD,
                GOOD + "-staging",
                GOOD + ".localhost",
                "insecure:" + GOOD
            })
    void value_markedForDevelopment_isFoundInProductionAlone(String value) {
        assertThat(rules(SecretKind.SELF, value)).containsExactly(GuardRule.DEVELOPMENT);
        assertThat(judge(GuardRails.standard(), Environment.STAGING, value)).isEmpty();
        assertThat(judge(GuardRails.standard(), Environment.UNDECLARED, value)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"sk_live_" + GOOD, "device-" + GOOD, GOOD + "-attest", "de-v" + GOOD})
    void value_withOtherWords_isNotMarked(String value) {
        assertThat(rules(SecretKind.SELF, value)).isEmpty();
    }

    @Test
    void finding_isRefusedInProduction_warnedOfElsewhere_unlessToldOrTolerated() {
        GuardFinding finding = new GuardFinding(NAME, 1, GuardRule.WEAK, "is weak");
        GuardRails standard = GuardRails.standard();
        assertThat(standard.refuses(finding, Environment.PRODUCTION)).isTrue();
        assertThat(standard.refuses(finding, Environment.STAGING)).isFalse();
        assertThat(standard.refuses(finding, Environment.DEVELOPMENT)).isFalse();
        assertThat(standard.refuses(finding, Environment.UNDECLARED)).isFalse();
        assertThat(GuardRails.builder().warning().build().refuses(finding, Environment.PRODUCTION))
                .isFalse();
        assertThat(GuardRails.builder().refusing().build().refuses(finding, Environment.STAGING))
                .isTrue();
        GuardRails tolerant = GuardRails.builder()
                .tolerating("session", "rotated on Monday", GuardRule.WEAK)
                .build();
        assertThat(tolerant.refuses(finding, Environment.PRODUCTION)).isFalse();
        assertThat(tolerant.refuses(new GuardFinding(NAME, 1, GuardRule.PUBLISHED, "is known"), Environment.PRODUCTION))
                .isTrue();
        assertThat(tolerant.refuses(
                        new GuardFinding(SecretName.of("other"), 1, GuardRule.WEAK, "is weak"), Environment.PRODUCTION))
                .isTrue();
    }

    @Test
    void value_ofAnotherEnvironment_isFoundByItsTag_withoutBeingShown() throws IOException {
        Path key = Files.writeString(temp.resolve("guard.key"), hex(1, 32) + "\n");
        SecretValue shared = value(GOOD);
        Path file = temp.resolve("staging.tags");
        try (EnvironmentTags staging = EnvironmentTags.read(key)) {
            String line = staging.line(Environment.STAGING, NAME, 3, shared);
            assertThat(line).matches("STAGING session 3 [0-9a-f]{32}").doesNotContain(GOOD);
            Files.writeString(file, "# of staging\n\n" + line + "\n");
        }
        try (EnvironmentTags tags = EnvironmentTags.read(key, file)) {
            GuardRails rails = GuardRails.builder().tags(tags).build();
            assertThat(judge(rails, Environment.PRODUCTION, GOOD))
                    .containsExactly(new GuardFinding(
                            NAME, 1, GuardRule.SHARED, "is also that of STAGING, as version 3 of secret session"));
            assertThat(judge(rails, Environment.STAGING, GOOD)).isEmpty();
            assertThat(judge(rails, Environment.PRODUCTION, GOOD + "x")).isEmpty();
        }
    }

    /** Whoever has the file alone must guess the guard key as well, so even a weak value cannot be tried. */
    @Test
    void tag_underAnotherGuardKey_isAnother() {
        SecretValue weak = value("changeme");
        try (EnvironmentTags one = EnvironmentTags.of(value(hex(1, 32)));
                EnvironmentTags other = EnvironmentTags.of(value(hex(2, 32)))) {
            assertThat(one.line(Environment.STAGING, NAME, 1, weak))
                    .isEqualTo(one.line(Environment.STAGING, NAME, 1, weak))
                    .isNotEqualTo(other.line(Environment.STAGING, NAME, 1, weak));
            assertThatThrownBy(() -> one.line(Environment.UNDECLARED, NAME, 1, weak))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void guardKeyOrFile_thatCannotBeUsed_isRefused_withoutQuotingIt() throws IOException {
        assertThatThrownBy(() -> EnvironmentTags.of(value("hunter2"))).hasMessageContaining("at least 32 bytes, not 7");
        assertThatThrownBy(() -> EnvironmentTags.of(value("a".repeat(40)))).hasMessageContaining("one byte repeated");
        assertThatThrownBy(() -> EnvironmentTags.of(value("hunter2hunter2hunter2hunter2hunter2")))
                .hasMessageContaining("is not random")
                .hasMessageNotContaining("hunter2");
        Path file = Files.writeString(temp.resolve("tags"), "# fine\nsession hunter2\n");
        assertThatThrownBy(() -> EnvironmentTags.of(value(hex(1, 32)), file)).hasMessage(file + ", line 2: not a tag");
        Path unknown = Files.writeString(temp.resolve("unknown"), "MARS session 1 " + hex(1, 16) + "\n");
        assertThatThrownBy(() -> EnvironmentTags.of(value(hex(1, 32)), unknown))
                .hasMessage(unknown + ", line 1: no such environment");
    }

    private static List<GuardRule> rules(SecretKind kind, String value) {
        return rules(kind, value(value));
    }

    private static List<GuardRule> rules(SecretKind kind, SecretValue value) {
        return GuardRails.standard()
                .judge(new GuardRails.Subject(NAME, 1, Optional.ofNullable(kind), Environment.PRODUCTION), value)
                .stream()
                .map(GuardFinding::rule)
                .toList();
    }

    private static List<GuardFinding> judge(GuardRails rails, Environment environment, String value) {
        return rails.judge(new GuardRails.Subject(NAME, 1, Optional.of(SecretKind.SELF), environment), value(value));
    }

    private static String hex(long seed, int bytes) {
        byte[] random = new byte[bytes];
        new Random(seed).nextBytes(random);
        return HexFormat.of().formatHex(random);
    }

    private static SecretValue value(String text) {
        return SecretValue.copyOf(text.getBytes(US_ASCII));
    }
}
