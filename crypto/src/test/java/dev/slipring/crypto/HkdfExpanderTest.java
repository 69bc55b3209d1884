package dev.slipring.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipring.keyring.Hkdf;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class HkdfExpanderTest {
    private final AtomicInteger made = new AtomicInteger();
    private final CryptoProviders counted = CryptoProviders.builder()
            .mac(new SpiProvider("Counting").with("Mac", "HmacSHA512", () -> {
                made.incrementAndGet();
                return new PlatformMac("HmacSHA512");
            }))
            .build();

    @Test
    void expand_oneAfterTheOther_keysOneCode() {
        HkdfExpander expander = new HkdfExpander(new AesKey(Keks.value(1)), counted);
        assertThat(made).hasValue(0); // a data key that is only unwrapped needs none
        for (int length : new int[] {32, 76, 1, 200}) {
            byte[] info = {(byte) length};
            assertThat(expander.expand(info, length)).isEqualTo(Hkdf.SHA512.expand(Keks.value(1), info, length));
        }
        assertThat(made).hasValue(1);
    }

    @Test
    void expand_byManyThreads_isTheSameForEach() throws Exception {
        HkdfExpander expander = new HkdfExpander(new AesKey(Keks.value(1)), CryptoProviders.platform());
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Future<Boolean>> all = new ArrayList<>();
            for (int thread = 0; thread < 8; thread++) {
                byte[] info = {(byte) thread};
                byte[] expected = Hkdf.SHA512.expand(Keks.value(1), info, 76);
                Callable<Boolean> user = () -> {
                    for (int i = 0; i < 2000; i++) {
                        assertThat(expander.expand(info, 76)).isEqualTo(expected);
                    }
                    return true;
                };
                all.add(threads.submit(user));
            }
            for (Future<Boolean> each : all) {
                assertThat(each.get()).isTrue();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void wiped_expandsNothingAndHasWipedItsKey() {
        AesKey key = new AesKey(Keks.value(1));
        HkdfExpander expander = new HkdfExpander(key, counted);
        expander.expand(new byte[1], 32);
        expander.wipe();
        assertThat(key.isDestroyed()).isTrue();
        assertThatThrownBy(() -> expander.expand(new byte[1], 32)).isInstanceOf(AesKey.Wiped.class);
    }

    /** The code that is in use while the key is wiped comes back to the others. */
    @Test
    void wiped_whileACodeIsInUse_expandsNothingMore() {
        AesKey key = new AesKey(Keks.value(1));
        HkdfExpander[] expander = new HkdfExpander[1];
        CryptoProviders wiping = CryptoProviders.builder()
                .mac(new SpiProvider("Wiping").with("Mac", "HmacSHA512", () -> {
                    made.incrementAndGet();
                    return new PlatformMac("HmacSHA512") {
                        @Override
                        protected byte[] engineDoFinal() {
                            expander[0].wipe();
                            return super.engineDoFinal();
                        }
                    };
                }))
                .build();
        expander[0] = new HkdfExpander(key, wiping);
        assertThat(expander[0].expand(new byte[1], 32)).isEqualTo(Hkdf.SHA512.expand(Keks.value(1), new byte[1], 32));
        assertThatThrownBy(() -> expander[0].expand(new byte[1], 32)).isInstanceOf(AesKey.Wiped.class);
        assertThat(made).hasValue(1);
    }

    @Test
    void key_ofAnotherLength_isRefused() {
        for (int length : new int[] {0, 16, 31, 33}) {
            assertThatThrownBy(() -> new HkdfExpander(new AesKey(new byte[length]), counted))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("an input key of " + length + " bytes");
        }
    }
}
