package dev.slipring.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipring.keyring.SlipringException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.HexFormat;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GcmSivTest {
    /** From RFC 8452, appendices C.2 and C.3: key, nonce, plaintext, associated data, result. */
    @ParameterizedTest
    @CsvSource({
        "01, 03, '', '', 07f5f4169bbf55a8400cd47ea6fd400f",
        "01, 03, 0100000000000000, '', c2ef328e5c71c83b843122130f7364b761e0b97427e3df28",
    })
    void ciphers_knownAnswersOfTheRfc_agree(String key, String nonce, String plaintext, String aad, String result)
            throws Exception {
        Cipher cipher = GcmSiv.ciphers().take();
        byte[] iv = ByteBuffer.allocate(12).put(hex(nonce)).array();
        byte[] bytes = ByteBuffer.allocate(32).put(hex(key)).array();
        cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(bytes, "AES"), new GCMParameterSpec(128, iv));
        cipher.updateAAD(hex(aad));
        assertThat(cipher.doFinal(hex(plaintext))).isEqualTo(hex(result));
    }

    @Test
    void sealed_sameIvAndPlaintext_isTheSameAndAnotherPlaintextSharesNothing() {
        RandomIvCipher cipher =
                new RandomIvCipher(new AesKey(Keks.value(1)), new byte[0], GcmSiv.ciphers(), new SecureRandom());
        byte[] first = sealed(cipher, new byte[32]);
        byte[] again = sealed(cipher, new byte[32]);
        byte[] other = sealed(cipher, Keks.flipped(new byte[32], 0));
        assertThat(again).isEqualTo(first);
        assertThat(other[13]).isNotEqualTo(first[13]); // a byte that plain GCM would leave as it is
    }

    private static byte[] sealed(RandomIvCipher cipher, byte[] plaintext) {
        byte[] body = new byte[plaintext.length + RandomIvCipher.OVERHEAD];
        cipher.sealUnderGivenRandomness(plaintext, new byte[0], body, 0);
        return body;
    }

    @Test
    void ciphers_withoutBouncyCastle_areUnsupported() throws Exception {
        URL[] path = {locationOf(GcmSiv.class), locationOf(SlipringException.class)};
        try (URLClassLoader bare = new URLClassLoader(path, null)) {
            Method ciphers = bare.loadClass(GcmSiv.class.getName()).getDeclaredMethod("ciphers");
            ciphers.setAccessible(true);
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(() -> ciphers.invoke(null))
                        .isInstanceOf(InvocationTargetException.class)
                        .cause()
                        .hasMessageContaining("envelope suite 3 takes Bouncy Castle")
                        .satisfies(e -> assertThat(
                                        e.getClass().getMethod("failure").invoke(e))
                                .hasToString("UNSUPPORTED"));
            }
        }
    }

    private static URL locationOf(Class<?> type) {
        return type.getProtectionDomain().getCodeSource().getLocation();
    }

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text);
    }
}
