package dev.slipring.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipring.keyring.Hkdf;
import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Project Wycheproof's vectors for the key derivation that envelopes use, and so of the HMAC that it is made of. */
@Tag("providers")
class HkdfVectorsTest {
    /** In approved mode no shorter key is taken: 112 bits. */
    private static final int SHORTEST_KEY = 14;

    private int agreed;
    private int overlong;
    private int tooShort;

    static Stream<Arguments> hashes() {
        return Providers.all().stream()
                .flatMap(choice -> Stream.of(Hkdf.values()).map(hkdf -> Arguments.of(choice, hkdf)));
    }

    @ParameterizedTest
    @MethodSource("hashes")
    void hkdf_everyWycheproofVector_agrees(Providers.Choice choice, Hkdf hkdf) throws IOException {
        Json vectors = (Json) Json.resource("wycheproof/" + file(hkdf));
        for (Json group : vectors.list("testGroups")) {
            for (Json test : group.list("tests")) {
                check(test, hkdf, choice.slots());
            }
        }
        System.out.println("HKDF vectors, " + hkdf + ", " + choice + ": " + agreed + " agreed, " + overlong
                + " overlong, " + tooShort + " with a salt that the module finds too short");
        assertThat(agreed + overlong + tooShort).isPositive().isEqualTo(vectors.number("numberOfTests"));
        assertThat(tooShort).isEqualTo(Providers.fipsModule() ? shortSalts(vectors) : 0);
        assertThat(agreed).isGreaterThan(50);
    }

    private void check(Json test, Hkdf hkdf, CryptoProviders slots) {
        byte[] salt = test.hex("salt");
        byte[] key = salt.length == 0 ? new byte[slots.mac(hkdf, Keks.value(1)).getMacLength()] : salt;
        if (Providers.fipsModule() && key.length < SHORTEST_KEY) {
            assertThatThrownBy(() -> slots.mac(hkdf, key)).hasMessageContaining("112 bits");
            tooShort++;
            return;
        }
        byte[] prk = slots.mac(hkdf, key).doFinal(test.hex("ikm"));
        if (test.text("result").equals("valid")) {
            assertThat(hkdf.expand(slots.mac(hkdf, prk), test.hex("info"), test.number("size")))
                    .as("tcId %s", test.get("tcId"))
                    .isEqualTo(test.hex("okm"));
            agreed++;
        } else {
            assertThatThrownBy(() -> hkdf.expand(slots.mac(hkdf, prk), test.hex("info"), test.number("size")))
                    .isInstanceOf(IllegalArgumentException.class);
            overlong++;
        }
    }

    private static int shortSalts(Json vectors) {
        return (int) vectors.list("testGroups").stream()
                .flatMap(group -> group.list("tests").stream())
                .map(test -> test.hex("salt").length)
                .filter(length -> length > 0 && length < SHORTEST_KEY)
                .count();
    }

    private static String file(Hkdf hkdf) {
        return hkdf == Hkdf.SHA256 ? "hkdf_sha256_test.json" : "hkdf_sha512_test.json";
    }
}
