package dev.slipring.session.servlet;

import static dev.slipring.session.servlet.Site.COOKIE;
import static dev.slipring.session.servlet.Site.LIFE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipring.keyring.SecretValue;
import dev.slipring.keyring.StaleKeyringException;
import dev.slipring.session.ForeignFormat;
import dev.slipring.session.ForeignReading;
import dev.slipring.session.RequestCookies;
import dev.slipring.session.SessionCookie;
import dev.slipring.session.Verification.Valid;
import dev.slipring.session.servlet.Site.Action;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What the application does to a session, and that a re-signed cookie never undoes it. */
@Tag("servlet")
class RequestSessionTest {
    private static final String ATTRIBUTES = "; Path=/; Secure; HttpOnly; SameSite=Lax";
    private static final String ENDED = "__Host-sid=; Max-Age=0" + ATTRIBUTES;

    private Site site = Site.usual();

    @AfterEach
    void close() {
        site.close();
    }

    @Test
    void session_begun_livesUntilItIsEnded() {
        site.on("/in", (request, response) -> {
            RequestSession.of(request).begin("anna");
            assertThat(RequestSession.of(request).valid()).isEmpty();
            response.setHeader("Cache-Control", "public, max-age=60");
        });
        site.on("/out", (request, response) -> RequestSession.of(request).end());
        Answer in = site.get("/in");
        assertThat(in.setCookies())
                .singleElement()
                .asString()
                .startsWith("__Host-sid=s1.anna.")
                .endsWith("; Max-Age=43200" + ATTRIBUTES);
        assertForbidsStoring(in);
        assertThat(session(in).text()).isEqualTo("anna");
        Answer out = site.get("/out", cookie(in));
        assertThat(out.setCookies()).containsExactly(ENDED);
        assertForbidsStoring(out);
    }

    @Test
    void session_begunBeforeTheResponseIsCommitted_forbidsStoring() {
        site.on("/", (request, response) -> {
            response.setHeader("Cache-Control", "public, max-age=60");
            RequestSession.of(request).begin("anna");
            response.flushBuffer();
        });
        assertForbidsStoring(site.get("/"));
    }

    @Test
    void session_begunWithBytesAndALife_hasThem() {
        byte[] payload = {1, 2, 3};
        site.on("/bytes", (request, response) -> RequestSession.of(request).begin(payload));
        site.on("/short", (request, response) -> RequestSession.of(request).begin(payload, Duration.ofMinutes(5)));
        assertThat(session(site.get("/bytes")).payload()).isEqualTo(payload);
        Answer brief = site.get("/short");
        assertThat(session(brief).expiresAt())
                .isEqualTo(session(brief).issuedAt().plus(Duration.ofMinutes(5)));
        assertThat(brief.setCookies().get(0)).contains("; Max-Age=300;");
    }

    @Test
    void session_renewed_hasANewLifeUnderThePresentKey() {
        site.on("/", (request, response) -> RequestSession.of(request).renew());
        String old = site.login("anna");
        site.rotate();
        site.clock.advance(Duration.ofHours(3));
        Answer answer = site.get("/", old);
        assertThat(answer.setCookies()).hasSize(1);
        assertThat(session(answer).version()).isEqualTo(2);
        assertThat(session(answer).issuedAt()).isEqualTo(site.clock.instant());
        assertThat(session(answer).expiresAt()).isEqualTo(site.clock.instant().plus(LIFE));
    }

    @Test
    void renewing_whatIsNotThere_isRefused() {
        site.on("/", (request, response) -> {
            refused(() -> RequestSession.of(request).renew(), "the request brought no valid session to renew");
            response.setStatus(202);
        });
        site.on("/ended", (request, response) -> {
            RequestSession.of(request).end();
            refused(() -> RequestSession.of(request).renew(), "was ended or replaced in this response");
            response.setStatus(202);
        });
        site.on("/begun", (request, response) -> {
            RequestSession.of(request).begin("bob");
            refused(() -> RequestSession.of(request).renew(), "was ended or replaced in this response");
            response.setStatus(202);
        });
        String good = site.login("anna");
        assertThat(site.get("/").status()).isEqualTo(202);
        assertThat(site.get("/", COOKIE + "=x").status()).isEqualTo(202);
        assertThat(site.get("/ended", good).setCookies()).containsExactly(ENDED);
        assertThat(session(site.get("/begun", good)).text()).isEqualTo("bob");
    }

