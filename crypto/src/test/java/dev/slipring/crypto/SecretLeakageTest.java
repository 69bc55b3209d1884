package dev.slipring.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.slipring.keyring.SecretValue;
import dev.slipring.testing.FakeSecret;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Nothing that can be printed, logged or serialized holds key material, plaintext or a context's value. */
class SecretLeakageTest {
    private static final byte[] VALUE = "a value of thirty-two bytes here".getBytes(StandardCharsets.US_ASCII);

    @Test
    void texts_ofEverythingThatPrints_holdNoSecret() throws IOException {
        List<String> texts = new ArrayList<>();
        try (FakeSecret ring = FakeSecret.create("kek", Keks.clock(), VALUE);
                EnvelopeEncryptor encryptor =
                        EnvelopeEncryptor.builder(ring.rotating()).build()) {
            byte[] envelope = encryptor.encrypt(Keks.HELLO, Keks.NOTE);
            texts.add(encryptor.toString());
            texts.add(Keks.NOTE.toString());
            texts.add(EnvelopeHeader.read(envelope).toString());
            texts.add(encryptor.rewrap(envelope).toString());
            texts.add(DataKeyBudget.standard().toString());
            texts.add(Keks.kek(1, VALUE, CryptoProviders.platform()).toString());
            texts.add(Kek.derive(SecretValue.copyOf(VALUE), CryptoProviders.platform())
                    .toString());
            for (int bit = 0; bit < 8 * envelope.length; bit += 3) {
                byte[] changed = Keks.flipped(envelope, bit);
                texts.add(trace(catchThrowable(() -> encryptor.decrypt(changed, Keks.NOTE))));
            }
            texts.add(trace(catchThrowable(() -> encryptor.decrypt(envelope, Context.of("id", "42secret")))));
            texts.add(trace(catchThrowable(() -> Context.of("id", "42secret", "id", "43secret"))));
            addStreams(texts, encryptor);
            addKept(texts, ring);
            for (Suite suite : Suite.values()) {
                addSuite(texts, suite);
            }
        }
        byte[] kek = Kek.derive(SecretValue.copyOf(VALUE), CryptoProviders.platform())
                .getEncoded();
        for (byte[] secret : List.of(VALUE, kek, Keks.HELLO, Keks.value(99))) {
            assertThat(texts).noneMatch(text -> shows(text, secret));
        }
        assertThat(texts).noneMatch(text -> text.contains("42secret") || text.contains("notes"));
    }

    private static void addStreams(List<String> texts, EnvelopeEncryptor encryptor) throws IOException {
        byte[] envelope = Streams.encrypted(encryptor, Keks.HELLO);
        texts.add(encryptor
                .streams()
                .encrypting(new ByteArrayOutputStream(), Keks.NOTE)
                .toString());
        texts.add(encryptor
                .streams()
                .decrypting(new ByteArrayInputStream(envelope), Keks.NOTE)
                .toString());
        texts.add(encryptor
                .streams()
                .randomAccess(new MemoryChannel(envelope), Keks.NOTE)
                .toString());
        texts.add(Keks.streamStart().toString());
        for (int bit = 0; bit < 8 * envelope.length; bit += 3) {
            byte[] changed = Keks.flipped(envelope, bit);
            texts.add(trace(catchThrowable(() -> Streams.decrypted(encryptor, changed))));
            texts.add(trace(
                    catchThrowable(() -> encryptor.streams().randomAccess(new MemoryChannel(changed), Keks.NOTE))));
        }
    }

    /** What is kept elsewhere: data keys in a store, and KEKs. */
    private static void addKept(List<String> texts, FakeSecret ring) {
        FakeDataKeyStore store = new FakeDataKeyStore();
        FakeKeyService service = new FakeKeyService();
        try (EnvelopeEncryptor encryptor = EnvelopeEncryptor.builder(
                        ring.rotating(), (version, value) -> service.key("k"))
                .reference(store)
                .build()) {
            byte[] envelope = encryptor.encrypt(Keks.HELLO, Keks.NOTE);
            texts.add(encryptor.toString());
            texts.add(store.scan(null, 1).get(0).toString());
            texts.add(store.record(envelope).toString());
            texts.add(encryptor.dataKeys() + " " + encryptor.rewrapping() + " " + KeySupply.standard());
            texts.add(encryptor.dataKeys().rewrap(null, 1).toString());
            texts.add(encryptor
                    .rewrapping()
                    .all(Stream.of(envelope, VALUE))
                    .toList()
                    .toString());
            encryptor.dropKeys();
            service.down(true);
            texts.add(trace(catchThrowable(() -> encryptor.decrypt(envelope, Keks.NOTE))));
            texts.add(trace(catchThrowable(() -> encryptor.encrypt(Keks.HELLO, Keks.NOTE))));
            store.down(true);
            texts.add(trace(catchThrowable(() -> encryptor.rewrap(envelope))));
        }
    }

