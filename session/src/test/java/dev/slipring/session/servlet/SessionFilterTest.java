package dev.slipring.session.servlet;

import static dev.slipring.session.servlet.Site.COOKIE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipring.keyring.VersionState;
import dev.slipring.session.RejectionReason;
import dev.slipring.session.SessionSigner;
import dev.slipring.session.Verification.Valid;
import jakarta.servlet.ServletRequestWrapper;
import jakarta.servlet.ServletResponseWrapper;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What the filter finds in a request, and what it does about it. */
@Tag("servlet")
class SessionFilterTest {
    private Site site = Site.usual();

    @BeforeEach
    void serve() {
        site.on("/", SessionFilterTest::describe);
    }

    @AfterEach
    void close() {
        site.close();
    }

    @Test
    void container_underTest_hasTheServletApiUnderTest() {
        site.on(
                "/api",
                (request, response) -> response.getWriter()
                        .print(request.getServletContext().getMajorVersion() + "."
                                + request.getServletContext().getMinorVersion()));
        assertThat(site.get("/api").text()).isEqualTo(WebServer.api());
        boolean redirectsWithStatus = Stream.of(HttpServletResponse.class.getMethods())
                .anyMatch(method -> method.getName().equals("sendRedirect") && method.getParameterCount() == 3);
        assertThat(redirectsWithStatus).isEqualTo(!WebServer.api().equals("6.0"));
    }

    @Test
    void request_withoutCookie_hasNoSession() {
        assertThat(site.get("/").text()).isEqualTo("none, 0 duplicates");
        assertThat(site.get("/", "theme=dark; __host-sid=x").text()).isEqualTo("none, 0 duplicates");
    }

    @Test
    void request_withOneGoodCookieAmongMany_hasItsSession() {
        String good = site.login("anna");
        assertThat(site.get("/", good).text()).isEqualTo("anna, 0 duplicates");
        assertThat(site.get("/", "theme=dark; " + good + "; lang=de").text()).isEqualTo("anna, 0 duplicates");
        assertThat(site.get("/", COOKIE + "=garbage; " + good).text()).isEqualTo("anna, 1 duplicates");
        assertThat(site.get("/", COOKIE + "=", "a=b", "x;;=;" + good, COOKIE + "=\"quoted\"")
                        .text())
                .isEqualTo("anna, 2 duplicates");
        assertThat(site.send("GET /", "COOKIE: a=b", "cookie: " + good).text()).isEqualTo("anna, 0 duplicates");
    }

    @Test
    void cookies_ofGarbage_areRejectedAndLeftAlone() {
        List<String> garbage = List.of(
                COOKIE + "=",
                COOKIE + "=" + "x".repeat(6000),
                COOKIE + "=s1." + "A".repeat(40),
                COOKIE + "=\u00e4\u00f6\u00fc\u00ff",
                ";;;=;" + COOKIE + "=;==",
                COOKIE + "=" + site.signer.sign("anna") + "x");
        for (String cookie : garbage) {
            Answer answer = site.get("/", cookie);
            assertThat(answer.status()).as(cookie).isEqualTo(200);
            assertThat(answer.text()).as(cookie).isEqualTo("MALFORMED, 0 duplicates");
            assertUntouched(answer);
        }
    }

    @Test
    void rejection_forWhateverReason_leavesTheCookieAlone() {
        use(Site.filtered(each -> List.of(each.filter().passThrough().build())));
        Map<RejectionReason, String> cookies = new EnumMap<>(RejectionReason.class);
        cookies.put(RejectionReason.MALFORMED, COOKIE + "=x");
        cookies.put(RejectionReason.EXPIRED, COOKIE + "=" + site.signer.sign(new byte[3], Duration.ofMinutes(1)));
        String early = site.login("anna");
        site.clock.advance(Duration.ofHours(1));
        site.secret.rejectIssuedBefore(site.clock.instant().minusSeconds(60));
        cookies.put(RejectionReason.ISSUED_TOO_EARLY, early);
        String good = site.login("anna");
        char last = good.charAt(good.length() - 1);
        cookies.put(RejectionReason.BAD_SIGNATURE, good.substring(0, good.length() - 1) + (last == 'A' ? 'B' : 'A'));
        SessionSigner ahead = site.builder(COOKIE)
                .clock(() -> site.clock.instant().plusSeconds(120))
                .build();
        cookies.put(RejectionReason.NOT_YET_VALID, COOKIE + "=" + ahead.sign("anna"));
        site.secret.rotate(Site.value(2));
        cookies.put(RejectionReason.UNKNOWN_KEY, unknown());
        cookies.forEach((reason, cookie) -> assertRejected(cookie, reason));

        String compromised = site.login("anna");
        site.secret.compromise(2);
        site.secret.refresh();
        assertRejected(compromised, RejectionReason.COMPROMISED_KEY);
    }

