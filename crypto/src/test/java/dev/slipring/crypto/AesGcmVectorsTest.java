package dev.slipring.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipring.crypto.EnvelopeException.Failure;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Project Wycheproof's AES-GCM vectors of the one shape that envelopes use: 256-bit key, 96-bit IV, 128-bit tag. */
@Tag("providers")
class AesGcmVectorsTest {
    private int opened;
    private int refused;
    private int sealed;

    @ParameterizedTest
    @MethodSource("dev.slipring.crypto.Providers#all")
    void aesGcm_everyWycheproofVectorOfOurShape_agrees(Providers.Choice choice) throws IOException {
        Json vectors = (Json) Json.resource("wycheproof/aes_gcm_test.json");
        for (Json group : vectors.list("testGroups")) {
            if (group.number("keySize") == 256 && group.number("ivSize") == 96 && group.number("tagSize") == 128) {
                for (Json test : group.list("tests")) {
                    check(test, choice);
                }
            }
        }
        System.out.println("AES-GCM vectors, " + choice + ": " + opened + " opened, " + refused + " refused, " + sealed
                + " sealed");
        assertThat(opened).isEqualTo(39);
        assertThat(refused).isEqualTo(27);
        assertThat(sealed).isEqualTo(choice.sealsVectors() ? 39 : 0);
    }

    private void check(Json test, Providers.Choice choice) {
        PayloadCipher gcm = gcm(test, choice.slots());
        byte[] message = test.hex("msg");
        byte[] body = ByteBuffer.allocate(RandomIvCipher.OVERHEAD + message.length)
                .put(test.hex("iv"))
                .put(test.hex("ct"))
                .put(test.hex("tag"))
                .array();
        if (!test.text("result").equals("valid")) {
            Keks.assertFailure(Failure.TAMPERED, () -> gcm.open(body, 0, test.hex("aad")));
            refused++;
            return;
        }
        assertThat(gcm.open(body, 0, test.hex("aad"))).isEqualTo(message);
        opened++;
        if (choice.sealsVectors()) {
            byte[] made = ByteBuffer.allocate(body.length).put(test.hex("iv")).array();
            // a cipher of its own: Bouncy Castle seals under no IV that it has opened under
            gcm(test, choice.slots()).sealUnderGivenRandomness(message, test.hex("aad"), made, 0);
            assertThat(made).as("tcId %s", test.get("tcId")).isEqualTo(body);
            sealed++;
        }
    }

    private static PayloadCipher gcm(Json test, CryptoProviders slots) {
        return new RandomIvCipher(new AesKey(test.hex("key")), new byte[0], slots.gcm(), slots.random());
    }
}
