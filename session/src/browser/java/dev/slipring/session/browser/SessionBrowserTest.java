package dev.slipring.session.browser;

import static dev.slipring.session.browser.Application.COOKIE;
import static dev.slipring.session.browser.Application.value;
import static org.assertj.core.api.Assertions.assertThat;

import dev.slipring.keyring.TimingParameter;
import dev.slipring.keyring.VersionState;
import dev.slipring.testing.FakeSecret;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.Cookie;

/** What a browser makes of the cookies that the filter sets. */
class SessionBrowserTest {
    private Browser browser;
    private Application application;

    @BeforeEach
    void start() throws Exception {
        browser = Browser.start();
        application = new Application();
    }

    @AfterEach
    void stop() throws Exception {
        if (browser != null) {
            browser.close();
        }
        if (application != null) {
            application.close();
        }
    }

    @Test
    void session_throughARotation_staysAndItsCookieChangesOnce() throws IOException {
        assertThat(browser.open(application.url("/"))).isEqualTo("nobody");
        assertThat(browser.open(application.url("/in"))).isEqualTo("anna");
        Cookie first = cookie();
        assertUsual(first);
        assertThat(browser.visibleCookies()).isEmpty();

        application.secret.publish(value(2));
        application.secret.refresh();
        assertThat(browser.open(application.url("/"))).isEqualTo("anna");
        assertThat(cookie()).isEqualTo(first);

        application.clock.advance(FakeSecret.timing().get(TimingParameter.PUBLISH));
        application.secret.promote(2);
        application.secret.refresh();
        assertThat(browser.open(application.url("/"))).isEqualTo("anna");
        Cookie second = cookie();
        assertThat(second.getValue()).isNotEqualTo(first.getValue());
        assertUsual(second);
        assertThat(browser.visibleCookies()).isEmpty();

        application.secret.move(1, VersionState.REVOKING);
        application.secret.move(1, VersionState.REVOKED);
        application.secret.refresh();
        for (int i = 0; i < 3; i++) {
            assertThat(browser.open(application.url("/"))).isEqualTo("anna");
        }
        assertThat(cookie().getValue()).isEqualTo(second.getValue());
        // Once at the login and once in the rotation.
        assertThat(application.setCookies).hasSize(2);
        browser.screenshot(Path.of("target/browser/session.png"));

        assertThat(browser.open(application.url("/out"))).isEqualTo("nobody");
        assertThat(browser.cookie(COOKIE)).isEmpty();
        assertThat(browser.open(application.url("/"))).isEqualTo("nobody");
        assertThat(application.setCookies).hasSize(3);
        browser.screenshot(Path.of("target/browser/logged-out.png"));
    }

    @Test
    void logOut_whileTheCookieIsDueToBeResigned_endsTheSession() {
        browser.open(application.url("/in"));
        application.secret.rotate(value(2));
        assertThat(browser.open(application.url("/out"))).isEqualTo("nobody");
        assertThat(browser.cookie(COOKIE)).isEmpty();
        assertThat(browser.open(application.url("/"))).isEqualTo("nobody");
    }

    @Test
    void tabs_thatFetchInParallelThroughARotation_stayLoggedIn() {
        browser.open(application.url("/in"));
        String before = cookie().getValue();
        String firstTab = browser.tab();
        String secondTab = browser.openTab(application.url("/"));
        application.secret.publish(value(2));
        application.secret.refresh();

        browser.fetch("/user", 100);
        browser.switchTo(firstTab);
        browser.fetch("/user", 100);
        application.secret.promote(2);
        application.secret.refresh();
        assertThat(browser.fetched()).hasSize(100).containsOnly("anna");
        browser.switchTo(secondTab);
        assertThat(browser.fetched()).hasSize(100).containsOnly("anna");

        // Both tabs at once, when all of them are to be moved.
        application.secret.rotate(value(3));
        browser.fetch("/user", 100);
        browser.switchTo(firstTab);
        browser.fetch("/user", 100);
        assertThat(browser.fetched()).hasSize(100).containsOnly("anna");
        browser.switchTo(secondTab);
        assertThat(browser.fetched()).hasSize(100).containsOnly("anna");

        assertThat(browser.open(application.url("/"))).isEqualTo("anna");
        String after = cookie().getValue();
        assertThat(after).isNotEqualTo(before);
        application.secret.move(1, VersionState.REVOKING);
        application.secret.move(2, VersionState.REVOKING);
        application.secret.refresh();
        assertThat(browser.open(application.url("/"))).isEqualTo("anna");
        assertThat(cookie().getValue()).isEqualTo(after);
        browser.switchTo(firstTab);
        assertThat(browser.open(application.url("/out"))).isEqualTo("nobody");
        browser.switchTo(secondTab);
        assertThat(browser.open(application.url("/"))).isEqualTo("nobody");
    }

    private Cookie cookie() {
        return browser.cookie(COOKIE).orElseThrow();
    }

    private static void assertUsual(Cookie cookie) {
        assertThat(cookie.isHttpOnly()).isTrue();
        assertThat(cookie.isSecure()).isTrue();
        assertThat(cookie.getSameSite()).isEqualTo("Lax");
        assertThat(cookie.getPath()).isEqualTo("/");
        assertThat(cookie.getDomain()).isEqualTo("localhost");
        assertThat(cookie.getExpiry()).isNotNull();
    }
}
