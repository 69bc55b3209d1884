package dev.slipring.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipring.crypto.EnvelopeException.Failure;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** Project Wycheproof's AES-GCM vectors of the one shape that envelopes use: 256-bit key, 96-bit IV, 128-bit tag. */
class AesGcmVectorsTest {
    @Test
    void aesGcm_everyWycheproofVectorOfOurShape_agrees() throws IOException {
        Json vectors = (Json) Json.resource("wycheproof/aes_gcm_test.json");
        int checked = 0;
        for (Json group : vectors.list("testGroups")) {
            if (group.number("keySize") == 256 && group.number("ivSize") == 96 && group.number("tagSize") == 128) {
                for (Json test : group.list("tests")) {
                    check(test);
                    checked++;
                }
            }
        }
        assertThat(checked).isEqualTo(66);
    }

    private static void check(Json test) {
        PayloadCipher gcm =
                new RandomIvCipher(new AesKey(test.hex("key")), new byte[0], CipherPool.of("AES/GCM/NoPadding"));
        byte[] message = test.hex("msg");
        byte[] body = ByteBuffer.allocate(RandomIvCipher.OVERHEAD + message.length)
                .put(test.hex("iv"))
                .put(test.hex("ct"))
                .put(test.hex("tag"))
                .array();
        if (test.text("result").equals("valid")) {
            assertThat(gcm.open(body, 0, test.hex("aad"))).isEqualTo(message);
            byte[] sealed = ByteBuffer.allocate(body.length).put(test.hex("iv")).array();
            gcm.sealUnderGivenRandomness(message, test.hex("aad"), sealed, 0);
            assertThat(sealed).as("tcId %s", test.get("tcId")).isEqualTo(body);
        } else {
            Keks.assertFailure(Failure.TAMPERED, () -> gcm.open(body, 0, test.hex("aad")));
        }
    }
}
