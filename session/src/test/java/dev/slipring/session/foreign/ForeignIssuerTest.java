package dev.slipring.session.foreign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipring.session.SessionCookie;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ForeignIssuerTest {
    private static final String SECRET = "kq3f8aJ2mZp0xW7uTn51";
    private static final SessionCookie COOKIE =
            SessionCookie.named("sid").path("/app").domain("example.org").build();

    @Test
    void issuedSession_asHeaders_hasTheCookiesAttributes() {
        List<String> express = issuer(ForeignIssuer.express(COOKIE)).issue("a b");
        assertThat(express).hasSize(1);
        assertThat(express.get(0))
                .startsWith("sid=s%3Aa%20b.")
                .endsWith("; Max-Age=3600; Path=/app; Domain=example.org; Secure; HttpOnly; SameSite=Lax");

        List<String> keygrip = issuer(ForeignIssuer.keygripSha256(COOKIE)).issue("a.b");
        assertThat(keygrip).hasSize(2);
        assertThat(keygrip.get(0)).startsWith("sid=a.b; Max-Age=3600; Path=/app; Domain=example.org");
        assertThat(keygrip.get(1))
                .matches("sid\\.sig=[A-Za-z0-9_-]{43}; Max-Age=3600; Path=/app; Domain=example\\.org; .*");
    }

    @Test
    void value_thatCannotBeSpelled_isRefused() {
        ForeignIssuer express = issuer(ForeignIssuer.express(COOKIE));
        refuses(express, "a\ud800");
        refuses(express, "x".repeat(4096));
        refuses(express, "\u2603".repeat(500));
        ForeignIssuer keygrip = issuer(ForeignIssuer.keygripSha256(COOKIE));
        for (String value : List.of("", "a b", "a\"b", "\"a\"", "a,b", "a;b", "a\\b", "\u00e9", "x".repeat(4096))) {
            refuses(keygrip, value);
        }
        assertThat(issuer(ForeignIssuer.fastify(COOKIE)).issue("")).hasSize(1);
    }

    @Test
    void length_ofNameAndValue_isBounded() {
        ForeignIssuer fastify =
                issuer(ForeignIssuer.fastify(SessionCookie.named("s").build()));
        // One for the name, one for the dot, 43 for the signature where none of its characters needs an escape.
        String longest = IntStream.range(0, 1000)
                .mapToObj(i -> String.format("%04d", i).repeat(1013).substring(0, 4051))
                .filter(value -> !Base64Spelling.BARE
                        .encode(MacKey.consuming(SECRET.getBytes(StandardCharsets.UTF_8), MacAlgorithm.SHA256)
                                .sign(value))
                        .matches(".*[+/].*"))
                .findFirst()
                .orElseThrow();
        assertThat(fastify.issue(longest)).hasSize(1);
        refuses(fastify, longest + "x");
    }

    @Test
    void issuer_withoutSecretOrLife_isRefused() {
        assertThatThrownBy(
                        () -> ForeignIssuer.express(COOKIE).issuedWith(SECRET).build())
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() ->
                        ForeignIssuer.express(COOKIE).life(Duration.ofHours(1)).build())
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("express, cookie sid: issuedWith and life are required");
        assertThatThrownBy(() -> ForeignIssuer.express(COOKIE).life(Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> ForeignIssuer.express(COOKIE).issuedWith("keyboard cat"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void secret_namedAgain_isTheOneThatSigns() {
        byte[] bytes = SECRET.getBytes(StandardCharsets.UTF_8);
        ForeignIssuer issuer = ForeignIssuer.express(COOKIE)
                .issuedWith(ForeignVector.DECOY)
                .issuedWith(bytes)
                .life(Duration.ofHours(1))
                .build();
        Arrays.fill(bytes, (byte) 0);
        assertThat(issuer.issue("x"))
                .isEqualTo(issuer(ForeignIssuer.express(COOKIE)).issue("x"));
    }

    @Test
    void issuer_onceWiped_signsNothing() {
        ForeignIssuer issuer = issuer(ForeignIssuer.express(COOKIE));
        issuer.wipe();
        issuer.wipe();
        assertThatThrownBy(() -> issuer.issue("x")).isInstanceOf(IllegalStateException.class);
    }

    private static ForeignIssuer issuer(ForeignIssuer.Builder builder) {
        return builder.issuedWith(SECRET).life(Duration.ofHours(1)).build();
    }

    private static void refuses(ForeignIssuer issuer, String value) {
        assertThatThrownBy(() -> issuer.issue(value)).isInstanceOf(IllegalArgumentException.class);
    }
}
