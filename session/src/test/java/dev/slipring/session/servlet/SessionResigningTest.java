package dev.slipring.session.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipring.keyring.TimingParameter;
import dev.slipring.keyring.VersionState;
import dev.slipring.session.SessionCookie;
import dev.slipring.session.Verification.Valid;
import dev.slipring.testing.FakeSecret;
import jakarta.servlet.DispatcherType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A re-signed cookie goes out with every kind of response, and with no other. */
@Tag("servlet")
class SessionResigningTest {
    private static final String ATTRIBUTES = "; Path=/; Secure; HttpOnly; SameSite=Lax";

    @Test
    void session_throughARotation_isResignedOnceAndStays() {
        try (Site site = Site.usual()) {
            site.on(
                    "/",
                    (request, response) -> response.getWriter()
                            .print(RequestSession.of(request)
                                    .valid()
                                    .orElseThrow()
                                    .text()));
            String first = site.login("anna");
            assertThat(site.get("/", first).setCookies()).isEmpty();

            site.secret.publish(Site.value(2));
            site.secret.refresh();
            assertThat(site.get("/", first).setCookies()).isEmpty();

            site.clock.advance(FakeSecret.timing().get(TimingParameter.PUBLISH));
            site.secret.promote(2);
            site.secret.refresh();
            Answer moved = site.get("/", first);
            assertThat(moved.text()).isEqualTo("anna");
            assertThat(moved.setCookies()).hasSize(1);
            String header = moved.setCookies().get(0);
            assertThat(header).startsWith("__Host-sid=s1.anna.").endsWith("; Max-Age=42000" + ATTRIBUTES);
            String second = header.substring(0, header.indexOf(';'));
            assertThat(second).isNotEqualTo(first);
            assertThat(site.get("/", second).setCookies()).isEmpty();
            // The other tab still sends the old cookie, and gets the very same.
            assertThat(site.get("/", first).setCookies()).containsExactly(header);

            site.clock.advance(Duration.ofHours(11));
            site.secret.move(1, VersionState.REVOKING);
            site.secret.refresh();
            assertThat(site.get("/", second).text()).isEqualTo("anna");
        }
    }

    @Test
    void reply_ofAnyKind_hasTheResignedCookieOnce() {
        for (EnumSet<DispatcherType> dispatches :
                List.of(EnumSet.of(DispatcherType.REQUEST), EnumSet.allOf(DispatcherType.class))) {
            try (Site site = Site.mapped(dispatches)) {
                SoftAssertions softly = new SoftAssertions();
                Map<String, Site.Action> replies = serveAll(site);
                String old = site.login("anna");
                Map<String, Answer> before = askAll(site, replies, old);
                site.rotate();
                String resigned = resigned(site, old);
                Map<String, Answer> after = askAll(site, replies, old);
                after.forEach((reply, response) -> {
                    Answer usual = before.get(reply);
                    softly.assertThat(usual.setCookies()).as(reply).isEmpty();
                    softly.assertThat(response.setCookies()).as(reply).containsExactly(resigned);
                    softly.assertThat(String.join(",", response.all("Cache-Control")))
                            .as(reply)
                            .contains("no-store");
                    // An error page that the filter does not see has the headers that the container leaves it.
                    if (dispatches.contains(DispatcherType.ERROR) || !reply.startsWith("error")) {
                        softly.assertThat(response.all("Vary")).as(reply).containsExactly("Cookie");
                    }
                    softly.assertThat(response.status()).as(reply).isEqualTo(usual.status());
                    softly.assertThat(response.body()).as(reply).isEqualTo(usual.body());
                });
                softly.assertAll();
            }
        }
    }

    @Test
    void reply_toHead_hasTheResignedCookieAndTheLength() {
        try (Site site = Site.usual()) {
            site.on("/", (request, response) -> response.getWriter().print("twelve bytes"));
            String old = site.login("anna");
            site.rotate();
            Answer response = site.send("HEAD /", "Cookie: " + old);
            assertThat(response.setCookies()).containsExactly(resigned(site, old));
            assertThat(response.body()).isEmpty();
            assertThat(response.all("Content-Length")).containsExactly("12");
        }
    }

