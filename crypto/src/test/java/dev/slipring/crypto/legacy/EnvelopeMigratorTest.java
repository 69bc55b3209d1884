package dev.slipring.crypto.legacy;

import static dev.slipring.crypto.Keks.assertFailure;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.slipring.crypto.EnvelopeEncryptor;
import dev.slipring.crypto.EnvelopeException.Failure;
import dev.slipring.crypto.Json;
import dev.slipring.crypto.Keks;
import dev.slipring.crypto.legacy.Migrated.Encrypted;
import dev.slipring.crypto.legacy.Migrated.Kept;
import dev.slipring.crypto.legacy.Migrated.Reencrypted;
import dev.slipring.crypto.legacy.Migrated.Rewrapped;
import dev.slipring.testing.FakeSecret;
import dev.slipring.testing.ManualClock;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.security.crypto.encrypt.BytesEncryptor;
import org.springframework.security.crypto.encrypt.Encryptors;

class EnvelopeMigratorTest {
    private static final String PASSWORD = "correct horse battery staple";
    private static final String SALT = "5c0744940b5c369b";
    private static final byte[] NOTHING = {};

    private final ManualClock clock = Keks.clock();
    private final Sunset sunset = Sunset.at(clock.instant().plus(Duration.ofDays(90)), clock);
    private final FakeSecret ring = Keks.ring(7);
    private final EnvelopeEncryptor encryptor =
            EnvelopeEncryptor.builder(ring.rotating()).build();

    @AfterEach
    void close() {
        encryptor.close();
        ring.close();
    }

    @Test
    void table_ofEverythingThereEverWas_isOneOfEnvelopesInTheEnd() throws IOException {
        EnvelopeMigrator migrator = EnvelopeMigrator.builder(encryptor)
                .from(tink())
                .from(transit())
                .acceptPlaintextUntil(sunset)
                .build();
        List<byte[]> rows = new ArrayList<>();
        rows.add(encryptor.encrypt(bytes("wrapped by the first version"), Keks.NOTE));
        ring.rotate(Keks.value(8));
        rows.add(encryptor.encrypt(bytes("an envelope"), Keks.NOTE));
        rows.add(
                encryptor.encryptToText(bytes("an envelope as text"), Keks.NOTE).getBytes(US_ASCII));
        rows.add(tinkMessage().hex("ciphertext"));
        rows.add(transitMessage().text("ciphertext").getBytes(US_ASCII));
        rows.add(bytes("never encrypted"));

        assertThat(count(migrator, rows))
                .isEqualTo(Map.of("rewrapped", 1, "kept", 2, "tink", 1, "transit", 1, "encrypted", 1));
        assertThat(count(migrator, rows)).isEqualTo(Map.of("kept", 6));
        assertThat(rows.stream().map(row -> new String(open(row), UTF_8)))
                .containsExactly(
                        "wrapped by the first version",
                        "an envelope",
                        "an envelope as text",
                        "Grüße",
                        "Grüße",
                        "never encrypted");
    }

    /** One pass of a migration, that stores what changed. */
    private static Map<String, Integer> count(EnvelopeMigrator migrator, List<byte[]> rows) {
        Map<String, Integer> counts = new LinkedHashMap<>();
        rows.replaceAll(row -> {
            Migrated migrated = migrator.toEnvelope(row, Keks.NOTE);
            counts.merge(kind(migrated), 1, Integer::sum);
            return migrated.changed() ? migrated.envelope() : row;
        });
        return counts;
    }

    private static String kind(Migrated migrated) {
        if (migrated instanceof Reencrypted reencrypted) {
            return reencrypted.from();
        }
        return migrated instanceof Kept ? "kept" : migrated instanceof Rewrapped ? "rewrapped" : "encrypted";
    }

