package dev.slipring.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipring.keyring.SecretValue;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A token has one spelling; every other is malformed, whether its tag is good or not. */
class TokenSpellingTest {
    private final SessionFixture fixture = new SessionFixture();

    @AfterEach
    void close() {
        fixture.close();
    }

    @ParameterizedTest
    @CsvSource({
        "user-42,s1.user-42.",
        "A_z-9,s1.A_z-9.",
        "'',s1.~.",
        "a b,s1.~YSBi.",
        "~,s1.~fg.",
        "é,s1.~w6k.",
        "a.b,s1.~YS5i."
    })
    void payload_signed_spelledThisWay(String payload, String start) {
        String token = fixture.signer.sign(payload);
        assertThat(token).startsWith(start).hasSize(start.length() + 36);
        assertThat(fixture.valid(token).text()).isEqualTo(payload);
    }

    /** The payload's spelling is replaced under a tag that stays right for the bytes that it stands for. */
    @ParameterizedTest
    @CsvSource({
        "user-42,~dXNlci00Mg", // needs no encoding
        "'',''", // no payload part at all
        "a b,~YSBi=", // padding
        "a b,a b", // not cookie-safe
        "a b,~YSBi.", // a dot more
        "~,~fg==", // padding
        "~,~fh", // slack bits
        "~,~fg=", // padding
        "é,~w6l", // slack bits
        "é,~w6k=", // padding
        "é,'~w6k\n'", // line break
        "'??>','~Pz8+'", // the other alphabet
        "a,~Y", // one digit
        "a,~YQ", // needs no encoding
        "aa,~YWE", // needs no encoding
        "a b,~~YSBi" // twice
    })
    void payload_spelledOtherwise_malformed(String payload, String spelling) {
        assertMalformed(respelled(payload, spelling));
    }

    /** Long payloads are checked another way than short ones. */
    @ParameterizedTest
    @ValueSource(strings = {" ", ".", "~", "=", "?", "\u0000", "\u007f", "\u00c1", "\u0141", "\uff41"})
    void longPayload_oneForeignCharacterAnywhere_malformed(String foreign) {
        String plain = fixture.signer.sign("x".repeat(300));
        String encoded = fixture.signer.sign(" " + "x".repeat(300));
        for (int at = 0; at < 300; at++) {
            if (at > 0 || !foreign.equals("~")) {
                assertMalformed(replaced(plain, 3 + at, foreign));
            }
            assertMalformed(replaced(encoded, 4 + at, foreign));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 10, 36, 37, 38, 100, 2000})
    void payload_ofSurrogatePairs_malformed(int pairs) {
        assertMalformed(respelled("u", "\uD83D\uDE00".repeat(pairs)));
        assertMalformed(respelled("u", "~" + "\uD83D\uDE00".repeat(pairs)));
        assertMalformed(respelled("u", "x".repeat(200) + "\uD83D\uDE00".repeat(pairs)));
        assertMalformed("s1." + "\uD83D\uDE00".repeat(pairs + 20));
    }

    @Test
    void longPayload_encodedWithoutNeed_malformed() {
        assertMalformed(respelled("x".repeat(300), "~" + "eHh4".repeat(100)));
        assertThat(fixture.signer.sign("x".repeat(299) + " ")).startsWith("s1.~" + "eHh4".repeat(99) + "eHgg.");
        assertThat(fixture.valid(fixture.signer.sign("x".repeat(299) + " ")).text())
                .isEqualTo("x".repeat(299) + " ");
    }

    @Test
    void trailer_wrongLengthAlphabetOrDot_malformed() {
        String token = fixture.signer.sign("user-42");
        String head = token.substring(0, token.length() - 36);
        String trailer = token.substring(token.length() - 36);
        assertMalformed(head + trailer.substring(1));
        assertMalformed(head + trailer + "A");
        assertMalformed(head + trailer + "=");
        assertMalformed(head + "." + trailer.substring(1));
        assertMalformed(head + "+" + trailer.substring(1));
        assertMalformed(head + trailer.substring(0, 35) + "/");
        assertMalformed(head + trailer.substring(0, 35) + "\u0141"); // its low byte is a letter
        assertMalformed(head.substring(0, head.length() - 1) + "_" + trailer);
    }

    @Test
    void characters_outsideAscii_malformed() {
        String token = fixture.signer.sign("user-42");
        assertMalformed(token.replace('u', '\u0175'));
        assertMalformed(token.replace("s1.", "\u01731."));
        assertMalformed(token.replace("user-42", "user-4\u00b2"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"S1.", "s2.", "s1", "s1~", " s1.", "s1..", "e1."})
    void prefix_other_malformed(String prefix) {
        assertMalformed(prefix + fixture.signer.sign("user-42").substring(3));
    }

    @Test
    void token_tooShortOrTooLong_malformed() {
        String shortest = fixture.signer.sign("");
        assertThat(shortest).hasSize(41);
        assertMalformed(shortest.replace("~", ""));
        assertMalformed("s1." + "x".repeat(4096) + "." + shortest.substring(5));
    }

    @Test
    void token_longestThatFits_valid() {
        String payload = "x".repeat(4096 - "__Host-sid".length() - 40);
        String token = fixture.signer.sign(payload);
        assertThat(token.length() + "__Host-sid".length()).isEqualTo(4096);
        assertThat(fixture.valid(token).text()).isEqualTo(payload);
    }

    @Test
    void trailer_decoded_kidTimesTag() {
        String token = SessionFixture.forge(1, "u", 0x01020304, 0xF1F2F3F4L);
        byte[] trailer = Base64.getUrlDecoder().decode(token.substring(token.length() - 36));
        assertThat(trailer).hasSize(27).startsWith(kid()).containsSequence(1, 2, 3, 4, 0xF1, 0xF2, 0xF3, 0xF4);
        SignedToken parsed = SignedToken.parse(token);
        assertThat(parsed.claims().issuedAt()).isEqualTo(0x01020304);
        assertThat(parsed.claims().expiresAt()).isEqualTo(0xF1F2F3F4L);
    }

    private static byte[] kid() {
        return SessionKey.keyId(SessionKey.extract(SecretValue.copyOf(SessionFixture.value(1))));
    }

    private static String replaced(String token, int at, String character) {
        return token.substring(0, at) + character + token.substring(at + 1);
    }

    private String respelled(String payload, String spelling) {
        String token = fixture.signer.sign(payload.getBytes(StandardCharsets.UTF_8));
        return "s1." + spelling + token.substring(token.length() - 37);
    }

    private void assertMalformed(String token) {
        assertThat(fixture.rejection(token)).as(token).isEqualTo(RejectionReason.MALFORMED);
    }
}