    private static void addSuite(List<String> texts, Suite suite) {
        Envelope envelope = Envelope.parse(Keks.envelope(suite, Keks.kek(7), Keks.HELLO));
        DataKey key = Keks.dataKey(suite, Keks.value(99));
        texts.add(key.toString());
        texts.add(envelope.toString());
        texts.add(suite.cipher(new AesKey(VALUE.clone()), new byte[32], CryptoProviders.platform())
                .toString());
        texts.add(trace(catchThrowable(() -> key.open(envelope, Context.of("id", "42secret")))));
    }

    @Test
    void key_serialized_isRefused() {
        AesKey key = new AesKey(Keks.value(1));
        assertThatThrownBy(() -> new ObjectOutputStream(new ByteArrayOutputStream()).writeObject(key))
                .isInstanceOf(NotSerializableException.class);
    }

    @Test
    void key_wiped_isZeroAndNeverHandedOut() {
        byte[] bytes = Keks.value(1);
        AesKey key = new AesKey(bytes);
        key.destroy();
        assertThat(key.isDestroyed()).isTrue();
        assertThat(bytes).containsOnly(0);
        assertThatThrownBy(key::getEncoded).isInstanceOf(AesKey.Wiped.class);
        assertThat(key.sameAs(new AesKey(new byte[32]))).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void dataKey_wipedBetweenLookUpAndUse_failsInsteadOfEncryptingUnderZeros(Suite suite) {
        Envelope envelope = Envelope.parse(Keks.envelope(suite, Keks.kek(7), Keks.HELLO));
        DataKey key = Keks.dataKey(suite, Keks.value(99));
        assertThat(key.seal(new byte[0], Keks.HELLO, Keks.NOTE)).isNotEmpty();
        assertThat(key.open(envelope, Keks.NOTE)).isEqualTo(Keks.HELLO);
        key.wipe();
        assertThatThrownBy(() -> key.seal(new byte[0], Keks.HELLO, Keks.NOTE)).isInstanceOf(AesKey.Wiped.class);
        assertThatThrownBy(() -> key.open(envelope, Keks.NOTE)).isInstanceOf(AesKey.Wiped.class);
    }

    @Test
    void sealingKey_retiredWhileAMessageIsReserved_isWipedAfterIt() {
        Kek kek = Keks.kek(1, VALUE, CryptoProviders.platform());
        DataKey dataKey = Keks.dataKey(Suite.AES_256_GCM, Keks.value(1));
        byte[] prefix = Envelope.prefix(Suite.AES_256_GCM, kek, kek.wrap(Keks.value(1)), dataKey.commitment());
        SealingKey key = new SealingKey(kek, dataKey, prefix, DataKeyBudget.standard(), 0);
        assertThat(key.reserve(1, 0)).isTrue();
        assertThat(key.reserve(1, 0)).isTrue();
        key.retire();
        assertThat(key.seal(new byte[1], Keks.NOTE)).hasSize(116);
        assertThat(key.seal(new byte[1], Keks.NOTE)).hasSize(116);
        assertThat(key.reserve(1, 0)).isTrue();
        assertThatThrownBy(() -> key.seal(new byte[1], Keks.NOTE)).isInstanceOf(AesKey.Wiped.class);
    }

    private static boolean shows(String text, byte[] secret) {
        return text.contains(new String(secret, StandardCharsets.ISO_8859_1))
                || text.toLowerCase(Locale.ROOT).contains(HexFormat.of().formatHex(secret, 0, 8))
                || text.contains(Base64.getEncoder().encodeToString(secret).substring(0, 12));
    }

    private static String trace(Throwable thrown) {
        StringWriter out = new StringWriter();
        thrown.printStackTrace(new PrintWriter(out));
        return out.toString();
    }
}