    @Test
    void changes_severalInOneResponse_endUpAsTheLast() {
        Map<String, Action> changes = new LinkedHashMap<>();
        changes.put("bob", (request, response) -> {
            RequestSession.of(request).begin("eve");
            RequestSession.of(request).end();
            RequestSession.of(request).begin("bob");
        });
        changes.put("anna", (request, response) -> {
            RequestSession.of(request).renew();
            RequestSession.of(request).renew();
        });
        changes.put("", (request, response) -> {
            response.addCookie(new Cookie(COOKIE, "own"));
            RequestSession.of(request).renew();
            RequestSession.of(request).begin("eve");
            RequestSession.of(request).end();
        });
        String good = site.login("anna");
        for (boolean rotated : new boolean[] {false, true}) {
            changes.forEach((user, change) -> {
                site.on("/", (request, response) -> {
                    response.addCookie(new Cookie("first", "1"));
                    change.serve(request, response);
                    response.addCookie(new Cookie("last", "2"));
                });
                List<String> headers = site.get("/", good).setCookies();
                assertThat(headers).hasSize(3).contains("first=1", "last=2");
                String own = headers.stream()
                        .filter(header -> header.startsWith(COOKIE))
                        .findAny()
                        .orElseThrow();
                assertThat(own).startsWith(user.isEmpty() ? ENDED : "__Host-sid=s1." + user + ".");
            });
            site.rotate();
        }
    }

    @Test
    void end_withAForeignFormat_endsItsCookiesToo() {
        use(Site.filtered(each -> List.of(
                SessionFilter.builder(each.builder(COOKIE).accept(new Legacy()).build())
                        .build())));
        site.on(
                "/",
                (request, response) -> response.getWriter()
                        .print(RequestSession.of(request).valid().orElseThrow().text()));
        site.on("/out", (request, response) -> RequestSession.of(request).end());
        Answer moved = site.get("/", "legacy=anna");
        assertThat(moved.text()).isEqualTo("anna");
        assertThat(moved.setCookies()).singleElement().asString().startsWith("__Host-sid=s1.anna.");
        assertThat(site.get("/out", "legacy=anna").setCookies())
                .containsExactly(
                        ENDED,
                        "legacy=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax",
                        "legacy=; Max-Age=0; Path=/old; Secure; HttpOnly; SameSite=Lax");
    }

    /** However far the response has got, as long as it is not committed. */
    @Test
    void response_thatEndsOrReplacesTheSession_hasNoResignedCookie() {
        Map<String, Action> stages = new LinkedHashMap<>();
        stages.put("first", (request, response) -> {});
        stages.put("writer", (request, response) -> response.getWriter());
        stages.put("written", (request, response) -> response.getWriter().print("draft"));
        stages.put("streamed", (request, response) -> response.getOutputStream().print("draft"));
        stages.put("async", (request, response) -> request.startAsync());
        SoftAssertions softly = new SoftAssertions();
        String old = site.login("anna");
        site.rotate();
        site.clock.advance(Duration.ofHours(1));
        String resigned = SessionResigningTest.resigned(site, old);
        stages.forEach((stage, begun) -> endings().forEach((ending, action) -> {
            site.on("/", (request, response) -> {
                response.addHeader("Set-Cookie", "lang=de");
                begun.serve(request, response);
                if (request.isAsyncStarted()) {
                    AsyncContext context = request.getAsyncContext();
                    action.serve(
                            (HttpServletRequest) context.getRequest(), (HttpServletResponse) context.getResponse());
                    context.complete();
                } else {
                    action.serve(request, response);
                }
            });
            Answer answer = site.get("/", old);
            softly.assertThat(answer.status()).as(ending + " " + stage).isEqualTo(200);
            softly.assertThat(answer.setCookies())
                    .as(ending + " " + stage)
                    .contains("lang=de")
                    .doesNotContain(resigned)
                    .filteredOn(header -> header.startsWith(COOKIE))
                    .hasSizeLessThanOrEqualTo(1);
        }));
        softly.assertAll();
    }

