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
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The known answers of the format, made by an independent implementation. */
@Tag("providers")
class EnvelopeVectorsTest {
    private static final String FILE = "envelope-e1.json";

    @ParameterizedTest
    @MethodSource("dev.slipring.crypto.Providers#all")
    void vectors_everyRecord_agreesByteForByte(Providers.Choice choice) throws IOException {
        List<Json> records = Json.objects(source());
        int inline = 0;
        for (Json vector : records) {
            checkKnown(vector, choice);
            if (vector.number("mode") == 0) {
                inline++;
            } else {
                checkUnsupported(vector, choice);
            }
        }
        System.out.println("envelope vectors checked, " + choice + ": " + records.size() + ", inline: " + inline);
        assertThat(inline).isEqualTo(10);
        assertThat(records).hasSize(12);
    }

    static Stream<Arguments> laterSuites() {
        return Providers.all().stream()
                .flatMap(choice -> IntStream.of(3, 4).mapToObj(suite -> Arguments.of(choice, suite)));
    }

    @ParameterizedTest
    @MethodSource("laterSuites")
    void vectors_ofLaterSuites_agreeByteForByte(Providers.Choice choice, int suite) throws Exception {
        int checked = 0;
        for (Json vector : Json.objects(Json.resource("slipring/envelope-e1-suite-0" + suite + ".json"))) {
            assertThat(vector.number("suite")).isEqualTo(suite);
            if (suite == 3 && !choice.hasGcmSiv()) {
                checkUnsupported(vector, choice);
            } else {
                byte[] plaintext = pattern(vector.number("plaintextLength"));
                byte[] envelope = made(vector, plaintext, choice);
                assertThat(envelope).hasSize(vector.number("envelopeLength"));
                assertThat(MessageDigest.getInstance("SHA-512").digest(envelope))
                        .isEqualTo(vector.hex("envelopeSha512"));
                checkPublicApi(vector, envelope, plaintext, choice);
            }
            checked++;
        }
        assertThat(checked).isEqualTo(suite == 3 ? 6 : 8);
    }

    private static byte[] pattern(int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (7 * i + i / 251);
        }
        return bytes;
    }

    private static void checkKnown(Json vector, Providers.Choice choice) {
        byte[] envelope = made(vector, vector.hex("plaintext"), choice);
        assertThat(envelope).isEqualTo(vector.hex("envelope"));
        assertThat(EnvelopeText.write(envelope)).isEqualTo(vector.text("text"));
        checkPublicApi(vector, envelope, vector.hex("plaintext"), choice);
    }

    /** The vector's envelope, each step of it compared with the vector; where the module makes IVs, all but the last. */
    private static byte[] made(Json vector, byte[] plaintext, Providers.Choice choice) {
        CryptoProviders slots = choice.slots();
        AesKey key = Kek.derive(SecretValue.copyOf(vector.hex("value")), slots);
        assertThat(key.getEncoded()).isEqualTo(vector.hex("kek"));
        KekVersion of = new KekVersion(vector.unsigned("ringId"), vector.number("kekVersion"));
        Kek kek = new Kek(of, key, slots.keyWrap(), null);
        byte[] wrapped = kek.wrap(vector.hex("dek"));
        assertThat(wrapped).isEqualTo(vector.hex("wrappedDek"));
        assertThat(kek.unwrap(wrapped)).isEqualTo(vector.hex("dek"));
        Suite suite = Suite.of((byte) vector.number("suite"));
        DataKey dataKey = DataKey.derive(suite, vector.hex("dek"), slots);
        assertThat(dataKey.commitment()).isEqualTo(vector.hex("commitment"));
        DataKey sealer = choice.sealsVectors() ? dataKey : Keks.dataKey(suite, vector.hex("dek"));
        byte[] prefix = vector.number("mode") == 0
                ? Envelope.prefix(suite, kek, wrapped, dataKey.commitment())
                : Envelope.referringPrefix(suite, dataKey.commitment());
        return sealer.sealUnderGivenRandomness(random(vector), prefix, plaintext, context(vector));
    }

    private static void checkPublicApi(Json vector, byte[] envelope, byte[] plaintext, Providers.Choice choice) {
        try (RotatingSecret ring = ring(vector);
                EnvelopeEncryptor encryptor = EnvelopeEncryptor.builder(ring)
                        .dataKeyStore(store(vector))
                        .providers(choice.slots())
                        .build()) {
            assertThat(encryptor.decrypt(envelope, context(vector))).isEqualTo(plaintext);
            assertThat(encryptor.decryptText(EnvelopeText.write(envelope), context(vector)))
                    .isEqualTo(plaintext);
            assertThat(encryptor.checkedHeader(envelope))
                    .isEqualTo(new EnvelopeHeader(
                            vector.number("suite"), vector.unsigned("ringId"), vector.number("kekVersion")));
        }
    }

    /** Without a store of data keys, if it is in reference mode; else for want of an engine. */
    private static void checkUnsupported(Json vector, Providers.Choice choice) {
        try (RotatingSecret ring = ring(vector);
                EnvelopeEncryptor encryptor = EnvelopeEncryptor.builder(ring)
                        .providers(choice.slots())
                        .build()) {
            byte[] envelope = vector.hex("envelope");
            Keks.assertFailure(Failure.UNSUPPORTED, () -> encryptor.decrypt(envelope, context(vector)));
            Keks.assertFailure(
                    Failure.UNSUPPORTED, () -> encryptor.decryptText(EnvelopeText.write(envelope), context(vector)));
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
