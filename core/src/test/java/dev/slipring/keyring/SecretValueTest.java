package dev.slipring.keyring;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicReference;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class SecretValueTest {
    private final byte[] source = "correct horse battery staple".getBytes(UTF_8);

    @Test
    void copyOf_arrayChangedAfterwards_keepsItsOwnBytes() {
        SecretValue value = SecretValue.copyOf(source);
        byte[] before = source.clone();
        source[0]++;
        assertThat(value.copyBytes()).isEqualTo(before);
    }

    @Test
    void copyOf_noBytes_isRefused() {
        assertThatThrownBy(() -> SecretValue.copyOf(new byte[0]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("empty");
    }

    @Test
    void copyOf_null_isRefused() {
        assertThatThrownBy(() -> SecretValue.copyOf(null)).isInstanceOf(NullPointerException.class);
    }

    @Test
    void copyOf_atAndOverTheLimit_isTakenAndRefused() {
        assertThat(SecretValue.copyOf(new byte[SecretValue.MAX_LENGTH]).length())
                .isEqualTo(48 * 1024);
        assertThatThrownBy(() -> SecretValue.copyOf(new byte[SecretValue.MAX_LENGTH + 1]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("49153")
                .hasMessageContaining("49152");
    }

    @Test
    void copyBytes_changedByTheCaller_leavesTheValue() {
        SecretValue value = SecretValue.copyOf(source);
        value.copyBytes()[0]++;
        assertThat(value.copyBytes()).isEqualTo(source);
    }

    @Test
    void reveal_whenUseReturns_wipesItsCopyButNotTheValue() {
        SecretValue value = SecretValue.copyOf(source);
        AtomicReference<byte[]> seen = new AtomicReference<>();
        int length = value.reveal(bytes -> {
            assertThat(bytes).isEqualTo(source);
            seen.set(bytes);
            return bytes.length;
        });
        assertThat(length).isEqualTo(source.length);
        assertThat(seen.get()).containsOnly(0);
        assertThat(value.copyBytes()).isEqualTo(source);
    }

    @Test
    void reveal_whenUseThrows_wipesItsCopy() {
        SecretValue value = SecretValue.copyOf(source);
        AtomicReference<byte[]> seen = new AtomicReference<>();
        assertThatThrownBy(() -> value.reveal(bytes -> {
                    seen.set(bytes);
                    throw new IllegalStateException("as planned");
                }))
                .hasMessage("as planned");
        assertThat(seen.get()).containsOnly(0);
    }

    @Test
    void wipe_thenAnyUse_isRefused() {
        SecretValue value = SecretValue.copyOf(source);
        value.wipe();
        assertThatThrownBy(value::copyBytes).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(value::copy).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> value.reveal(bytes -> bytes)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void wipe_again_changesNothing() {
        SecretValue value = SecretValue.copyOf(source);
        value.wipe();
        value.wipe();
        assertThat(value.length()).isEqualTo(source.length);
    }

    @Test
    void wipe_ofACopy_leavesTheOriginal() {
        SecretValue value = SecretValue.copyOf(source);
        SecretValue copy = value.copy();
        assertThat(copy).isEqualTo(value);
        copy.wipe();
        assertThat(value.copyBytes()).isEqualTo(source);
    }

    @Test
    void equals_ofWipedValues_isAlwaysFalse() {
        SecretValue wiped = SecretValue.copyOf(source);
        wiped.wipe();
        SecretValue alsoWiped = SecretValue.copyOf(source);
        alsoWiped.wipe();
        assertThat(wiped.equals(alsoWiped)).isFalse();
        assertThat(wiped.equals(SecretValue.copyOf(new byte[source.length]))).isFalse();
        assertThat(SecretValue.copyOf(source).equals(wiped)).isFalse();
    }

    @Test
    @SuppressWarnings("EqualsIncompatibleType")
    void equals_ofOtherTypes_isFalse() {
        SecretValue value = SecretValue.copyOf(source);
        assertThat(value.equals(null)).isFalse();
        assertThat(value.equals((Object) source)).isFalse();
    }

    @Property
    void equals_anyBytes_dependsOnTheBytesAlone(
            @ForAll @Size(min = 1, max = 64) byte[] a, @ForAll @Size(min = 1, max = 64) byte[] b) {
        SecretValue one = SecretValue.copyOf(a);
        assertThat(one).isEqualTo(SecretValue.copyOf(a)).hasSameHashCodeAs(SecretValue.copyOf(a));
        assertThat(one.equals(SecretValue.copyOf(b))).isEqualTo(java.util.Arrays.equals(a, b));
    }

    @Property
    void equals_oneBitChanged_isFalse(@ForAll @Size(min = 1, max = 64) byte[] a, @ForAll int bit) {
        byte[] b = a.clone();
        int at = Math.floorMod(bit, a.length * 8);
        b[at / 8] ^= (byte) (1 << at % 8);
        assertThat(SecretValue.copyOf(a)).isNotEqualTo(SecretValue.copyOf(b));
    }

    @Property
    void hashCodeAndToString_anyBytes_dependOnTheLengthAlone(@ForAll @Size(min = 1, max = 64) byte[] a) {
        SecretValue value = SecretValue.copyOf(a);
        SecretValue zeros = SecretValue.copyOf(new byte[a.length]);
        assertThat(value).hasSameHashCodeAs(zeros).hasToString(zeros.toString());
    }
}
