package dev.slipring.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class SessionCookieSuffixTest {
    @Test
    void suffixedCookie_keepsTheAttributes() {
        SessionCookie cookie = SessionCookie.named("__Secure-sid")
                .path("/app")
                .domain("example.org")
                .untilBrowserCloses()
                .build();
        SessionCookie other = cookie.suffixed(".sig");
        assertThat(other.name()).isEqualTo("__Secure-sid.sig");
        assertThat(other.set("x", Duration.ofHours(1)))
                .isEqualTo(cookie.set("x", Duration.ofHours(1)).replace("sid=", "sid.sig="));
    }

    @Test
    void suffix_thatIsNone_isRefused() {
        SessionCookie cookie = SessionCookie.named("__Host").insecure().build();
        for (String suffix : List.of("", "-sid", "sig", ".s g", ".s=", ".s;")) {
            assertThatThrownBy(() -> cookie.suffixed(suffix))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("cookie __Host");
        }
    }
}
