package dev.slipring.vault;

import static dev.slipring.vault.ScriptedServer.cut;
import static dev.slipring.vault.ScriptedServer.error;
import static dev.slipring.vault.ScriptedServer.json;
import static dev.slipring.vault.ScriptedServer.login;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.slipring.keyring.SecretValue;
import dev.slipring.testing.ManualClock;
import dev.slipring.vault.ScriptedServer.Reply;
import dev.slipring.vault.VaultException.Kind;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class VaultClientTest {
    private static final Reply FINE = json(200, "{\"data\":{\"text\":\"fine\",\"count\":7}}");
    private static final String TOKEN = "s.hunter2-token";

    @TempDir
    Path temp;

    private final ManualClock clock = ManualClock.at("2030-01-01T00:00:00Z");
    private final List<Duration> pauses = Collections.synchronizedList(new ArrayList<>());
    private final ScriptedServer server = new ScriptedServer();
    private final VaultClient client = client(VaultAuthentication.token(value(TOKEN)));

    @AfterEach
    void close() {
        client.close();
        server.close();
    }

    // ---- one request

    @Test
    void call_sendsTokenNamespaceAndMark_overHttp11() {
        server.then(FINE, FINE);
        VaultAnswer answer = client.call(read());
        assertThat(answer.text("data", "text")).isEqualTo("fine");
        assertThat(answer.count("data", "count")).isEqualTo(7);
        ScriptedServer.Asked first = server.asked().get(0);
        assertThat(first.line()).isEqualTo("GET /v1/engine/thing HTTP/1.1");
        assertThat(first.header("X-vault-token")).isEqualTo(TOKEN);
        assertThat(first.header("X-vault-request")).isEqualTo("true");
        assertThat(first.header("Upgrade")).isEmpty();
        assertThat(first.header("X-vault-namespace")).isEmpty();

        builder(VaultAuthentication.token(value(TOKEN)))
                .namespace("team/a")
                .build()
                .call(read());
        assertThat(server.asked().get(1).header("X-vault-namespace")).isEqualTo("team/a");
    }

    @Test
    void call_wipesTheBodyItHasSent() {
        server.then(FINE);
        VaultRequest request = write();
        client.call(request);
        assertThat(server.asked().get(0).body()).isEqualTo("{\"field\":\"text\"}");
        assertThat(request.body()).containsOnly(0);
    }

    @Test
    void index_ofAnEarlierAnswer_goesWithLaterRequests() {
        server.then(json(200, "{}", "X-Vault-Index", "djE6abc="), json(200, "{}", "X-Vault-Index", "no good;"), FINE);
        client.call(write());
        client.call(read());
        client.call(read());
        assertThat(server.asked())
                .extracting(asked -> asked.header("X-vault-index"))
                .containsExactly("", "djE6abc=", "djE6abc=");
    }

    @ParameterizedTest
    @CsvSource({
        "400, INVALID, something about hunter2, an error that is not shown here",
        "400, REFUSED, cipher: message authentication failed, message authentication failed",
        "400, NOT_FOUND, encryption key not found, encryption key not found",
        "403, DENIED, permission denied: hunter2, permission denied",
        "404, NOT_FOUND, no handler for route \\\"hunter2\\\", no handler for route",
        "405, INVALID, unsupported operation, an error that is not shown here",
        "409, CONFLICT, hunter2, an error that is not shown here",
        "500, UNAVAILABLE, internal error hunter2, an error that is not shown here",
        "503, SEALED, Vault is sealed, is sealed",
        "503, UNAVAILABLE, hunter2, an error that is not shown here",
        "429, THROTTLED, request path hunter2: rate limit quota exceeded, rate limit quota exceeded",
        "473, UNAVAILABLE, hunter2, an error that is not shown here",
        "307, UNAVAILABLE, hunter2, a redirect",
    })
    void refusal_isOfItsKind_andShowsNothingButKnownPhrases(int status, Kind kind, String said, String shown) {
        server.then(Collections.nCopies(Courier.MOST_TRIES, error(status, said)).toArray(Reply[]::new));
        VaultException failure = failure(() -> client.call(write()));
        assertThat(failure.kind()).isEqualTo(kind);
        assertThat(failure.operation()).isEqualTo("touch");
        assertThat(failure.path()).isEqualTo("engine/thing");
        assertThat(failure).hasMessageContainingAll("vault touch at engine/thing: ", "status " + status, shown);
        assertThat(trace(failure)).doesNotContain("hunter2");
    }

    @Test
    void redirect_isNotFollowed() {
        try (ScriptedServer elsewhere = new ScriptedServer()) {
            String there = elsewhere.address() + "/v1/engine/thing";
            server.then(json(307, "", "Location", there), FINE);
            assertThat(client.call(read()).text("data", "text")).isEqualTo("fine");
            server.then(json(307, "", "Location", there));
            assertThat(failure(() -> client.call(once())).kind()).isEqualTo(Kind.UNAVAILABLE);
            assertThat(elsewhere.lines()).isEmpty();
        }
    }

    // ---- answers that cannot be used

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<html>hunter2</html>",
                "{\"data\":",
                "{\"data\":{\"text\":\"hunter2\"}} {}",
                "{\"data\":1,\"data\":2}",
                "\u0000",
            })
    void garbage_isUnreadable_andIsNotShown(String garbage) {
        server.then(json(200, garbage));
        VaultException failure = failure(() -> client.call(read()));
        assertThat(failure.kind()).isEqualTo(Kind.UNREADABLE);
        assertThat(trace(failure)).doesNotContain("hunter2");
        assertThat(server.lines()).hasSize(1);
    }

    @Test
    void fields_thatAreMissingOrOfAnotherKind_areNamed() {
        server.then(
                json(200, "{\"data\":{\"text\":\"fi ne\",\"count\":-1,\"big\":4294967296,\"ob\":{\"text\":\"x\"}}}"));
        VaultAnswer answer = client.call(read());
        assertThat(answer.truth("data", "text")).isFalse();
        assertUnreadable(() -> answer.text("data", "ob"), "data.ob");
        assertUnreadable(() -> answer.text("text"), "text");
        assertUnreadable(() -> answer.text("data", "none"), "data.none");
        assertUnreadable(() -> answer.count("data", "text"), "data.text");
        assertUnreadable(() -> answer.count("data", "count"), "data.count");
        assertUnreadable(() -> answer.count("data", "big"), "data.big");
        assertUnreadable(() -> answer.binary("data", "text"), "data.text");
        server.then(json(204, ""));
        assertUnreadable(() -> client.call(read()).text("data", "text"), "data.text");
    }

    @Test
    void answer_overTheLimit_isUnreadable() {
        String fits = "{\"data\":{\"text\":\"" + "x".repeat(1004) + "\"}}";
        assertThat(fits).hasSize(1024);
        server.then(json(200, fits), json(200, fits + " "));
        VaultClient small = builder(VaultAuthentication.token(value(TOKEN)))
                .answerLimit(1024)
                .build();
        assertThat(small.call(read()).text("data", "text")).hasSize(1004);
        VaultException failure = failure(() -> small.call(read()));
        assertThat(failure.kind()).isEqualTo(Kind.UNREADABLE);
        assertThat(failure).hasMessageContaining("longer than 1024 bytes");
        assertThat(server.lines()).hasSize(2);
    }

    // ---- repeating

    @Test
    void overload_isWaitedOut_withGrowingPauses() {
        server.then(error(429, "x"), error(503, "Vault is sealed"), error(500, "x"), error(412, "x"), cut(), FINE);
        assertThat(client.call(write()).text("data", "text")).isEqualTo("fine");
        assertThat(server.lines()).hasSize(6);
        assertThat(pauses).hasSize(5);
        for (int i = 0; i < pauses.size(); i++) {
            long whole = Duration.ofMillis(50).toNanos() << i;
            assertThat(pauses.get(i).toNanos()).isBetween(whole / 2, whole);
        }
    }

    @Test
    void overload_thatLasts_isGivenUpAfterSixTries() {
        server.then(Collections.nCopies(9, error(503, "Vault is sealed")).toArray(Reply[]::new));
        assertThat(failure(() -> client.call(read())).kind()).isEqualTo(Kind.SEALED);
        assertThat(server.lines()).hasSize(6);
    }

    @Test
    void retryAfter_isHeeded_withinTheDeadlineOnly() {
        server.then(json(429, "{}", "Retry-After", "3"), FINE, json(429, "{}", "Retry-After", "9"), FINE);
        client.call(read());
        assertThat(pauses).containsExactly(Duration.ofSeconds(3));
        assertThat(failure(() -> client.call(read())).kind()).isEqualTo(Kind.THROTTLED);
        assertThat(pauses).hasSize(1);
    }

    @Test
    void writeThatMayHaveHappened_isNotRepeated() {
        for (Reply reply : List.of(error(500, "x"), error(503, "Vault is sealed"), cut())) {
            int before = server.lines().size();
            server.then(reply);
            assertThat(failure(() -> client.call(once())).kind()).isIn(Kind.UNAVAILABLE, Kind.SEALED);
            assertThat(server.lines()).hasSize(before + 1);
        }
        int before = server.lines().size();
        server.then(error(429, "x"), error(412, "x"), FINE);
        client.call(once());
        assertThat(server.lines()).hasSize(before + 3);
    }

    @Test
    void silence_endsWithTheRequestTimeout_theBodysIncluded() {
        VaultClient brief = builder(VaultAuthentication.token(value(TOKEN)))
                .requestTimeout(Duration.ofMillis(100))
                .build();
        for (Reply reply : List.of(server.silence(), server.headersOnly())) {
            server.then(reply);
            VaultException failure = failure(() -> brief.call(once()));
            assertThat(failure.kind()).isEqualTo(Kind.UNAVAILABLE);
            assertThat(failure).hasMessageContaining("no answer within PT0.1S");
            server.then(reply, FINE);
            assertThat(brief.call(read()).text("data", "text")).isEqualTo("fine");
        }
    }

    @Test
    void serverThatIsNotThere_isTriedAgainWhateverTheRequest() throws IOException {
        URI nobody;
        try (ServerSocket socket = new ServerSocket(0)) {
            nobody = URI.create("http://127.0.0.1:" + socket.getLocalPort());
        }
        VaultClient lonely = VaultClient.builder(nobody, VaultAuthentication.token(value(TOKEN)))
                .pause(pauses::add)
                .build();
        VaultException failure = failure(() -> lonely.call(once()));
        assertThat(failure.kind()).isEqualTo(Kind.UNAVAILABLE);
        assertThat(failure).hasMessageContaining("no connection");
        assertThat(pauses).hasSize(5);
    }

    // ---- tokens

    @Test
    void appRole_logsInOnce_andUsesTheToken() {
        server.then(login("s.one", 3600), FINE, FINE);
        VaultClient client = client(appRole());
        client.call(read());
        client.call(read());
        assertThat(server.lines())
                .containsExactly(
                        "POST /v1/auth/approle/login HTTP/1.1",
                        "GET /v1/engine/thing HTTP/1.1",
                        "GET /v1/engine/thing HTTP/1.1");
        assertThat(server.asked().get(0).body()).isEqualTo("{\"role_id\":\"role-1\",\"secret_id\":\"open\\\"sesame\"}");
        assertThat(server.asked().get(0).header("X-vault-token")).isEmpty();
        assertThat(server.asked().get(2).header("X-vault-token")).isEqualTo("s.one");
    }

    @Test
    void kubernetes_readsItsTokenForEachLogin() throws IOException {
        Path file = temp.resolve("token");
        Files.writeString(file, "jwt.one\n");
        VaultClient client = client(VaultAuthentication.kubernetes("app", file).mount("clusters/a"));
        server.then(login("s.one", 10), FINE, login("s.two", 10), FINE);
        client.call(read());
        Files.writeString(file, "jwt.two");
        clock.advance(Duration.ofSeconds(11));
        client.call(read());
        assertThat(server.asked().get(0).line()).contains("/v1/auth/clusters/a/login");
        assertThat(server.asked().get(0).body()).contains("\"role\":\"app\"", "\"jwt\":\"jwt.one\"");
        assertThat(server.asked().get(2).body()).contains("\"jwt\":\"jwt.two\"");
    }

    @Test
    void token_pastTwoThirdsOfItsLife_isRenewed_andNearItsLastReplaced() {
        VaultClient client = client(appRole());
        server.then(login("s.one", 60), FINE);
        client.call(read());
        clock.advance(Duration.ofSeconds(39));
        server.then(FINE);
        client.call(read());
        clock.advance(Duration.ofSeconds(1));
        server.then(login("s.one", 60), FINE);
        client.call(read());
        assertThat(server.lines().get(3)).contains("auth/token/renew-self");

        clock.advance(Duration.ofSeconds(40));
        server.then(login("s.one", 29), login("s.two", 60), FINE);
        client.call(read());
        assertThat(server.lines().subList(5, 8))
                .satisfiesExactly(
                        line -> assertThat(line).contains("renew-self"),
                        line -> assertThat(line).contains("approle/login"),
                        line -> assertThat(line).contains("engine/thing"));
        assertThat(server.asked().get(7).header("X-vault-token")).isEqualTo("s.two");
    }

    @Test
    void token_thatCannotBeRenewed_isUsedUntilItEnds() {
        VaultClient client = client(appRole());
        server.then(login("s.one", 60), FINE);
        client.call(read());
        clock.advance(Duration.ofSeconds(45));
        server.then(error(400, "x"), FINE, FINE);
        client.call(read());
        client.call(read()); // not tried again at once
        assertThat(server.asked().get(4).header("X-vault-token")).isEqualTo("s.one");
        clock.advance(Duration.ofSeconds(15));
        server.then(login("s.two", 60), FINE);
        client.call(read());
        assertThat(server.asked().get(6).header("X-vault-token")).isEqualTo("s.two");
    }

    @Test
    void refusedToken_isReplacedByOneLogin_andTheRequestMadeOnceMore() {
        VaultClient client = client(appRole());
        server.then(login("s.one", 3600), FINE);
        client.call(read());
        clock.advance(Duration.ofSeconds(6));
        server.then(error(403, "permission denied"), login("s.two", 3600), FINE);
        assertThat(client.call(once()).text("data", "text")).isEqualTo("fine");
        assertThat(server.asked().get(4).header("X-vault-token")).isEqualTo("s.two");
        assertThat(server.asked().get(4).body()).isEqualTo("{\"field\":\"text\"}");

        clock.advance(Duration.ofSeconds(6));
        server.then(error(403, "permission denied"), login("s.three", 3600), error(403, "permission denied"));
        assertThat(failure(() -> client.call(read())).kind()).isEqualTo(Kind.DENIED);
        assertThat(server.lines()).hasSize(8);
    }

    @Test
    void rightThatIsLacking_doesNotCauseALoginPerCall() {
        VaultClient client = client(appRole());
        server.then(login("s.one", 3600), error(403, "x"), error(403, "x"), error(403, "x"));
        for (int i = 0; i < 3; i++) {
            assertThat(failure(() -> client.call(read())).kind()).isEqualTo(Kind.DENIED);
        }
        assertThat(server.lines()).filteredOn(line -> line.contains("login")).hasSize(1);
    }

    @Test
    void fixedToken_thatIsRefused_isNotTriedAgain_andAFollowedOneIsReadAgain() {
        server.then(error(403, "permission denied"));
        assertThat(failure(() -> client.call(read())).kind()).isEqualTo(Kind.DENIED);
        assertThat(server.lines()).hasSize(1);

        AtomicReference<String> file = new AtomicReference<>("s.one");
        VaultClient following = client(VaultAuthentication.tokenFrom(() -> value(file.get())));
        server.then(FINE, error(403, "x"), FINE);
        following.call(read());
        file.set("s.two");
        following.call(read());
        assertThat(server.asked().get(3).header("X-vault-token")).isEqualTo("s.two");
    }

    @Test
    void crowd_withoutAToken_logsInOnce() throws Exception {
        VaultClient client = client(appRole());
        server.then(login("s.one", 3600));
        int crowd = 16;
        server.then(Collections.nCopies(crowd, FINE).toArray(Reply[]::new));
        ExecutorService threads = Executors.newFixedThreadPool(crowd);
        try {
            Callable<String> task = () -> client.call(read()).text("data", "text");
            for (Future<String> answer : threads.invokeAll(Collections.nCopies(crowd, task))) {
                assertThat(answer.get()).isEqualTo("fine");
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(server.lines()).filteredOn(line -> line.contains("login")).hasSize(1);
        assertThat(server.lines()).hasSize(crowd + 1);
    }

    @Test
    void login_thatIsRefused_isDenied_andShowsNoCredential() {
        VaultClient client = client(appRole());
        server.then(error(400, "invalid role or secret ID open\\\"sesame"));
        VaultException failure = failure(() -> client.call(read()));
        assertThat(failure.kind()).isEqualTo(Kind.DENIED);
        assertThat(failure.path()).isEqualTo("auth/approle/login");
        assertThat(trace(failure)).doesNotContain("sesame").doesNotContain("role-1");
        server.then(error(500, "x"));
        assertThat(failure(() -> client.call(read())).kind()).isEqualTo(Kind.UNAVAILABLE);
        assertThat(server.lines()).hasSize(2); // the secret id may be good for one log-in
    }

    @Test
    void token_thatNoHeaderTakes_isDeniedWithoutIt() {
        VaultClient client = client(VaultAuthentication.token(value("hunter2\n")));
        VaultException failure = failure(() -> client.call(read()));
        assertThat(failure.kind()).isEqualTo(Kind.DENIED);
        assertThat(trace(failure)).doesNotContain("hunter2");
    }

    @Test
    void close_endsTheClient_andOneThatWasNotAskedYet() {
        AtomicInteger asked = new AtomicInteger();
        VaultClient client = client(VaultAuthentication.tokenFrom(() -> {
            asked.incrementAndGet();
            return value(TOKEN);
        }));
        client.close();
        assertThatIllegalStateException().isThrownBy(() -> client.call(read()));
        assertThat(asked).hasValue(0);
    }

    // ---- building

    @Test
    void build_inClearTextToAnotherHost_isRefusedUnlessTold() {
        VaultAuthentication token = VaultAuthentication.token(value(TOKEN));
        VaultClient.Builder builder = VaultClient.builder(URI.create("http://vault.example:8200"), token);
        assertThatIllegalStateException().isThrownBy(builder::build).withMessageContaining("clearText");
        assertThat(builder.clearText().build()).hasToString("VaultClient[http://vault.example:8200]");
        assertThat(VaultClient.builder(URI.create("https://vault.example:8200"), token)
                        .build())
                .isNotNull();
        assertThat(token).hasToString("VaultAuthentication[token]");
        assertThat(appRole()).hasToString("VaultAuthentication[auth/approle]");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ftp://vault",
                "vault:8200",
                "https:///v1",
                "https://me@vault",
                "https://vault?x=1",
                "https://v#f"
            })
    void builder_anotherAddress_isRefused(String address) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> VaultClient.builder(URI.create(address), VaultAuthentication.token(value(TOKEN))));
    }

    @Test
    void builder_valuesOutOfRange_areRefused() throws IOException {
        VaultClient.Builder builder = builder(appRole());
        assertThatIllegalArgumentException().isThrownBy(() -> builder.deadline(Duration.ZERO));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.requestTimeout(Duration.ofMinutes(6)));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.connectTimeout(Duration.ofMillis(-1)));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.answerLimit(1023));
        for (String path :
                List.of("", "/", "a/", "/a", "a//b", "..", "a/../b", "a b", "a?b", "a%2fb", "a\n", "\u00e4")) {
            assertThatIllegalArgumentException().isThrownBy(() -> builder.namespace(path));
            assertThatIllegalArgumentException().isThrownBy(() -> appRole().mount(path));
        }
        Path empty = Files.createFile(temp.resolve("empty.pem"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.authorities(empty))
                .withMessageContaining("empty.pem");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.authorities(temp.resolve("none.pem")))
                .withMessageContaining("none.pem");
    }

    private VaultClient client(VaultAuthentication authentication) {
        return builder(authentication).build();
    }

    private VaultClient.Builder builder(VaultAuthentication authentication) {
        return VaultClient.builder(server.address(), authentication)
                .ticker(clock)
                .pause(length -> {
                    pauses.add(length);
                    clock.advance(length);
                });
    }

    private static VaultAuthentication appRole() {
        return VaultAuthentication.appRole("role-1", () -> value("open\"sesame"));
    }

    private static VaultRequest read() {
        return VaultRequest.read("look", "engine/thing");
    }

    private static VaultRequest write() {
        return VaultRequest.write("touch", "engine/thing", out -> out.writeStringField("field", "text"));
    }

    private static VaultRequest once() {
        return VaultRequest.writeOnce("touch", "engine/thing", out -> out.writeStringField("field", "text"));
    }

    private static SecretValue value(String text) {
        return SecretValue.copyOf(text.getBytes(US_ASCII));
    }

    private static void assertUnreadable(Callable<?> call, String field) {
        VaultException failure = failure(call);
        assertThat(failure.kind()).isEqualTo(Kind.UNREADABLE);
        assertThat(failure).hasMessageContaining("the field " + field + " ");
    }

    private static VaultException failure(Callable<?> call) {
        VaultException failure = catchThrowableOfType(VaultException.class, call::call);
        assertThat(failure).isNotNull();
        return failure;
    }

    private static String trace(Throwable failure) {
        StringWriter text = new StringWriter();
        failure.printStackTrace(new PrintWriter(text));
        return text.toString();
    }
}
