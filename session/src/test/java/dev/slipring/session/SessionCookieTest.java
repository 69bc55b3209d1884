package dev.slipring.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.slipring.session.SessionCookie.SameSite;
import java.time.Duration;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SessionCookieTest {

    @Test
    void attributes_unlessTold_areThoseOfASession() {
        SessionCookie cookie = SessionCookie.named("__Host-sid").build();
        assertThat(cookie.set("v", Duration.ofHours(1)))
                .isEqualTo("__Host-sid=v; Max-Age=3600; Path=/; Secure; HttpOnly; SameSite=Lax");
        assertThat(cookie.end()).isEqualTo("__Host-sid=; Max-Age=0; Path=/; Secure; HttpOnly; SameSite=Lax");
    }

    @Test
    void attributes_allTold_areSetAndEndedAlike() {
        SessionCookie cookie = SessionCookie.named("sid")
                .path("/app")
                .domain("example.org")
                .sameSite(SameSite.NONE)
                .scriptReadable()
                .partitioned()
                .untilBrowserCloses()
                .build();
        String attributes = "; Path=/app; Domain=example.org; Secure; SameSite=None; Partitioned";
        assertThat(cookie.set("v", Duration.ofHours(1))).isEqualTo("sid=v" + attributes);
        assertThat(cookie.end()).isEqualTo("sid=; Max-Age=0" + attributes);
    }

    @Test
    void life_ofAFraction_isRoundedUp_andNeverNegative() {
        SessionCookie cookie = SessionCookie.named("sid").build();
        assertThat(cookie.set("v", Duration.ofMillis(1001))).contains("Max-Age=2;");
        assertThat(cookie.set("v", Duration.ofSeconds(-5))).contains("Max-Age=0;");
    }

    @Test
    void prefix_host_asksForSecureWholeHost() {
        for (String name : new String[] {"__Host-sid", "__host-sid", "__HOST-sid"}) {
            refused(name, SessionCookie.Builder::insecure, "secure");
            refused(name, b -> b.path("/app"), "path");
            refused(name, b -> b.domain("example.org"), "domain");
        }
    }

    @Test
    void prefix_secure_asksForSecureOnly() {
        refused("__Secure-sid", SessionCookie.Builder::insecure, "secure");
        refused("__secure-sid", SessionCookie.Builder::insecure, "secure");
        assertThat(SessionCookie.named("__Secure-sid")
                        .path("/app")
                        .domain("example.org")
                        .build())
                .isNotNull();
    }

    @Test
    void prefix_http_asksForCookiesThatScriptsCannotRead() {
        refused("__Http-sid", SessionCookie.Builder::scriptReadable, "scripts");
        refused("__Http-sid", SessionCookie.Builder::insecure, "secure");
        refused("__Host-Http-sid", SessionCookie.Builder::scriptReadable, "scripts");
        refused("__Host-Http-sid", b -> b.path("/app"), "path");
        assertThat(SessionCookie.named("__Http-sid").path("/app").build()).isNotNull();
    }

    @Test
    void crossSite_withoutTls_refused() {
        refused("sid", b -> b.insecure().sameSite(SameSite.NONE), "SameSite=None");
        refused("sid", b -> b.insecure().partitioned(), "Partitioned");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "app", "/a;b", "/a\nb", "/\u00e9", "/\u007f"})
    void path_thatBreaksTheHeader_refused(String path) {
        refused("sid", b -> b.path(path), "path");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".example.org", "example.org.", "a b", "a;b", "-a", "a\r\nSet-Cookie: x=y"})
    void domain_thatBreaksTheHeader_refused(String domain) {
        refused("sid", b -> b.domain(domain), "domain");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a b", "a;b", "a,b", "\"a\"", "a\\b", "a\r\nb", "\u00e9", "\u007f"})
    void value_thatBreaksTheHeader_refusedWithoutShowingIt(String value) {
        SessionCookie cookie = SessionCookie.named("sid").build();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> cookie.set("secret" + value, Duration.ofHours(1)))
                .withMessageContaining("sid")
                .withMessageNotContaining("secret");
    }

    private static void refused(String name, UnaryOperator<SessionCookie.Builder> how, String word) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> how.apply(SessionCookie.named(name)).build())
                .withMessageContainingAll(name, word);
    }
}
