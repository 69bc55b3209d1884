package dev.slipring.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.slipring.store.Commitment;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class FakeKeyServiceTest extends KeyWrapperContract {
    private final FakeKeyService service = new FakeKeyService();

    @Override
    KeyWrapper wrapper() {
        return service.key("notes:1");
    }

    @Override
    KeyWrapper other() {
        return service.key("notes:2");
    }

    @Test
    void calls_whileDown_failAndAreCounted() {
        KeyBinding binding = new KeyBinding(1, 1, Commitment.copyOf(Keks.value(1)));
        byte[] wrapped = wrapper().wrap(Keks.value(1), binding);
        service.down(true);
        assertThatIllegalStateException().isThrownBy(() -> wrapper().wrap(Keks.value(1), binding));
        assertThatIllegalStateException().isThrownBy(() -> wrapper().unwrap(wrapped, binding));
        assertThat(service.wraps()).isEqualTo(2);
        assertThat(service.unwraps()).isEqualTo(1);
    }

    @Test
    void binding_encoded_isLabelRingSuiteAndCommitment() {
        KeyBinding binding = new KeyBinding(0x10000004, 3, Commitment.copyOf(Keks.value(0xAB)));
        assertThat(HexFormat.of().formatHex(binding.encoded()))
                .isEqualTo("736c697072696e672f65312f77726170" + "10000004" + "03" + "ab".repeat(32));
    }
}
