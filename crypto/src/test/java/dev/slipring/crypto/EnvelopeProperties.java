package dev.slipring.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipring.testing.FakeSecret;
import java.util.Arrays;
import java.util.Map;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;

class EnvelopeProperties {
    private static final FakeSecret RING = Keks.ring(7);
    private static final EnvelopeEncryptor ENCRYPTOR =
            EnvelopeEncryptor.builder(RING.rotating()).build();
    private static final byte[] ENVELOPE = ENCRYPTOR.encrypt(Keks.HELLO, Keks.NOTE);

    @AfterContainer
    static void close() {
        ENCRYPTOR.close();
        RING.close();
    }

    @Property
    void decrypt_anyPlaintextAndContext_isTheInverse(@ForAll byte[] plaintext, @ForAll Map<String, String> pairs) {
        Context context;
        try {
            context = Context.copyOf(pairs);
        } catch (IllegalArgumentException e) {
            return; // an unpaired surrogate
        }
        byte[] envelope = ENCRYPTOR.encrypt(plaintext, context);
        assertThat(ENCRYPTOR.decrypt(envelope, Context.copyOf(pairs))).isEqualTo(plaintext);
        assertThat(EnvelopeText.read(EnvelopeText.write(envelope))).isEqualTo(envelope);
    }

    @Property(tries = 1000)
    void decrypt_anyBytes_areNoEnvelope(@ForAll byte[] bytes) {
        assertRefused(bytes);
    }

    @Property(tries = 1000)
    void decrypt_anyBytesWrittenIntoAnEnvelope_areRefused(
            @ForAll byte[] bytes, @ForAll @IntRange(max = 128) int offset) {
        byte[] changed = ENVELOPE.clone();
        System.arraycopy(bytes, 0, changed, offset, Math.min(bytes.length, changed.length - offset));
        Assume.that(!Arrays.equals(changed, ENVELOPE));
        assertRefused(changed);
    }

    @Property(tries = 1000)
    void decryptText_anyText_isRefused(@ForAll String text) {
        assertThatThrownBy(() -> ENCRYPTOR.decryptText("e1." + text, Keks.NOTE)).isInstanceOf(EnvelopeException.class);
    }

    private static void assertRefused(byte[] bytes) {
        assertThatThrownBy(() -> ENCRYPTOR.decrypt(bytes, Keks.NOTE)).isInstanceOf(EnvelopeException.class);
        try {
            ENCRYPTOR.rewrap(bytes);
        } catch (EnvelopeException e) {
            assertThat(e.failure()).isNotNull();
        }
    }
}
