package dev.slipring.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipring.crypto.EnvelopeException.Failure;
import dev.slipring.keyring.Keyring;
import dev.slipring.keyring.RotatingSecret;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretValue;
import dev.slipring.keyring.SecretVersion;
import dev.slipring.keyring.VersionState;
import dev.slipring.store.Commitment;
import dev.slipring.store.DataKeyStore;
import dev.slipring.store.InMemoryDataKeyStore;
import dev.slipring.testing.FakeSecret;
import dev.slipring.testing.ManualClock;
import dev.slipring.testing.ManualScheduler;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The known answers of the format, made by an independent implementation. */
class EnvelopeVectorsTest {
    private static final String FILE = "envelope-e1.json";

    @Test
    void vectors_everyRecord_agreesByteForByte() throws IOException {
        List<Json> records = Json.objects(source());
        int inline = 0;
        for (Json vector : records) {
            checkKnown(vector);
            if (vector.number("mode") == 0) {
                inline++;
            } else {
                checkUnsupportedWithoutStore(vector);
            }
        }
        System.out.println("envelope vectors checked: " + records.size() + ", inline: " + inline);
        assertThat(inline).isEqualTo(10);
        assertThat(records).hasSize(12);
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 4})
    void vectors_ofLaterSuites_agreeByteForByte(int suite) throws Exception {
        int checked = 0;
        for (Json vector : Json.objects(Json.resource("slipring/envelope-e1-suite-0" + suite + ".json"))) {
            assertThat(vector.number("suite")).isEqualTo(suite);
            byte[] plaintext = pattern(vector.number("plaintextLength"));
            byte[] envelope = made(vector, plaintext);
            assertThat(envelope).hasSize(vector.number("envelopeLength"));
            assertThat(MessageDigest.getInstance("SHA-512").digest(envelope)).isEqualTo(vector.hex("envelopeSha512"));
            checkPublicApi(vector, envelope, plaintext);
            checked++;
        }
        assertThat(checked).isGreaterThan(5);
    }

    private static byte[] pattern(int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (7 * i + i / 251);
        }
        return bytes;
    }

    private static void checkKnown(Json vector) {
        byte[] envelope = made(vector, vector.hex("plaintext"));
        assertThat(envelope).isEqualTo(vector.hex("envelope"));
        assertThat(EnvelopeText.write(envelope)).isEqualTo(vector.text("text"));
        checkPublicApi(vector, envelope, vector.hex("plaintext"));
    }

    /** The vector's envelope, each step of it compared with the vector. */
    private static byte[] made(Json vector, byte[] plaintext) {
        AesKey key = Kek.derive(SecretValue.copyOf(vector.hex("value")));
        assertThat(key.getEncoded()).isEqualTo(vector.hex("kek"));
        Kek kek = new Kek(vector.unsigned("ringId"), vector.number("kekVersion"), key);
        byte[] wrapped = kek.wrap(vector.hex("dek"));
        assertThat(wrapped).isEqualTo(vector.hex("wrappedDek"));
        assertThat(kek.unwrap(wrapped)).isEqualTo(vector.hex("dek"));
        Suite suite = Suite.of((byte) vector.number("suite"));
        DataKey dataKey = DataKey.derive(suite, vector.hex("dek"));
        assertThat(dataKey.commitment()).isEqualTo(vector.hex("commitment"));
        byte[] prefix = vector.number("mode") == 0
                ? Envelope.prefix(suite, kek, wrapped, dataKey.commitment())
                : Envelope.referringPrefix(suite, dataKey.commitment());
        return dataKey.sealUnderGivenRandomness(random(vector), prefix, plaintext, context(vector));
    }

    private static void checkPublicApi(Json vector, byte[] envelope, byte[] plaintext) {
        try (RotatingSecret ring = ring(vector);
                EnvelopeEncryptor encryptor = EnvelopeEncryptor.builder(ring)
                        .dataKeyStore(store(vector))
                        .build()) {
            assertThat(encryptor.decrypt(envelope, context(vector))).isEqualTo(plaintext);
            assertThat(encryptor.decryptText(EnvelopeText.write(envelope), context(vector)))
                    .isEqualTo(plaintext);
            assertThat(encryptor.checkedHeader(envelope))
                    .isEqualTo(new EnvelopeHeader(
                            vector.number("suite"), vector.unsigned("ringId"), vector.number("kekVersion")));
        }
    }

    private static void checkUnsupportedWithoutStore(Json vector) {
        try (RotatingSecret ring = ring(vector);
                EnvelopeEncryptor encryptor = EnvelopeEncryptor.builder(ring).build()) {
            byte[] envelope = vector.hex("envelope");
            Keks.assertFailure(Failure.UNSUPPORTED, () -> encryptor.decrypt(envelope, context(vector)));
            Keks.assertFailure(Failure.UNSUPPORTED, () -> encryptor.decryptText(vector.text("text"), context(vector)));
            Keks.assertFailure(Failure.UNSUPPORTED, () -> encryptor.rewrap(envelope));
        }
    }

    /** What else would be drawn: the salt, if there is one, and the IV, if there is one. */
    private static byte[] random(Json vector) {
        StringBuilder hex = new StringBuilder();
        for (String part : new String[] {"salt", "iv"}) {
            hex.append(vector.text(part).replace("null", ""));
        }
        return HexFormat.of().parseHex(hex);
    }

    /** A store that has the vector's data key, as another implementation would have put it. */
    private static DataKeyStore store(Json vector) {
        DataKeyStore store = InMemoryDataKeyStore.create();
        byte[] wrapped = vector.hex("wrappedDek");
        ByteBuffer record = ByteBuffer.allocate(54 + wrapped.length)
                .putShort((short) 0xF544)
                .put((byte) 1)
                .put((byte) vector.number("suite"))
                .putInt(vector.unsigned("ringId"))
                .putInt(vector.number("kekVersion"))
                .putLong(1_893_456_000_000L)
                .put(vector.hex("commitment"))
                .putShort((short) wrapped.length)
                .put(wrapped);
        assertThat(store.putIfAbsent(Commitment.copyOf(vector.hex("commitment")), record.array()))
                .isTrue();
        return store;
    }

    /** A ring that has only the record's version, with the record's value. */
    private static RotatingSecret ring(Json vector) {
        ManualClock clock = Keks.clock();
        int number = vector.number("kekVersion");
        SecretVersion version = SecretVersion.staged(
                        number, new SecretVersion.Origin("vector", number, 1), Optional.empty())
                .in(VersionState.PRIMARY);
        Keyring keyring = Keyring.of(
                SecretName.of("kek"),
                new Keyring.Edition(1, 1, vector.unsigned("ringId"), FakeSecret.timing(), Optional.empty()),
                clock.instant(),
                List.of(version),
                Map.of(number, SecretValue.copyOf(vector.hex("value"))));
        return RotatingSecret.builder(keyring.secret(), known -> keyring, ManualScheduler.on(clock))
                .ticker(clock)
                .build();
    }

    private static Context context(Json vector) {
        Map<String, String> pairs = new TreeMap<>();
        ((Json) vector.get("context")).fields().forEach((name, value) -> pairs.put(name, (String) value));
        return Context.copyOf(pairs);
    }

    private static Object source() throws IOException {
        String directory = System.getProperty("slipring.vectors");
        if (directory == null || directory.isEmpty()) {
            return Json.resource("slipring/" + FILE);
        }
        Path nested = Path.of(directory, "slipring", FILE);
        return Json.file(Files.exists(nested) ? nested : Path.of(directory, FILE));
    }
}
