package dev.slipring.apikey;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.slipring.testing.FakeSecret;
import dev.slipring.testing.ManualClock;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ApiKeySenderTest {
    private static final String OLD = "sk_live_hunter1";
    private static final String NEW = "sk_live_hunter2";

    private final ManualClock clock = ManualClock.at("2030-01-01T00:00:00Z");
    private final FakeSecret secret = FakeSecret.create("shop.api", clock, OLD.getBytes(US_ASCII));
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();
    private final Set<String> alive = ConcurrentHashMap.newKeySet();
    private final List<Asked> asked = new CopyOnWriteArrayList<>();
    private final CountDownLatch release = new CountDownLatch(1);
    private HttpServer server;
    private ApiKeySender sender;

    private record Asked(String path, String header, String body) {}

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
        alive.add("Bearer " + OLD);
        sender = sender(KeyHeader.bearer());
    }

    @AfterEach
    void stop() {
        release.countDown();
        server.stop(0);
        threads.shutdownNow();
        secret.close();
    }

    private void answer(HttpExchange exchange) throws IOException {
        String header = exchange.getRequestHeaders().getOrDefault("Authorization", List.of()).stream()
                .findFirst()
                .orElseGet(() -> exchange.getRequestHeaders().getFirst("X-Api-Key"));
        String path = exchange.getRequestURI().getPath();
        asked.add(new Asked(path, header, new String(exchange.getRequestBody().readAllBytes(), UTF_8)));
        if (path.equals("/hang")) {
            await();
        } else if (path.startsWith("/status/") && alive.contains(header)) {
            exchange.sendResponseHeaders(Integer.parseInt(path.substring("/status/".length())), -1);
        } else if (path.equals("/away")) {
            exchange.getResponseHeaders().add("Location", origin() + "/elsewhere");
            exchange.sendResponseHeaders(302, -1);
        } else if (!path.equals("/lost")) {
            byte[] body = new byte[64 * 1024];
            exchange.sendResponseHeaders(alive.contains(header) ? 200 : 401, body.length);
            exchange.getResponseBody().write(body);
        }
        exchange.close();
    }

    private void await() {
        try {
            release.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private URI origin() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(origin().resolve(path));
    }

    private ApiKeySender sender(KeyHeader header) {
        return ApiKeySender.of(client, RotatingApiKey.http(secret.rotating()).build(), header, origin());
    }

    private void replaceUnseen(String spelling) {
        secret.promote(secret.publish(NEW.getBytes(US_ASCII)));
        alive.clear();
        alive.add(spelling);
    }

    private List<String> headers() {
        return asked.stream().map(Asked::header).toList();
    }

    // ---- sending

    @Test
    void send_everySpelling_goesThroughARotation() throws Exception {
        String oldUser = "Basic " + Base64.getEncoder().encodeToString((OLD + ":").getBytes(US_ASCII));
        String newUser = "Basic " + Base64.getEncoder().encodeToString((NEW + ":").getBytes(US_ASCII));
        ApiKeySender basic = sender(KeyHeader.basicUser());
        ApiKeySender named = sender(KeyHeader.named("x-api-key"));
        secret.promote(secret.publish(NEW.getBytes(US_ASCII)));
        alive.addAll(Set.of("Bearer " + NEW, newUser, NEW));
        alive.remove("Bearer " + OLD);

        for (ApiKeySender each : List.of(sender, basic, named)) {
            secret.refresh();
            assertThat(each.send(request("/v1/balance"), BodyHandlers.discarding())
                            .statusCode())
                    .isEqualTo(200);
        }
        assertThat(headers()).containsExactly("Bearer " + NEW, newUser, NEW).doesNotContain(oldUser);
    }

    @Test
    void send_keyRefused_sendsAllOfTheRequestAgain() throws Exception {
        replaceUnseen("Bearer " + NEW);
        HttpRequest.Builder request =
                request("/v1/charges").header("Authorization", "none of it").POST(BodyPublishers.ofString("amount=5"));
        HttpResponse<Void> reply = sender.send(request, BodyHandlers.discarding());
        assertThat(reply.statusCode()).isEqualTo(200);
        assertThat(asked)
                .containsExactly(
                        new Asked("/v1/charges", "Bearer " + OLD, "amount=5"),
                        new Asked("/v1/charges", "Bearer " + NEW, "amount=5"));
        assertThat(request.build().headers().allValues("Authorization")).containsExactly("none of it");
    }

    @Test
    void sendAsync_keyRefused_sendsAgain() throws Exception {
        replaceUnseen("Bearer " + NEW);
        HttpRequest.Builder request = request("/v1/charges").POST(BodyPublishers.ofString("amount=5"));
        assertThat(sender.sendAsync(request, BodyHandlers.ofString()).get().statusCode())
                .isEqualTo(200);
        assertThat(headers()).containsExactly("Bearer " + OLD, "Bearer " + NEW);
    }

    @Test
    void send_bodyOfUnknownLength_isSentOnce() throws Exception {
        replaceUnseen("Bearer " + NEW);
        InputStream once = new ByteArrayInputStream("amount=5".getBytes(US_ASCII));
        HttpRequest.Builder request = request("/v1/charges").POST(BodyPublishers.ofInputStream(() -> once));
        assertThat(sender.send(request, BodyHandlers.discarding()).statusCode()).isEqualTo(401);
        assertThat(asked).hasSize(1);
        assertThat(sender.send(request("/v1/balance"), BodyHandlers.discarding())
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void sendAsync_bodyOfUnknownLength_isSentOnce() throws Exception {
        replaceUnseen("Bearer " + NEW);
        InputStream once = new ByteArrayInputStream("amount=5".getBytes(US_ASCII));
        HttpRequest.Builder request = request("/v1/charges").POST(BodyPublishers.ofInputStream(() -> once));
        assertThat(sender.sendAsync(request, BodyHandlers.discarding()).get().statusCode())
                .isEqualTo(401);
        assertThat(asked).containsExactly(new Asked("/v1/charges", "Bearer " + OLD, "amount=5"));
    }

    @Test
    void send_bodyOfStatedLength_isSubscribedToAgain() throws Exception {
        replaceUnseen("Bearer " + NEW);
        AtomicInteger subscriptions = new AtomicInteger();
        HttpRequest.BodyPublisher text = BodyPublishers.ofString("amount=5");
        Flow.Publisher<ByteBuffer> counted = subscriber -> {
            subscriptions.incrementAndGet();
            text.subscribe(subscriber);
        };
        HttpRequest.Builder request = request("/v1/charges").POST(BodyPublishers.fromPublisher(counted, 8));
        assertThat(sender.send(request, BodyHandlers.discarding()).statusCode()).isEqualTo(200);
        assertThat(subscriptions).hasValue(2);
        assertThat(asked).extracting(Asked::body).containsExactly("amount=5", "amount=5");
    }

    @Test
    void send_otherStatus_isTheReplyAndIsSentOnce() throws Exception {
        secret.publish(NEW.getBytes(US_ASCII));
        secret.refresh();
        alive.add("Bearer " + NEW);
        int before = secret.loads();
        for (int status : List.of(403, 404, 429, 500, 503)) {
            assertThat(sender.send(request("/status/" + status), BodyHandlers.discarding())
                            .statusCode())
                    .isEqualTo(status);
        }
        assertThat(headers()).hasSize(5).containsOnly("Bearer " + OLD);
        assertThat(secret.loads()).isEqualTo(before);
    }

    // ---- exchanges that fail

    @Test
    void send_noReplyInTime_failsAndIsNotSentAgain() throws Exception {
        replaceUnseen("Bearer " + NEW);
        int before = secret.loads();
        HttpRequest.Builder request = request("/hang").timeout(Duration.ofMillis(200));
        assertThatThrownBy(() -> sender.send(request, BodyHandlers.discarding()))
                .isInstanceOf(HttpTimeoutException.class)
                .satisfies(ApiKeySenderTest::showsNoKey);
        assertThat(sender.sendAsync(request, BodyHandlers.discarding()))
                .failsWithin(Duration.ofSeconds(30))
                .withThrowableOfType(ExecutionException.class)
                .withCauseInstanceOf(HttpTimeoutException.class)
                .satisfies(ApiKeySenderTest::showsNoKey);
        assertThat(headers()).containsExactly("Bearer " + OLD, "Bearer " + OLD);
        assertThat(secret.loads()).isEqualTo(before);
    }

    @Test
    void send_connectionLost_failsAndIsNotSentAgain() {
        replaceUnseen("Bearer " + NEW);
        HttpRequest.Builder request = request("/lost").POST(BodyPublishers.ofString("amount=5"));
        assertThatThrownBy(() -> sender.send(request, BodyHandlers.discarding()))
                .isInstanceOf(IOException.class)
                .satisfies(ApiKeySenderTest::showsNoKey);
        assertThat(asked).hasSize(1);
    }

    @Test
    void send_interrupted_failsAsInterrupted() {
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> sender.send(request("/hang"), BodyHandlers.discarding()))
                .isInstanceOf(InterruptedException.class);
        assertThat(Thread.interrupted()).isFalse();
        assertThat(asked).hasSizeLessThanOrEqualTo(1);
    }

    private static void showsNoKey(Throwable failure) {
        StringWriter text = new StringWriter();
        failure.printStackTrace(new PrintWriter(text));
        assertThat(text.toString()).doesNotContain("hunter");
    }

    // ---- replies that are given up

    @Test
    void send_refusedReplyStreams_isGivenUp() throws Exception {
        replaceUnseen("Bearer " + NEW);
        List<InputStream> bodies = new ArrayList<>();
        HttpResponse<InputStream> reply = sender.send(
                request("/v1/balance"),
                info -> HttpResponse.BodySubscribers.mapping(HttpResponse.BodySubscribers.ofInputStream(), stream -> {
                    bodies.add(stream);
                    return stream;
                }));
        assertThat(bodies).hasSize(2);
        assertThatThrownBy(() -> bodies.get(0).read()).isInstanceOf(IOException.class);
        assertThat(reply.body().readAllBytes()).hasSize(64 * 1024);
    }

    @Test
    void discard_bodyThatIsPublished_isCancelled() {
        List<String> events = new ArrayList<>();
        Flow.Publisher<Object> published = subscriber -> subscriber.onSubscribe(new Flow.Subscription() {
            @Override
            public void request(long n) {
                events.add("request");
            }

            @Override
            public void cancel() {
                events.add("cancel");
            }
        });
        ApiKeySender.discard(published);
        ApiKeySender.discard(null);
        ApiKeySender.discard("text");
        assertThat(events).containsExactly("cancel");
    }

    // ---- where the key goes

    @Test
    void of_clientThatFollowsRedirects_isRefused() {
        for (HttpClient.Redirect each : List.of(HttpClient.Redirect.ALWAYS, HttpClient.Redirect.NORMAL)) {
            HttpClient follows = HttpClient.newBuilder().followRedirects(each).build();
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> ApiKeySender.of(
                            follows, RotatingApiKey.http(secret.rotating()).build(), KeyHeader.bearer(), origin()))
                    .withMessageContaining("redirect");
        }
    }

    @Test
    void send_redirected_returnsTheRedirectAndSendsNothingElse() throws Exception {
        assertThat(sender.send(request("/away"), BodyHandlers.discarding()).statusCode())
                .isEqualTo(302);
        assertThat(sender.sendAsync(request("/away"), BodyHandlers.discarding())
                        .get()
                        .statusCode())
                .isEqualTo(302);
        assertThat(asked).extracting(Asked::path).containsExactly("/away", "/away");
    }

    @Test
    void send_toAnotherOrigin_isRefusedAndNothingIsSent() {
        int port = server.getAddress().getPort();
        for (String each :
                List.of("http://localhost:" + port + "/", "https://127.0.0.1:" + port + "/", "http://127.0.0.1:1/")) {
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(each));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> sender.send(request, BodyHandlers.discarding()))
                    .withMessageContaining("does not get the API key");
            assertThatIllegalArgumentException().isThrownBy(() -> sender.sendAsync(request, BodyHandlers.discarding()));
        }
        assertThat(asked).isEmpty();
    }

    @Test
    void of_originInClearTextOrWithMoreThanAHost_isRefused() {
        RotatingApiKey<HttpResponse<?>> key =
                RotatingApiKey.http(secret.rotating()).build();
        for (String each : List.of(
                "http://api.example.com",
                "ftp://127.0.0.1",
                "https:///x",
                "/x",
                "https://api.example.com/v1",
                "https://user@api.example.com",
                "https://api.example.com?x=1")) {
            assertThatIllegalArgumentException()
                    .as(each)
                    .isThrownBy(() -> ApiKeySender.of(client, key, KeyHeader.bearer(), URI.create(each)));
        }
        assertThat(ApiKeySender.of(client, key, KeyHeader.bearer(), URI.create("https://API.example.com/"))
                        .toString())
                .doesNotContain("hunter");
    }

    // ---- spellings

    @Test
    void send_keyThatCannotBeInAHeader_isRefusedWithoutShowingIt() {
        secret.rotate((NEW + "\n").getBytes(US_ASCII));
        assertThatThrownBy(() -> sender.send(request("/v1/balance"), BodyHandlers.discarding()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("ends with a newline")
                .hasMessageNotContaining("hunter");
        secret.rotate("user:hunter".getBytes(US_ASCII));
        assertThatThrownBy(() -> sender(KeyHeader.basicUser()).send(request("/"), BodyHandlers.discarding()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageNotContaining("hunter");
        assertThat(asked).isEmpty();
    }

    @Test
    void named_whatIsNoHeader_isRefused() {
        for (String each : List.of("", "x api", "x:api", "x\r\napi", "x".repeat(65))) {
            assertThatIllegalArgumentException().isThrownBy(() -> KeyHeader.named(each));
        }
        assertThat(KeyHeader.named("x-api-key").name()).isEqualTo("x-api-key");
        assertThat(KeyHeader.basicUser().name()).isEqualTo("Authorization");
    }
}
