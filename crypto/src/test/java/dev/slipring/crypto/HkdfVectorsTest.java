package dev.slipring.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipring.keyring.Hkdf;
import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Project Wycheproof's vectors for the key derivation that envelopes use. */
class HkdfVectorsTest {
    @ParameterizedTest
    @CsvSource({"SHA256, hkdf_sha256_test.json", "SHA512, hkdf_sha512_test.json"})
    void hkdf_everyWycheproofVector_agrees(Hkdf hkdf, String file) throws IOException {
        Json vectors = (Json) Json.resource("wycheproof/" + file);
        int checked = 0;
        for (Json group : vectors.list("testGroups")) {
            for (Json test : group.list("tests")) {
                byte[] prk = hkdf.extract(test.hex("salt"), test.hex("ikm"));
                if (test.text("result").equals("valid")) {
                    assertThat(hkdf.expand(prk, test.hex("info"), test.number("size")))
                            .as("tcId %s", test.get("tcId"))
                            .isEqualTo(test.hex("okm"));
                } else {
                    assertThatThrownBy(() -> hkdf.expand(prk, test.hex("info"), test.number("size")))
                            .isInstanceOf(IllegalArgumentException.class);
                }
                checked++;
            }
        }
        assertThat(checked).isPositive().isEqualTo(vectors.number("numberOfTests"));
    }
}