    @Test
    void response_withNoOtherCookie_losesTheResignedOneAsWell() {
        site.on("/", (request, response) -> {
            response.getWriter().print("bye");
            request.logout();
        });
        String old = site.login("anna");
        site.rotate();
        Answer answer = site.get("/", old);
        assertThat(answer.text()).isEqualTo("bye");
        assertThat(answer.setCookies()).isEmpty();
    }

    /** There are containers that turn cookies into headers only when they commit. */
    @Test
    void response_whoseCookiesAreNoHeadersYet_hasNoResignedCookieBesideTheApplications() {
        use(Site.filtered(each -> List.of(
                (request, response, chain) -> chain.doFilter(request, new LateCookies((HttpServletResponse) response)),
                each.filter().build())));
        site.on("/", (request, response) -> {
            response.getWriter().print("own");
            response.addCookie(new Cookie(COOKIE, "own"));
        });
        String old = site.login("anna");
        site.rotate();
        Answer answer = site.get("/", old);
        assertThat(answer.text()).isEqualTo("own");
        assertThat(answer.setCookies()).isEmpty();
    }

    @Test
    void response_thatSaysSomethingElse_keepsTheResignedCookie() {
        Map<String, Action> others = new LinkedHashMap<>();
        others.put("other cookie", (request, response) -> response.addCookie(new Cookie("__host-sid", "x")));
        others.put("other header", (request, response) -> response.setHeader("Set-Cookie", "lang=__Host-sid=x"));
        others.put("cache alone", (request, response) -> response.setHeader("Clear-Site-Data", "\"cache\""));
        others.put("attribute", (request, response) -> response.addHeader("X-Set-Cookie", COOKIE + "=x"));
        others.put("taken back", (request, response) -> {
            response.addCookie(new Cookie(COOKIE, "own"));
            response.addHeader("Clear-Site-Data", "*");
            response.reset();
        });
        SoftAssertions softly = new SoftAssertions();
        String old = site.login("anna");
        site.rotate();
        String resigned = SessionResigningTest.resigned(site, old);
        others.forEach((other, action) -> {
            for (boolean begun : new boolean[] {false, true}) {
                site.on("/", (request, response) -> {
                    if (begun) {
                        response.getWriter().print("text");
                    }
                    action.serve(request, response);
                });
                softly.assertThat(site.get("/", old).setCookies())
                        .as(other + begun)
                        .containsOnlyOnce(resigned);
            }
        });
        softly.assertAll();
    }

    @Test
    void reset_afterTheSessionEnded_doesNotBringItBack() {
        site.on("/", (request, response) -> {
            RequestSession.of(request).end();
            response.reset();
            response.getWriter().print("failed");
        });
        String old = site.login("anna");
        assertThat(site.get("/", old).setCookies()).isEmpty();
        site.rotate();
        assertThat(site.get("/", old).setCookies()).isEmpty();
    }

    @Test
    void changes_onceTheResponseIsCommitted_areRefused() {
        site.on("/", (request, response) -> {
            response.getWriter().print("early");
            response.flushBuffer();
            RequestSession session = RequestSession.of(request);
            String late = "cookie __Host-sid: the response is committed, so it is too late to set or end the session";
            refused(() -> session.begin("bob"), late);
            refused(() -> session.begin(new byte[1]), late);
            refused(() -> session.begin(new byte[1], LIFE), late);
            refused(session::renew, late);
            refused(session::end, late);
            request.logout();
            response.getWriter().print(" and late");
        });
        String old = site.login("anna");
        Answer answer = site.get("/", old);
        assertThat(answer.text()).isEqualTo("early and late");
        assertThat(answer.setCookies()).isEmpty();
        site.rotate();
        assertThat(site.get("/", old).setCookies()).hasSize(1);
    }

