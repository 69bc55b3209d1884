package dev.slipring.crypto;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.slipring.crypto.EnvelopeException.Failure;
import dev.slipring.keyring.SecretValue;
import dev.slipring.testing.FakeSecret;
import dev.slipring.testing.ManualClock;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** What the tests of envelopes share. */
public final class Keks {
    public static final Context NOTE = Context.of("table", "notes", "column", "body", "id", "42");
    public static final byte[] HELLO = "hello envelope".getBytes(StandardCharsets.UTF_8);

    private Keks() {}

    public static ManualClock clock() {
        return ManualClock.at("2030-01-01T00:00:00Z");
    }

    /** A ring whose version 1 has the value {@code value(1)}. */
    public static FakeSecret ring(int ringId) {
        return FakeSecret.create("kek-" + ringId, clock(), ringId, FakeSecret.timing(), value(ringId));
    }

    public static byte[] value(int seed) {
        byte[] value = new byte[32];
        Arrays.fill(value, (byte) seed);
        return value;
    }

    /** The KEK of version 1 of {@code ring(ringId)}. */
    static Kek kek(int ringId) {
        return kek(ringId, value(ringId), CryptoProviders.platform());
    }

    /** The KEK of a version 1 that has {@code value}. */
    static Kek kek(int ringId, byte[] value, CryptoProviders providers) {
        AesKey key = Kek.derive(SecretValue.copyOf(value), providers);
        return new Kek(new KekVersion(ringId, 1), key, providers.keyWrap(), null);
    }

    /** What {@code dek} gives for {@code suite}. */
    static DataKey dataKey(Suite suite, byte[] dek) {
        return DataKey.derive(suite, dek, CryptoProviders.platform());
    }

    /** What {@code suite} makes of a plaintext under {@code kek} and the data key {@code value(99)}. */
    static byte[] envelope(Suite suite, Kek kek, byte[] plaintext) {
        DataKey key = dataKey(suite, value(99));
        return key.seal(Envelope.prefix(suite, kek, kek.wrap(value(99)), key.commitment()), plaintext, NOTE);
    }

    /** The start of a stream under the data key {@code value(99)}. */
    static StreamStart streamStart() {
        DataKey key = dataKey(Suite.CHUNKED_AES_256_GCM, value(99));
        byte[] prefix = Envelope.referringPrefix(Suite.CHUNKED_AES_256_GCM, key.commitment());
        return StreamStart.of(kek(7), prefix, key.newStream(NOTE), () -> true);
    }

    public static void assertFailure(Failure failure, ThrowingCallable call) {
        assertThatThrownBy(call)
                .asInstanceOf(type(EnvelopeException.class))
                .extracting(EnvelopeException::failure)
                .isEqualTo(failure);
    }

    public static byte[] flipped(byte[] bytes, int bit) {
        byte[] changed = bytes.clone();
        changed[bit / 8] ^= (byte) (1 << (bit % 8));
        return changed;
    }

    /** The commitment of an envelope under a local KEK. */
    static byte[] commitment(byte[] envelope) {
        return Arrays.copyOfRange(envelope, 55, 87);
    }

    /** What follows the wrapped DEK: commitment, IV, ciphertext. */
    static byte[] payload(byte[] envelope) {
        return Arrays.copyOfRange(envelope, 55, envelope.length);
    }
}