    @Test
    void unknownKey_unlessTold_isAskedToComeBackLater() {
        List<String> reached = new ArrayList<>();
        site.on("/", (request, response) -> reached.add("application"));
        Answer answer = site.get("/", unknown());
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.all("Retry-After")).containsExactly("5");
        assertThat(answer.all("Cache-Control")).containsExactly("no-store");
        assertThat(answer.text()).isEqualTo("The session cannot be checked at the moment. Please try again in 5 s.\n");
        assertThat(answer.setCookies()).isEmpty();
        assertThat(reached).isEmpty();
    }

    @Test
    void unknownKey_besideAGoodCookie_doesNotMatter() {
        assertThat(site.get("/", unknown() + "; " + site.login("anna")).text()).isEqualTo("anna, 1 duplicates");
    }

    @Test
    void unknownKey_onceTheVersionIsKnown_isASession() {
        site.secret.publish(Site.value(2));
        site.secret.promote(2);
        try (Site ahead = Site.usual()) {
            ahead.rotate();
            String cookie = ahead.login("anna");
            assertThat(site.get("/", cookie).status()).isEqualTo(503);
            site.secret.refresh();
            assertThat(site.get("/", cookie).text()).isEqualTo("anna, 0 duplicates");
        }
    }

    @Test
    void unknownKey_thatARefreshDoesNotFind_locksNobodyOut() {
        String cookie = unknown();
        assertThat(site.get("/", cookie).status()).isEqualTo(503);
        site.clock.advance(Duration.ofMinutes(1));
        site.secret.refresh();
        Answer answer = site.get("/", cookie);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.setCookies()).isEmpty();
    }

    @Test
    void retryDelay_withAFraction_isRoundedUp() {
        use(Site.filtered(each ->
                List.of(each.filter().retryLater(Duration.ofMillis(1001)).build())));
        assertThat(site.get("/", unknown()).all("Retry-After")).containsExactly("2");
        assertThatThrownBy(() -> site.filter().retryLater(Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("retry delay PT0S is not above zero");
        assertThatThrownBy(() -> site.filter().retryLater(Duration.ofSeconds(-1)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void request_dispatchedAgainAndAgain_isVerifiedOnce() {
        site.on(
                "/forward",
                (request, response) -> request.getRequestDispatcher("/include").forward(request, response));
        site.on(
                "/include",
                (request, response) -> request.getRequestDispatcher("/async").include(request, response));
        site.on("/async", (request, response) -> request.startAsync().dispatch("/fail"));
        site.on("/fail", (request, response) -> response.sendError(500));
        site.on("/sorry", SessionFilterTest::describe);
        Answer answer = site.get("/forward", site.login("anna"));
        assertThat(answer.status()).isEqualTo(500);
        assertThat(answer.text()).isEqualTo("anna, 0 duplicates");
        assertThat(site.signer.statistics().versions().get(1).accepted()).isEqualTo(1);
    }

    @Test
    void session_throughWrappers_isFound() {
        site.on(
                "/wrapped",
                (request, response) ->
                        describe(new HttpServletRequestWrapper(new HttpServletRequestWrapper(request)), response));
        assertThat(site.get("/wrapped", site.login("anna")).text()).isEqualTo("anna, 0 duplicates");
    }

    @Test
    void filters_forTwoCookies_doNotDisturbEachOther() {
        use(Site.filtered(each -> List.of(
                each.filter().build(),
                SessionFilter.builder(each.builder("remember").build()).build())));
        site.on("/", (request, response) -> {
            assertThat(RequestSession.of(request)).isSameAs(RequestSession.of(request, COOKIE));
            response.getWriter().print(user(RequestSession.of(request)) + user(RequestSession.of(request, "remember")));
        });
        String both = site.login("anna") + "; remember="
                + site.builder("remember").build().sign("bob");
        assertThat(site.get("/", both).text()).isEqualTo("annabob");
        site.rotate();
        assertThat(site.get("/", both).setCookies())
                .hasSize(2)
                .anyMatch(header -> header.startsWith("__Host-sid=s1.anna."))
                .anyMatch(header -> header.startsWith("remember=s1.bob."));
    }

    @Test
    void session_ofARequestThatNoFilterSaw_isRefused() {
        use(Site.filtered(each -> List.of()));
        site.on("/", (request, response) -> {
            assertThatThrownBy(() -> RequestSession.of(request))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("no SessionFilter has seen the request");
            assertThatThrownBy(() -> RequestSession.of(request, "other"))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("no SessionFilter for cookie other");
            response.getWriter().print("asked");
        });
        assertThat(site.get("/").text()).isEqualTo("asked");
    }

    @Test
    void request_thatIsNotHttp_passes() {
        use(Site.filtered(each -> List.of()));
        site.on("/", (request, response) -> {
            ServletRequestWrapper plain = new ServletRequestWrapper(request);
            ServletResponseWrapper answer = new ServletResponseWrapper(response);
            site.filter().build().doFilter(plain, answer, (passed, reply) -> {
                assertThat(passed).isSameAs(plain);
                assertThat(reply).isSameAs(answer);
                reply.getWriter().print("passed");
            });
            assertThatThrownBy(() -> RequestSession.of(request)).isInstanceOf(IllegalStateException.class);
        });
        assertThat(site.get("/", site.login("anna")).text()).isEqualTo("passed");
    }

    @Test
    void stringForms_ofFilterAndSession_showNoMaterial() {
        String cookie = site.login("anna");
        site.on(
                "/",
                (request, response) ->
                        response.getWriter().print(RequestSession.of(request).toString()));
        site.rotate();
        assertThat(site.get("/", cookie).text())
                .contains("__Host-sid", "version 1", "4 bytes")
                .doesNotContain("anna", "s1.");
        assertThat(site.get("/").text()).isEqualTo("RequestSession[cookie __Host-sid, none]");
        assertThat(site.filter().build()).hasToString("SessionFilter[cookie __Host-sid, retry after PT5S]");
        assertThat(site.filter().passThrough().build())
                .hasToString("SessionFilter[cookie __Host-sid, passes unknown keys through]");
    }

    /** A cookie that a replica has signed whose version this one has never heard of. */
    private static String unknown() {
        try (Site other = Site.usual()) {
            other.secret.rotate(Site.value(9));
            other.secret.move(1, VersionState.REVOKING);
            return other.login("anna");
        }
    }

    private void use(Site other) {
        site.close();
        site = other;
        serve();
    }

    private void assertRejected(String cookie, RejectionReason reason) {
        Answer answer = site.get("/", cookie);
        assertThat(answer.text()).isEqualTo(reason + ", 0 duplicates");
        assertUntouched(answer);
    }

    private static void assertUntouched(Answer answer) {
        assertThat(answer.setCookies()).isEmpty();
        assertThat(answer.all("Cache-Control")).isEmpty();
        assertThat(answer.all("Vary")).isEmpty();
        assertThat(answer.all("Clear-Site-Data")).isEmpty();
    }

    private static void describe(HttpServletRequest request, HttpServletResponse response) throws Exception {
        RequestSession session = RequestSession.of(request);
        response.getWriter().print(user(session) + ", " + session.duplicates() + " duplicates");
    }

    private static String user(RequestSession session) {
        return session.valid()
                .map(Valid::text)
                .or(() -> session.rejected().map(Enum::name))
                .orElse("none");
    }
}