    @Test
    void toEnvelope_associatedDataOfTheOtherSystem_isPassedOn() throws IOException {
        Json message = tinkKeyset().list("messages").get(1);
        EnvelopeMigrator migrator =
                EnvelopeMigrator.builder(encryptor).from(tink()).build();
        assertFailure(Failure.TAMPERED, () -> migrator.toEnvelope(message.hex("ciphertext"), Keks.NOTE));
        Migrated migrated = migrator.toEnvelope(message.hex("ciphertext"), message.hex("associated"), Keks.NOTE);
        assertThat(encryptor.decryptText(migrated.text(), Keks.NOTE)).isEqualTo(message.hex("plaintext"));
        assertThat(migrator.toEnvelope(migrated.envelope(), bytes("whatever"), Keks.NOTE))
                .isInstanceOf(Kept.class);
    }

    @Test
    void toEnvelope_whatIsNothingKnown_isMalformedUnlessPlaintextIsAccepted() throws IOException {
        EnvelopeMigrator migrator =
                EnvelopeMigrator.builder(encryptor).from(transit()).build();
        assertFailure(Failure.MALFORMED, () -> migrator.toEnvelope(bytes("plaintext"), Keks.NOTE));
        assertFailure(Failure.MALFORMED, () -> migrator.toEnvelope(NOTHING, Keks.NOTE));

        EnvelopeMigrator lenient =
                EnvelopeMigrator.builder(encryptor).acceptPlaintextUntil(sunset).build();
        assertThat(lenient.toEnvelope(NOTHING, Keks.NOTE)).isInstanceOf(Encrypted.class);
        clock.advance(Duration.ofDays(90));
        assertFailure(Failure.DISABLED, () -> lenient.toEnvelope(NOTHING, Keks.NOTE));
    }

    @Test
    void toEnvelope_damagedCiphertext_isNeverTakenForPlaintext() throws IOException {
        EnvelopeMigrator migrator = EnvelopeMigrator.builder(encryptor)
                .from(tink())
                .from(transit())
                .acceptPlaintextUntil(sunset)
                .build();
        byte[] tink = tinkMessage().hex("ciphertext");
        assertFailure(Failure.TAMPERED, () -> migrator.toEnvelope(Keks.flipped(tink, 100), Keks.NOTE));
        assertFailure(Failure.UNKNOWN_VERSION, () -> migrator.toEnvelope(Keks.flipped(tink, 8), Keks.NOTE));
        byte[] transit = transitMessage().text("ciphertext").getBytes(US_ASCII);
        assertFailure(Failure.MALFORMED, () -> migrator.toEnvelope(Keks.flipped(transit, 8 * 8), Keks.NOTE));
        byte[] envelope = encryptor.encrypt(Keks.HELLO, Keks.NOTE);
        assertFailure(Failure.UNSUPPORTED, () -> migrator.toEnvelope(Keks.flipped(envelope, 16), Keks.NOTE));
        assertFailure(Failure.MALFORMED, () -> migrator.toEnvelope(bytes("e1.or not"), Keks.NOTE));
    }

    @Test
    void toEnvelope_afterTheSunsetOfItsSystem_isDisabledEvenIfTheCipherForgets() throws IOException {
        LegacyCipher forgetful = new LegacyCipher() {
            @Override
            public String name() {
                return "forgetful";
            }

            @Override
            public Sunset sunset() {
                return sunset;
            }

            @Override
            public Evidence evidence() {
                return Evidence.MARK;
            }

            @Override
            public boolean recognises(byte[] stored) {
                return true;
            }

            @Override
            public byte[] decrypt(byte[] stored, byte[] associatedData) {
                return stored.clone();
            }

            @Override
            public void close() {}
        };
        EnvelopeMigrator migrator =
                EnvelopeMigrator.builder(encryptor).from(forgetful).build();
        assertThat(migrator.toEnvelope(Keks.HELLO, Keks.NOTE)).isInstanceOf(Reencrypted.class);
        clock.advance(Duration.ofDays(90));
        assertFailure(Failure.DISABLED, () -> migrator.toEnvelope(Keks.HELLO, Keks.NOTE));
    }