    @Test
    void attributes_ofTheSignersCookie_areKept() {
        try (Site site = Site.filtered(each -> List.of(SessionFilter.builder(each.builder("sid")
                        .cookie(SessionCookie.named("sid")
                                .path("/app")
                                .domain("example.org")
                                .sameSite(SessionCookie.SameSite.STRICT)
                                .scriptReadable()
                                .untilBrowserCloses()
                                .build())
                        .build())
                .build()))) {
            site.on("/", (request, response) -> {});
            String token = site.builder("sid").build().sign("anna");
            site.rotate();
            assertThat(site.get("/", "sid=" + token).setCookies())
                    .singleElement()
                    .asString()
                    .endsWith("; Path=/app; Domain=example.org; Secure; SameSite=Strict")
                    .doesNotContain("Max-Age");
        }
    }

    @Test
    void caching_ofAResponseThatSetsTheCookie_isForbidden() {
        try (Site site = Site.usual()) {
            site.on("/before", (request, response) -> {
                response.setHeader("Cache-Control", "public, max-age=60");
                response.addHeader("Vary", "Accept-Encoding");
                response.addHeader("Vary", "Origin,accept");
                response.getWriter().print("text");
            });
            site.on("/after", (request, response) -> {
                response.getWriter().print("text");
                response.addHeader("cache-control", "public, max-age=60");
                response.setHeader("vary", "Origin");
            });
            site.on("/named", (request, response) -> response.setHeader("Vary", "Origin, cookie"));
            site.on("/any", (request, response) -> response.setHeader("Vary", "*"));
            String old = site.login("anna");
            assertThat(caching(site, "/before", old)).isEqualTo("public, max-age=60 | Accept-Encoding|Origin,accept");
            assertThat(caching(site, "/after", old)).isEqualTo("public, max-age=60 | Origin");
            site.rotate();
            assertThat(caching(site, "/before", old)).isEqualTo("no-store | Accept-Encoding, Origin, accept, Cookie");
            assertThat(caching(site, "/after", old)).isEqualTo("no-store | Origin, Cookie");
            assertThat(caching(site, "/named", old)).isEqualTo("no-store | Origin, cookie");
            assertThat(caching(site, "/any", old)).isEqualTo("no-store | *");
        }
    }

    @Test
    void staticContent_isCachedUnlessItSetsTheCookie() {
        try (Site site = Site.usual()) {
            String old = site.login("anna");
            Answer usual = site.get("/static/page.txt", old);
            assertThat(usual.all("Cache-Control")).containsExactly("max-age=3600");
            assertThat(usual.all("Vary")).isEmpty();
            String tag = usual.all("ETag").get(0);
            assertThat(conditional(site, old, tag).all("Cache-Control")).isEmpty();
            site.rotate();
            Answer moving = site.get("/static/page.txt", old);
            assertThat(moving.setCookies()).containsExactly(resigned(site, old));
            assertThat(moving.all("Cache-Control")).containsExactly("no-store");
            assertThat(moving.all("Vary")).containsExactly("Cookie");
            assertThat(moving.body()).isEqualTo(usual.body());
            Answer unchanged = conditional(site, old, tag);
            assertThat(unchanged.status()).isEqualTo(304);
            assertThat(unchanged.setCookies()).isEmpty();
        }
    }

    @Test
    void response_thatFails_setsTheCookieOnceAtMost() {
        try (Site site = Site.usual()) {
            site.on("/", (request, response) -> {
                response.getWriter().print("half");
                throw new IllegalStateException("planned");
            });
            site.on(
                    "/sorry",
                    (request, response) -> response.getWriter()
                            .print(RequestSession.of(request)
                                    .valid()
                                    .orElseThrow()
                                    .text()));
            String old = site.login("anna");
            site.rotate();
            Answer response = site.get("/", old);
            assertThat(response.status()).isEqualTo(500);
            assertThat(response.text()).isEqualTo("anna");
            assertThat(response.setCookies()).hasSizeLessThanOrEqualTo(1);
        }
    }

