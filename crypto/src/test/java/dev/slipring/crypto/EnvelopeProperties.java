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

    @Property
    void decrypt_anyPlaintextInAnySuite_isTheInverse(@ForAll Suite suite, @ForAll byte[] plaintext) {
        byte[] envelope = Keks.envelope(suite, Keks.kek(7), plaintext);
        assertThat(envelope).hasSize(87 + suite.bodyLength(plaintext.length));
        assertThat(ENCRYPTOR.decrypt(envelope, Keks.NOTE)).isEqualTo(plaintext);
        assertThat(ENCRYPTOR.decryptText(EnvelopeText.write(envelope), Keks.NOTE))
                .isEqualTo(plaintext);
    }

    @Property(tries = 1000)
    void decrypt_anyBytes_areNoEnvelope(@ForAll byte[] bytes) {
        assertRefused(bytes);
    }

    @Property(tries = 1000)
    void decrypt_anyBytesWrittenIntoAnEnvelope_areRefused(
            @ForAll Suite suite, @ForAll byte[] bytes, @ForAll @IntRange(max = 128) int offset) {
        byte[] envelope = Keks.envelope(suite, Keks.kek(7), Keks.HELLO);
        byte[] changed = envelope.clone();
        System.arraycopy(bytes, 0, changed, offset, Math.min(bytes.length, changed.length - offset));
        Assume.that(!Arrays.equals(changed, envelope));
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
