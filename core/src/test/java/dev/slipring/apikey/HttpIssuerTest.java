package dev.slipring.apikey;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretValue;
import dev.slipring.rotation.Install;
import dev.slipring.rotation.Issuance;
import dev.slipring.rotation.IssuerException;
import dev.slipring.rotation.IssuerTraits;
import dev.slipring.rotation.ProbeVerdict;
import dev.slipring.testing.ManualClock;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpIssuerTest {
    private static final String KEY = "key-of-the-application-1234567890";
    private static final String ADMIN = "key-of-the-admin-0987654321";
    private static final SecretName NAME = SecretName.of("maps");
    private static final Issuance FIRST = new Issuance(NAME, 3, Optional.of("a"), "abc", 3, 1);

    private interface Handler {
        void handle(HttpExchange exchange) throws IOException;
    }

    private final ManualClock clock = ManualClock.at("2030-01-01T00:00:00Z");
    private final SecretValue value = SecretValue.copyOf(KEY.getBytes(UTF_8));
    private final SecretValue admin = SecretValue.copyOf(ADMIN.getBytes(UTF_8));
    private final List<String> asked = Collections.synchronizedList(new ArrayList<>());
    private final CountDownLatch end = new CountDownLatch(1);
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private volatile Handler handler = exchange -> reply(exchange, 200, "{}");
    private HttpServer server;

    @BeforeEach
    void listen() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
            asked.add(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " "
                    + exchange.getRequestHeaders().getFirst("Authorization"));
            handler.handle(exchange);
        });
        server.start();
    }

    @AfterEach
    void close() {
        end.countDown();
        server.stop(0);
        threads.shutdownNow();
    }

    private static void reply(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(UTF_8);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private void hang() {
        try {
            end.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private HttpRequest.Builder to(String path) {
        return HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path));
    }

    private HttpIssuer.Builder probing() {
        return HttpIssuer.builder("shop", ApiCredential.bearer(admin))
                .mint((calls, name) -> {
                    ApiReply made = calls.send(to("/keys/" + name).POST(HttpRequest.BodyPublishers.noBody()))
                            .granted("make keys");
                    return MintedKey.of(made.text("id"), made.secret("key", "value"));
                })
                .probe(key -> ApiCredential.bearer(key).on(to("/me")))
                .ticker(clock);
    }

    private HttpIssuer.Builder byName() {
        return probing()
                .revoke((calls, name) ->
                        calls.send(to("/keys/" + name).DELETE()).granted("end keys"));
    }

    private static String messages(Throwable failure) {
        StringBuilder all = new StringBuilder();
        for (Throwable at = failure; at != null; at = at.getCause()) {
            all.append(at).append('\n');
        }
        return all.toString();
    }

    // ---- what is built

    @Test
    void builder_withoutAPartThatIsNeeded_isRefused() {
        HttpIssuer.Builder nothing = HttpIssuer.builder("shop", ApiCredential.bearer(admin));

        assertThatIllegalStateException().isThrownBy(nothing::build).withMessageContaining("mint and to probe");
        assertThatIllegalStateException().isThrownBy(() -> probing().build()).withMessageContaining("able to revoke");
    }

    @Test
    void builder_withPartsThatDoNotGoTogether_isRefused() {
        assertThatIllegalStateException()
                .isThrownBy(() ->
                        byName().listed(calls -> List.of(), (calls, id) -> {}).build())
                .withMessageContaining("not both");
        List<UnaryOperator<HttpIssuer.Builder>> byId = List.of(
                b -> b.adopted("x"),
                b -> b.lastUse((calls, id) -> Optional.empty()),
                b -> b.identify((calls, key) -> Optional.empty()));
        for (UnaryOperator<HttpIssuer.Builder> part : byId) {
            assertThatIllegalStateException()
                    .isThrownBy(() -> part.apply(byName()).build())
                    .withMessageContaining("go by the id that a list tells");
        }
        assertThatIllegalStateException()
                .isThrownBy(() -> byName().deadline(Duration.ofSeconds(9)).build())
                .withMessageContaining("less time than one of its requests");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Shop", "-shop", "shop/", "sh op", "shop\n", "\u017fhop"})
    void application_ofOtherCharacters_isRefused(String app) {
        assertThatIllegalArgumentException().isThrownBy(() -> HttpIssuer.builder(app, ApiCredential.bearer(admin)));
    }

    @Test
    void options_outOfRange_areRefused() {
        HttpIssuer.Builder builder = byName();

        assertThatIllegalArgumentException().isThrownBy(() -> builder.slots("a"));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.slots("a", "a"));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.slots("a", "b-r1"));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.idleAfter(Duration.ZERO));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.revocationDelay(Duration.ofNanos(-1)));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.requestTimeout(Duration.ZERO));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.deadline(Duration.ofHours(2)));
        HttpClient following = HttpClient.newBuilder()
                .followRedirects(HttpClient.Redirect.NORMAL)
                .build();
        assertThatIllegalArgumentException().isThrownBy(() -> builder.http(following));
    }

    @Test
    void traits_followFromWhatWasGiven() {
        Duration twice = Duration.ofSeconds(60);
        List<String> slots = List.of("a", "b");

        assertThat(byName().build().traits())
                .isEqualTo(new IssuerTraits(Install.BEFORE_PUBLISH, slots, true, false, twice, false));
        HttpIssuer.Builder listed = probing().listed(calls -> List.of(), (calls, id) -> {});
        assertThat(listed.build().traits())
                .isEqualTo(new IssuerTraits(Install.BEFORE_PUBLISH, slots, true, false, twice, true));
        listed.lastUse((calls, id) -> Optional.empty()).slots("a", "b", "c").deadline(Duration.ofSeconds(20));
        assertThat(listed.build().traits())
                .isEqualTo(new IssuerTraits(
                        Install.BEFORE_PUBLISH, List.of("a", "b", "c"), true, true, Duration.ofSeconds(40), true));
    }

    // ---- probes

    @ParameterizedTest
    @CsvSource({
        "200, ALIVE",
        "204, ALIVE",
        "403, ALIVE",
        "401, DEAD",
        "301, INCONCLUSIVE",
        "400, INCONCLUSIVE",
        "404, INCONCLUSIVE",
        "407, INCONCLUSIVE",
        "429, INCONCLUSIVE",
        "500, INCONCLUSIVE",
        "503, INCONCLUSIVE"
    })
    void probe_ofEachStatus_hasItsVerdict(int status, ProbeVerdict verdict) {
        handler = exchange -> reply(exchange, status, "");

        assertThat(byName().build().probe(FIRST, value)).isEqualTo(verdict);
        assertThat(asked).containsExactly("GET /me Bearer " + KEY);
    }

    @Test
    void probe_withoutAnAnswer_isInconclusive() {
        HttpIssuer.Builder hasty = byName().requestTimeout(Duration.ofMillis(200));
        handler = exchange -> hang();
        assertThat(hasty.build().probe(FIRST, value)).isEqualTo(ProbeVerdict.INCONCLUSIVE);
        handler = exchange -> {
            exchange.sendResponseHeaders(200, 100);
            exchange.getResponseBody().write('{');
            exchange.getResponseBody().flush();
            hang();
        };
        assertThat(hasty.build().probe(FIRST, value))
                .as("a body that does not end")
                .isEqualTo(ProbeVerdict.INCONCLUSIVE);
        server.stop(0);
        assertThat(byName().build().probe(FIRST, value)).as("refused").isEqualTo(ProbeVerdict.INCONCLUSIVE);
    }

    @Test
    void probe_ofAKeyThatFitsNoHeader_isInconclusiveAndSendsNothing() {
        SecretValue split = SecretValue.copyOf("key\r\nX-Other: 1".getBytes(UTF_8));

        assertThat(byName().build().probe(FIRST, split)).isEqualTo(ProbeVerdict.INCONCLUSIVE);
        assertThat(asked).isEmpty();
    }

    @Test
    void revokedKey_isDeadAfterFiveRefusalsOverTheDelay() {
        HttpIssuer issuer = byName().revocationDelay(Duration.ofMinutes(5)).build();
        handler = exchange -> reply(exchange, exchange.getRequestMethod().equals("GET") ? 401 : 200, "{}");
        assertThat(issuer.probe(FIRST, value)).as("a new key").isEqualTo(ProbeVerdict.DEAD);
        issuer.revoke(FIRST);

        for (int i = 0; i < 6; i++) {
            assertThat(issuer.probe(FIRST, value)).as("within the delay").isEqualTo(ProbeVerdict.INCONCLUSIVE);
        }
        handler = exchange -> reply(exchange, 200, "{}");
        clock.advance(Duration.ofMinutes(5));
        assertThat(issuer.probe(FIRST, value)).isEqualTo(ProbeVerdict.ALIVE);
        issuer.revoke(FIRST);
        handler = exchange -> reply(exchange, 401, "");
        assertThat(issuer.probe(FIRST, value))
                .as("it was answered: from the beginning")
                .isEqualTo(ProbeVerdict.INCONCLUSIVE);
        for (int i = 0; i < 3; i++) {
            clock.advance(Duration.ofMinutes(2));
            assertThat(issuer.probe(FIRST, value)).as("too few").isEqualTo(ProbeVerdict.INCONCLUSIVE);
        }
        handler = exchange -> reply(exchange, 503, "");
        assertThat(issuer.probe(FIRST, value)).isEqualTo(ProbeVerdict.INCONCLUSIVE);
        handler = exchange -> reply(exchange, 401, "");

        assertThat(issuer.probe(FIRST, value)).isEqualTo(ProbeVerdict.DEAD);
    }

    // ---- requests

    @Test
    void redirect_isNotFollowed() {
        handler = exchange -> {
            exchange.getResponseHeaders().add("Location", "/elsewhere");
            reply(exchange, 307, "");
        };

        assertThat(catchThrowable(() -> byName().build().revoke(FIRST)))
                .isInstanceOf(IssuerException.class)
                .hasMessageContaining("redirects (status 307)");
        assertThat(asked).hasSize(1);
    }

    @Test
    void reply_longerThanItMayBe_isRefused() {
        handler = exchange -> {
            exchange.sendResponseHeaders(200, 0);
            byte[] chunk = new byte[1 << 16];
            for (int i = 0; i < 17; i++) {
                exchange.getResponseBody().write(chunk);
            }
            exchange.close();
        };

        assertThat(catchThrowable(() -> byName().build().revoke(FIRST)))
                .isInstanceOf(IssuerException.class)
                .hasMessageContaining("longer than 1048576 bytes");
    }

    @Test
    void request_inClearTextToAnotherMachine_isNotSent() {
        HttpIssuer issuer = probing()
                .revoke((calls, name) -> calls.send(HttpRequest.newBuilder(URI.create("http://192.0.2.1/keys"))))
                .build();

        assertThat(catchThrowable(() -> issuer.revoke(FIRST)))
                .isInstanceOf(IssuerException.class)
                .hasMessageContaining("over TLS only");
    }

    @Test
    void operation_longerThanItsDeadline_endsBeforeTheNextRequest() {
        HttpIssuer issuer = probing()
                .revoke((calls, name) -> {
                    calls.send(to("/one"));
                    clock.advance(Duration.ofSeconds(30));
                    calls.send(to("/two"));
                })
                .build();

        assertThat(catchThrowable(() -> issuer.revoke(FIRST)))
                .isInstanceOf(IssuerException.class)
                .hasMessageContaining("not done within PT30S");
        assertThat(asked).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "leaky",
                "[]",
                "{}",
                "{\"id\":\"leaky\"}",
                "{\"id\":\"x\",\"key\":{\"value\":\"leaky here\"}}",
                "{\"id\":\"x\",\"key\":{\"value\":\"leaky\",\"value\":\"leaky\"}}",
                "{\"id\":\"x\",\"key\":{\"value\":\"\"}}",
                "{\"id\":\"x\",\"key\":{\"value\":\"leaky\"}} leaky",
                "{\"id\":\"x\",\"key\":{\"value\":7}}",
                "{\"id\":\"x\",\"key\":null}",
                "{\"id\":\"x\",\"key\":{\"value\":\"leaky\u00e9\"}}"
            })
    void mint_withAReplyOfAnotherForm_failsAndSaysNothingOfIt(String body) {
        handler = exchange -> reply(exchange, 200, body);

        Throwable failure = catchThrowable(() -> byName().build().mint(FIRST, List.of()));

        assertThat(failure).isInstanceOf(IssuerException.class);
        assertThat(messages(failure)).doesNotContain("leaky", ADMIN);
    }

    @ParameterizedTest
    @ValueSource(ints = {302, 400, 401, 403, 409, 429, 500, 503})
    void failure_ofEachStatus_namesNeitherKeyNorBody(int status) {
        handler = exchange -> reply(exchange, status, "{\"error\":\"leaky " + ADMIN + "\"}");

        Throwable failure = catchThrowable(() -> byName().build().mint(FIRST, List.of()));

        assertThat(failure).isInstanceOf(IssuerException.class).hasMessageContaining("status " + status);
        assertThat(messages(failure)).doesNotContain("leaky", ADMIN).contains("version 3 of maps");
        assertThat(asked).as("a credential that does not rotate is tried once").hasSize(1);
    }

    @Test
    void functionThatFails_isNamedWithoutItsMessage() {
        HttpIssuer issuer = probing()
                .revoke((calls, name) -> {
                    throw new IllegalArgumentException("leaky " + ADMIN);
                })
                .build();

        assertThat(messages(catchThrowable(() -> issuer.revoke(FIRST))))
                .contains("IssuerException", "IllegalArgumentException")
                .doesNotContain("leaky", ADMIN);
    }

    @Test
    void stringForms_showNoKey() {
        List<Object> all = List.of(
                byName().build(),
                ApiCredential.bearer(admin),
                ApiCredential.in(KeyHeader.named("X-Api-Key"), admin),
                MintedKey.of("id", value),
                new ApiReply(200, KEY.getBytes(UTF_8)));

        assertThat(all.toString()).doesNotContain(KEY, ADMIN);
    }

    // ---- what is minted

    @Test
    void key_isMintedAndRevokedByItsName() {
        handler = exchange -> reply(exchange, 200, "{\"id\":\"k1\",\"key\":{\"value\":\"" + KEY + "\"}}");
        HttpIssuer issuer = byName().build();

        SecretValue minted = issuer.mint(FIRST, List.of());
        assertThat(minted).isEqualTo(value);
        assertThat(issuer.attributes(minted)).containsExactly(Map.entry(HttpIssuer.ATTRIBUTE, "k1"));
        issuer.revoke(FIRST);

        assertThat(asked)
                .containsExactly(
                        "POST /keys/shop-a-r3-abc Bearer " + ADMIN, "DELETE /keys/shop-a-r3-abc Bearer " + ADMIN);
    }

    @Test
    void mint_ofAKeyThatAnotherVersionHas_fails() {
        handler = exchange -> reply(exchange, 200, "{\"id\":\"k1\",\"key\":{\"value\":\"" + KEY + "\"}}");

        assertThat(catchThrowable(() -> byName().build().mint(FIRST, List.of(value))))
                .isInstanceOf(IssuerException.class)
                .hasMessageContaining("the key of another version");
    }

    @Test
    void issuer_askedForASecondSecret_refuses() {
        HttpIssuer issuer = byName().build();
        issuer.revoke(FIRST);
        Issuance other = new Issuance(SecretName.of("other"), 3, Optional.of("a"), "abc", 3, 1);

        assertThat(catchThrowable(() -> issuer.revoke(other)))
                .isInstanceOf(IssuerException.class)
                .hasMessageContaining("serves the secret maps alone");
        assertThat(asked).hasSize(1);
    }

    @Test
    void version_inNoSlotOfThese_isRefused() {
        Issuance elsewhere = new Issuance(NAME, 3, Optional.of("z"), "abc", 3, 1);

        assertThat(catchThrowable(() -> byName().build().revoke(elsewhere)))
                .isInstanceOf(IssuerException.class)
                .hasMessageContaining("in none of the slots [a, b]");
    }

    @Test
    void credential_inAnotherHeader_isSentThere() {
        HttpRequest request = ApiCredential.in(KeyHeader.named("X-Api-Key"), value)
                .on(HttpRequest.newBuilder(URI.create("https://example.com")))
                .build();

        assertThat(request.headers().map()).containsOnlyKeys("X-Api-Key");
        assertThat(request.headers().firstValue("X-Api-Key")).contains(KEY);
    }

    @Test
    void items_areFlattenedByPath() {
        String body = "{\"data\":[{\"a\":{\"b\":1,\"c\":null},\"d\":[1,{}],\"e\":true,\"f\":\"x\"},{}],\"n\":null}";
        ApiReply reply = new ApiReply(200, body.getBytes(UTF_8));

        assertThat(reply.items("data")).containsExactly(Map.of("a.b", "1", "a.c", "", "e", "true", "f", "x"), Map.of());
        assertThat(reply.textIfPresent("n")).isEmpty();
        assertThat(catchThrowable(() -> reply.truth("n"))).isInstanceOf(IssuerException.class);
        assertThat(catchThrowable(() -> reply.items("n"))).isInstanceOf(IssuerException.class);
    }
}