    @Test
    void resigning_whileNothingMayBeSigned_waits() {
        try (Site site = Site.stopping()) {
            site.on(
                    "/",
                    (request, response) -> response.getWriter()
                            .print(RequestSession.of(request)
                                    .valid()
                                    .orElseThrow()
                                    .text()));
            String old = site.login("anna");
            site.rotate();
            site.secret.outage(true);
            site.secret.scheduler().advance(Duration.ofMinutes(16));
            Answer stale = site.get("/", old);
            assertThat(stale.text()).isEqualTo("anna");
            assertThat(stale.setCookies()).isEmpty();
            site.secret.outage(false);
            site.secret.refresh();
            assertThat(site.get("/", old).setCookies()).hasSize(1);
        }
    }

    @Test
    void clients_inParallelThroughTwoRotations_areNeverLoggedOut() throws Exception {
        int clients = 100;
        try (Site site = Site.usual()) {
            site.on("/", (request, response) -> {
                response.setStatus(RequestSession.of(request).valid().isPresent() ? 200 : 401);
                response.getOutputStream().write(new byte[100]);
            });
            List<String> cookies = new ArrayList<>();
            for (int i = 0; i < clients; i++) {
                cookies.add(site.login("user" + i));
            }
            int changes = 0;
            List<Runnable> steps = List.of(
                    () -> {},
                    () -> site.secret.publish(Site.value(2)),
                    () -> site.secret.promote(2),
                    () -> {},
                    () -> site.secret.move(1, VersionState.REVOKING),
                    () -> site.secret.publish(Site.value(3)),
                    () -> site.secret.promote(3),
                    () -> {},
                    () -> site.secret.move(2, VersionState.REVOKING),
                    () -> {});
            for (Runnable step : steps) {
                step.run();
                List<Callable<List<String>>> requests = new ArrayList<>();
                for (String cookie : cookies) {
                    requests.add(() -> visit(site, cookie));
                }
                // The view changes while the requests are under way.
                requests.add(clients / 2, () -> {
                    site.secret.refresh();
                    return List.of();
                });
                List<List<String>> answers = new ArrayList<>();
                for (Future<List<String>> answer : site.threads.invokeAll(requests)) {
                    answers.add(answer.get());
                }
                answers.remove(clients / 2);
                for (int i = 0; i < clients; i++) {
                    for (String header : answers.get(i)) {
                        cookies.set(i, header.substring(0, header.indexOf(';')));
                        changes++;
                    }
                }
            }
            assertThat(changes).isEqualTo(2 * clients);
        }
    }

    private static List<String> visit(Site site, String cookie) {
        Answer response = site.get("/", cookie);
        assertThat(response.status()).isEqualTo(200);
        return response.setCookies();
    }

    private static Map<String, Site.Action> serveAll(Site site) {
        Map<String, Site.Action> replies = Replies.all(site.threads);
        replies.forEach((name, action) -> site.on("/" + name, action));
        site.on("/target", (request, response) -> response.getWriter().print("target"));
        site.on("/sorry", (request, response) -> response.getWriter().print("error page"));
        return replies;
    }

    private static Map<String, Answer> askAll(Site site, Map<String, Site.Action> replies, String cookie) {
        Map<String, Answer> responses = new LinkedHashMap<>();
        replies.keySet().forEach(name -> responses.put(name, site.get("/" + name, cookie)));
        return responses;
    }

    private static Answer conditional(Site site, String cookie, String tag) {
        return site.send("GET /static/page.txt", "Cookie: " + cookie, "If-None-Match: " + tag);
    }

    private static String caching(Site site, String path, String cookie) {
        Answer response = site.get(path, cookie);
        return String.join("|", response.all("Cache-Control")) + " | " + String.join("|", response.all("Vary"));
    }

    /** The header that moves the session in {@code cookie} to the primary version. */
    static String resigned(Site site, String cookie) {
        String token = cookie.substring(cookie.indexOf('=') + 1);
        if (site.signer.verify(token) instanceof Valid valid) {
            return site.signer.setCookie(valid.resign().orElseThrow());
        }
        throw new AssertionError("the session is not valid");
    }
}
