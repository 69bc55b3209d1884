package dev.slipring.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class HmacStateTest {
    private static final byte[] START = {1, 2, 3};

    @Test
    void platformDigest_canBeCloned() {
        assertThat(HmacState.of(new byte[32], START)).isInstanceOf(HmacState.Cloned.class);
    }

    @Property
    void digest_eitherWay_equalsThePlatformsMac(
            @ForAll @Size(32) byte[] key, @ForAll long head, @ForAll @Size(max = 300) byte[] rest) throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        mac.update(START);
        mac.update(ByteBuffer.allocate(Long.BYTES).putLong(head).array());
        byte[] expected = mac.doFinal(rest);

        HmacState cloned = HmacState.of(key, START);
        HmacState perMessage = new HmacState.PerMessage(key, START);
        for (int i = 0; i < 2; i++) {
            assertThat(cloned.digest(head, rest)).isEqualTo(expected);
            assertThat(perMessage.digest(head, rest)).isEqualTo(expected);
        }
    }
}
