package dev.slipring.keyring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Known answers of RFC 5869, appendix A.1 to A.3, and the bounds of section 2.3. */
class HkdfTest {
    private static final HexFormat HEX = HexFormat.of();

    @Test
    void sha256_rfc5869Case1_givesTheKnownAnswer() {
        assertAnswer(
                "0b".repeat(22),
                "000102030405060708090a0b0c",
                "f0f1f2f3f4f5f6f7f8f9",
                "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5",
                "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865");
    }

    @Test
    void sha256_rfc5869Case2_givesTheKnownAnswer() {
        assertAnswer(
                sequence(0x00, 80),
                sequence(0x60, 80),
                sequence(0xb0, 80),
                "06a6b88c5853361a06104c9ceb35b45cef760014904671014a193f40c15fc244",
                "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c"
                        + "59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71"
                        + "cc30c58179ec3e87c14c01d5c1f3434f1d87");
    }

    @Test
    void sha256_rfc5869Case3_givesTheKnownAnswer() {
        assertAnswer(
                "0b".repeat(22),
                "",
                "",
                "19ef24a32c717b167f33a91d6f648bdf96596776afdb6377ac434c1c293ccb04",
                "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8");
    }

    @ParameterizedTest
    @CsvSource({"SHA256, 8160", "SHA512, 16320"})
    void expand_lengthOutsideTheBounds_isRefused(Hkdf hkdf, int longest) {
        byte[] prk = new byte[32];
        assertThat(hkdf.expand(prk, new byte[0], 1)).hasSize(1);
        assertThat(hkdf.expand(prk, new byte[0], longest)).hasSize(longest);
        for (int length : new int[] {-1, 0, longest + 1, Integer.MAX_VALUE}) {
            assertThatThrownBy(() -> hkdf.expand(prk, new byte[0], length))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(Integer.toString(longest));
        }
    }

    @Test
    void expand_shorterLength_isAPrefixOfALonger() {
        byte[] prk = Hkdf.SHA512.extract(new byte[] {1}, new byte[] {2});
        byte[] info = {3};
        byte[] longest = Hkdf.SHA512.expand(prk, info, 300);
        for (int length = 1; length < 300; length++) {
            assertThat(Hkdf.SHA512.expand(prk, info, length)).isEqualTo(Arrays.copyOf(longest, length));
        }
    }

    @ParameterizedTest
    @EnumSource
    void expand_byAKeyedMac_isTheSameEachTime(Hkdf hkdf) throws GeneralSecurityException {
        byte[] prk = hkdf.extract(new byte[] {1}, new byte[] {2});
        Mac keyed = Mac.getInstance(hkdf.macAlgorithm());
        keyed.init(new SecretKeySpec(prk, hkdf.macAlgorithm()));
        for (int length : new int[] {1, 64, 200, 32}) {
            byte[] info = {(byte) length};
            assertThat(hkdf.expand(keyed, info, length)).isEqualTo(hkdf.expand(prk, info, length));
            assertThatThrownBy(() -> hkdf.expand(keyed, info, 0)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void arguments_afterUse_areUnchanged() {
        byte[] salt = {1, 2};
        byte[] ikm = {3, 4};
        byte[] info = {5, 6};
        byte[] prk = Hkdf.SHA256.extract(salt, ikm);
        byte[] before = prk.clone();
        Hkdf.SHA256.expand(prk, info, 64);
        assertThat(salt).containsExactly(1, 2);
        assertThat(ikm).containsExactly(3, 4);
        assertThat(info).containsExactly(5, 6);
        assertThat(prk).isEqualTo(before);
    }

    private static void assertAnswer(String ikm, String salt, String info, String prk, String okm) {
        byte[] extracted = Hkdf.SHA256.extract(HEX.parseHex(salt), HEX.parseHex(ikm));
        assertThat(HEX.formatHex(extracted)).isEqualTo(prk);
        assertThat(HEX.formatHex(Hkdf.SHA256.expand(extracted, HEX.parseHex(info), okm.length() / 2)))
                .isEqualTo(okm);
    }

    private static String sequence(int first, int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (first + i);
        }
        return HEX.formatHex(bytes);
    }
}
