package dev.slipring.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.slipring.store.Commitment;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every remote KEK promises; inherited by the test of each implementation. */
@Timeout(300)
abstract class KeyWrapperContract {
    private static final Commitment C = Commitment.copyOf(Keks.value(3));
    private static final KeyBinding BINDING = new KeyBinding(7, 1, C);

    /** The wrapper of the one key of this test. */
    abstract KeyWrapper wrapper();

    /** The wrapper of another key, or of another version of the key. */
    abstract KeyWrapper other();

    @Test
    void wrap_thenUnwrap_isTheDataKeyAndLeavesTheArguments() {
        byte[] dek = Keks.value(1);
        byte[] wrapped = wrapper().wrap(dek, BINDING);
        byte[] kept = wrapped.clone();
        assertThat(dek).isEqualTo(Keks.value(1));
        byte[] opened = wrapper().unwrap(wrapped, BINDING);
        assertThat(opened).isEqualTo(dek).isNotSameAs(dek);
        assertThat(wrapped).isEqualTo(kept).hasSizeBetween(1, Envelope.MAX_WRAPPED);
        opened[0]++; // the caller's to wipe
        assertThat(wrapper().unwrap(wrapped, BINDING)).isEqualTo(dek);
    }

    @Test
    void wrap_anyKey_holdsNothingInTheClear() {
        byte[] dek = "0123456789abcdefghijklmnopqrstuv".getBytes(StandardCharsets.US_ASCII);
        String wrapped = new String(wrapper().wrap(dek, BINDING), StandardCharsets.ISO_8859_1);
        assertThat(wrapped).doesNotContain("0123", "89ab", "MDEyMzQ1", "rstuv");
        assertThat(wrapper().toString()).doesNotContain("0123");
    }

    @Test
    void unwrap_anotherBinding_isRefused() {
        byte[] wrapped = wrapper().wrap(Keks.value(1), BINDING);
        for (KeyBinding binding : List.of(
                new KeyBinding(8, 1, C),
                new KeyBinding(7, 2, C),
                new KeyBinding(7, 1, Commitment.copyOf(Keks.value(4))))) {
            assertThatExceptionOfType(KeyRefusedException.class)
                    .isThrownBy(() -> wrapper().unwrap(wrapped, binding));
        }
    }

    @Test
    void unwrap_byAnotherKey_isRefused() {
        byte[] wrapped = wrapper().wrap(Keks.value(1), BINDING);
        assertThatExceptionOfType(KeyRefusedException.class).isThrownBy(() -> other().unwrap(wrapped, BINDING));
    }

    @Test
    void unwrap_anyBitChanged_isRefused() {
        byte[] wrapped = wrapper().wrap(Keks.value(1), BINDING);
        for (int bit = 0; bit < 8 * wrapped.length; bit++) {
            byte[] changed = Keks.flipped(wrapped, bit);
            assertThatExceptionOfType(KeyRefusedException.class)
                    .isThrownBy(() -> wrapper().unwrap(changed, BINDING));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 20, 40, 4096})
    void unwrap_nothingThatWasWrapped_isRefused(int length) {
        assertThatExceptionOfType(KeyRefusedException.class)
                .isThrownBy(() -> wrapper().unwrap(new byte[length], BINDING));
    }

    @Test
    void keyId_ofEachWrapper_isTheSameEachTimeAndTellsKeysApart() {
        assertThat(wrapper().keyId()).isNotEmpty().isEqualTo(wrapper().keyId());
        assertThat(other().keyId()).isNotEqualTo(wrapper().keyId());
    }

    @Test
    void use_bySixteenThreads_givesEachItsOwn() throws Exception {
        KeyWrapper shared = wrapper();
        Callable<Boolean> user = () -> {
            for (int i = 0; i < 50; i++) {
                KeyBinding binding = new KeyBinding(i, 1 + i, C);
                byte[] opened = shared.unwrap(shared.wrap(Keks.value(i), binding), binding);
                assertThat(opened).isEqualTo(Keks.value(i));
            }
            return true;
        };
        assertThat(Crowd.of(16).all(user)).hasSize(16);
    }
}