    @Test
    void changes_whileNothingMayBeSigned_fail() {
        use(Site.stopping());
        site.on("/", (request, response) -> {
            RequestSession session = RequestSession.of(request);
            assertThatThrownBy(() -> session.begin("bob")).isInstanceOf(StaleKeyringException.class);
            assertThatThrownBy(session::renew).isInstanceOf(StaleKeyringException.class);
            response.setStatus(202);
        });
        site.on("/out", (request, response) -> RequestSession.of(request).end());
        String good = site.login("anna");
        site.secret.outage(true);
        site.secret.scheduler().advance(Duration.ofMinutes(16));
        Answer answer = site.get("/", good);
        assertThat(answer.status()).isEqualTo(202);
        assertThat(answer.setCookies()).isEmpty();
        assertThat(site.get("/out", good).setCookies()).containsExactly(ENDED);
    }

    /** Everything that ends or replaces a session. */
    private static Map<String, Action> endings() {
        Map<String, Action> endings = new LinkedHashMap<>();
        endings.put("end", (request, response) -> RequestSession.of(request).end());
        endings.put("begin", (request, response) -> RequestSession.of(request).begin("bob"));
        endings.put("renew", (request, response) -> RequestSession.of(request).renew());
        endings.put("logout", (request, response) -> request.logout());
        endings.put("addCookie", (request, response) -> response.addCookie(new Cookie(COOKIE, "own")));
        endings.put("addHeader", (request, response) -> response.addHeader("set-cookie", COOKIE + "=own; Path=/"));
        endings.put("setHeader", (request, response) -> {
            response.setHeader("SET-COOKIE", COOKIE + " = ; Max-Age=0");
            response.addHeader("Set-Cookie", "lang=de");
        });
        endings.put(
                "clearCookies", (request, response) -> response.setHeader("clear-site-data", "\"cache\", \"cookies\""));
        endings.put("clearEverything", (request, response) -> response.addHeader("Clear-Site-Data", "\"*\""));
        return endings;
    }

    private void use(Site other) {
        site.close();
        site = other;
    }

    private Valid session(Answer answer) {
        String token = cookie(answer).substring(COOKIE.length() + 1);
        if (site.signer.verify(token) instanceof Valid valid) {
            return valid;
        }
        throw new AssertionError("the cookie that was set is not valid");
    }

    private static String cookie(Answer answer) {
        String header = answer.setCookies().get(0);
        return header.substring(0, header.indexOf(';'));
    }

    private static void assertForbidsStoring(Answer answer) {
        assertThat(answer.all("Cache-Control")).containsExactly("no-store");
        assertThat(answer.all("Vary")).containsExactly("Cookie");
    }

    private static void refused(Runnable change, String message) {
        assertThatThrownBy(change::run)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(message);
    }

    /** Adds no cookie before the commit, which is beyond the test. */
    private static final class LateCookies extends HttpServletResponseWrapper {
        LateCookies(HttpServletResponse response) {
            super(response);
        }

        @Override
        public void addCookie(Cookie cookie) {}
    }

    /** A format without any signature: whoever says so is somebody. */
    private static final class Legacy implements ForeignFormat {
        @Override
        public String name() {
            return "legacy";
        }

        @Override
        public Instant sunset() {
            return Instant.parse("2031-01-01T00:00:00Z");
        }

        @Override
        public Duration life() {
            return Duration.ofHours(1);
        }

        @Override
        public List<SessionCookie> cookies() {
            return List.of(
                    SessionCookie.named("legacy").insecure().build(),
                    SessionCookie.named("legacy").path("/old").build());
        }

        @Override
        public boolean isKeyedBy(SecretValue value) {
            return false;
        }

        @Override
        public ForeignReading read(RequestCookies cookies) {
            Instant start = Instant.parse("2030-01-01T00:00:00Z");
            return cookies.values("legacy").stream()
                    .<ForeignReading>map(user ->
                            new ForeignReading.Found(user.getBytes(StandardCharsets.UTF_8), start, start.plus(life())))
                    .findFirst()
                    .orElseGet(ForeignReading.Absent::new);
        }
    }
}