    @Test
    void toEnvelope_ciphertextWithATagThatBeginsLikeAnEnvelope_isToldByTheTag() {
        BytesEncryptor spring = Encryptors.stronger(PASSWORD, SALT);
        byte[] stored = beginning(spring, Keks.HELLO);
        EnvelopeMigrator migrator = EnvelopeMigrator.builder(encryptor)
                .from(SpringCipher.stronger("another".toCharArray(), SALT, sunset))
                .from(SpringCipher.stronger(PASSWORD.toCharArray(), SALT, sunset))
                .build();
        Migrated migrated = migrator.toEnvelope(stored, Keks.NOTE);
        assertThat(migrated).isInstanceOf(Reencrypted.class);
        assertThat(open(migrated.envelope())).isEqualTo(Keks.HELLO);
        byte[] damaged = Keks.flipped(stored, 8 * stored.length - 1);
        assertFailure(Failure.UNSUPPORTED, () -> migrator.toEnvelope(damaged, Keks.NOTE));
    }

    @Test
    void toEnvelope_unauthenticatedCiphertextThatBeginsLikeAnEnvelope_isRefused() {
        BytesEncryptor spring = Encryptors.standard(PASSWORD, SALT);
        SpringCipher cipher = SpringCipher.standard(PASSWORD.toCharArray(), SALT, sunset);
        EnvelopeMigrator migrator =
                EnvelopeMigrator.builder(encryptor).from(cipher).build();
        assertThat(open(migrator.toEnvelope(spring.encrypt(Keks.HELLO), Keks.NOTE)
                        .envelope()))
                .isEqualTo(Keks.HELLO);
        byte[] stored = beginning(spring, Keks.HELLO);
        assertFailure(Failure.UNSUPPORTED, () -> migrator.toEnvelope(stored, Keks.NOTE));
        assertThat(cipher.decrypt(stored, NOTHING)).isEqualTo(Keks.HELLO);
    }

    @Test
    void build_formatsThatCannotBeToldApart_isRefused() {
        SpringCipher standard = SpringCipher.standard(PASSWORD.toCharArray(), SALT, sunset);
        SpringCipher stronger = SpringCipher.stronger(PASSWORD.toCharArray(), SALT, sunset);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> EnvelopeMigrator.builder(encryptor)
                        .from(stronger)
                        .from(standard)
                        .build())
                .withMessage("these formats cannot be told apart: [spring-stronger, spring-standard]");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> EnvelopeMigrator.builder(encryptor)
                        .from(stronger)
                        .acceptPlaintextUntil(sunset)
                        .build())
                .withMessage("plaintext cannot be told from [spring-stronger]");
    }

    /** What {@code spring} makes of {@code plaintext} when its random first bytes are F5 53, and the third not 01. */
    private static byte[] beginning(BytesEncryptor spring, byte[] plaintext) {
        while (true) {
            byte[] stored = spring.encrypt(plaintext);
            if (stored[0] == (byte) 0xF5 && stored[1] == 0x53 && stored[2] != 1) {
                return stored;
            }
        }
    }

    private byte[] open(byte[] row) {
        return row[0] == 'e'
                ? encryptor.decryptText(new String(row, US_ASCII), Keks.NOTE)
                : encryptor.decrypt(row, Keks.NOTE);
    }

    private LegacyCipher tink() throws IOException {
        return TinkCipher.ofJson(bytes(tinkKeyset().text("json")), sunset);
    }

    private LegacyCipher transit() throws IOException {
        byte[] key = Base64.getDecoder().decode(((Json) transitKey().get("keys")).text("1"));
        return TransitCipher.builder(sunset).key(1, key).build();
    }

    private static Json tinkMessage() throws IOException {
        return tinkKeyset().list("messages").get(2);
    }

    private static Json tinkKeyset() throws IOException {
        return ((Json) Json.resource("legacy/tink.json")).list("cases").get(0);
    }

    private static Json transitMessage() throws IOException {
        return transitKey().list("messages").get(2);
    }

    private static Json transitKey() throws IOException {
        return ((Json) Json.resource("legacy/transit.json")).list("cases").get(0);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
