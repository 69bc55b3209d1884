package dev.slipring.examples;

import dev.slipring.apikey.ApiCredential;
import dev.slipring.apikey.ApiKeySender;
import dev.slipring.apikey.HttpIssuer;
import dev.slipring.apikey.KeyHeader;
import dev.slipring.apikey.OpenAiKeys;
import dev.slipring.apikey.RotatingApiKey;
import dev.slipring.keyring.RotatingSecret;
import dev.slipring.keyring.SecretValue;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/**
 * Asks OpenAI whether a text may be kept, with an API key that rotates. An answer that says to come again, 429 or 5xx,
 * is come back to a few times, as any client of a service has to; a refused key is none of its business. Safe for use
 * by several threads.
 */
final class Moderation implements AutoCloseable {
    /** Longest time of one call: what is under way with an old key is over by then. */
    static final Duration LONGEST_CALL = Duration.ofSeconds(5);

    /** Longer than a deleted key is answered now and then. */
    static final Duration REVOCATION_DELAY = ServiceAccounts.FADING.plusMillis(500);

    private static final int ATTEMPTS = 5;
    private static final long PAUSE_MILLIS = 20;

    private final RotatingApiKey<HttpResponse<?>> key;
    private final ApiKeySender sender;
    private final URI address;
    private final Tally tally;
    private final Stopwatch stopwatch;

    /** Calls with {@code secret} go to {@code base}; closing this closes neither. */
    Moderation(URI base, RotatingSecret secret, Tally tally, Stopwatch stopwatch) {
        HttpClient client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(LONGEST_CALL)
                .build();
        key = RotatingApiKey.http(secret).build();
        sender = ApiKeySender.of(client, key, KeyHeader.bearer(), base.resolve("/"));
        address = URI.create(base + "/moderations");
        this.tally = tally;
        this.stopwatch = stopwatch;
    }

    /** Makes and ends the keys: each is one of a service account, which {@code admin} makes. */
    static HttpIssuer issuer(URI base, SecretValue admin) {
        return OpenAiKeys.at(base)
                .serviceAccounts(PretendOpenAi.PROJECT, "notes", ApiCredential.bearer(admin))
                .idleAfter(Duration.ofSeconds(2))
                .revocationDelay(REVOCATION_DELAY)
                .requestTimeout(LONGEST_CALL)
                .deadline(LONGEST_CALL)
                .slots("a", "b", "c") // one rotation follows the other, and need not wait for the slot of the last
                .build();
    }

    /**
     * Whether {@code text} may be kept.
     *
     * @throws IOException if that was not answered
     */
    boolean allows(String text) throws IOException {
        tally.apiCalls.increment();
        try {
            return stopwatch.timed(() -> {
                HttpResponse<String> answer = answer(text);
                if (answer.statusCode() != 200) {
                    throw new IOException("moderation was answered with status " + answer.statusCode());
                }
                return !answer.body().contains("\"flagged\":true");
            });
        } catch (IOException e) {
            tally.failedApiCalls.increment();
            throw e;
        }
    }

    private HttpResponse<String> answer(String text) throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(address)
                .timeout(LONGEST_CALL)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(new Json().put("input", text).toString()));
        try {
            HttpResponse<String> answer = sender.send(request, BodyHandlers.ofString());
            for (int attempt = 1; attempt < ATTEMPTS && saysToComeAgain(answer); attempt++) {
                tally.repeatedApiCalls.increment();
                Thread.sleep(PAUSE_MILLIS << attempt);
                answer = sender.send(request, BodyHandlers.ofString());
            }
            return answer;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    @Override
    public void close() {
        key.close();
    }

    private static boolean saysToComeAgain(HttpResponse<?> answer) {
        return answer.statusCode() == 429 || answer.statusCode() >= 500;
    }
}
