package dev.slipring.apikey;

import dev.slipring.http.BoundedExchange;
import dev.slipring.http.LostException;
import dev.slipring.http.SafeAddress;
import dev.slipring.keyring.Ticker;
import dev.slipring.rotation.IssuerException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * The calls of one operation at a service, such as revoking a key. Together they end by one deadline; the replies are
 * wiped when the operation ends. A request goes over TLS, or to this machine. For one thread.
 */
public final class ApiCalls implements AutoCloseable {
    /** The longest reply that is taken, in bytes. */
    static final int LONGEST_REPLY = 1 << 20;

    private static final Duration LEAST_TIME = Duration.ofMillis(1);
    private static final Duration MOST_TIME = Duration.ofHours(1);

    private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{1,128}");

    private final Settings settings;
    private final long began;
    private final List<ApiReply> replies = new ArrayList<>();
    private Optional<Instant> serverTime = Optional.empty();

    /** How to call, and for how long: one request, and one operation as a whole. */
    record Settings(
            HttpClient http, ApiCredential credential, Ticker ticker, Duration requestTimeout, Duration deadline) {

        /**
         * Performs {@code operation}.
         *
         * @param what it does, to follow "cannot"
         * @throws IssuerException if it failed in whatever way; without a cause, whose message may hold anything
         */
        <T> T operate(String what, Function<ApiCalls, T> operation) {
            try (ApiCalls calls = new ApiCalls(this)) {
                return operation.apply(calls);
            } catch (IssuerException e) {
                throw new IssuerException("cannot " + what + ": " + e.getMessage());
            } catch (RuntimeException e) {
                throw new IssuerException("cannot " + what + ": the call could not be made ("
                        + e.getClass().getSimpleName() + ")");
            }
        }
    }

    ApiCalls(Settings settings) {
        this.settings = settings;
        began = settings.ticker.nanos();
    }

    /** @throws IllegalArgumentException if {@code id} could lead a path somewhere else */
    static String checkId(String id, String whose) {
        if (!ID.matcher(id).matches()) {
            throw new IllegalArgumentException(
                    "the id of a " + whose + " is 1 to 128 letters, digits, underscores and dashes");
        }
        return id;
    }

    /** A client that follows no redirects. */
    static HttpClient client(Duration connectTimeout) {
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(connectTimeout)
                .build();
    }

    /** @throws IllegalArgumentException if {@code time} is no time that a call takes */
    static Duration checkTime(Duration time) {
        if (time.compareTo(LEAST_TIME) < 0 || time.compareTo(MOST_TIME) > 0) {
            throw new IllegalArgumentException("a call takes 1 ms to 1 h, not " + time);
        }
        return time;
    }

    /**
     * The reply to {@code request}, authorised by the credential. A refused credential is read anew, and the request
     * made once more if there is another one.
     *
     * @throws IssuerException if there is no reply in time; what was asked may have happened
     */
    public ApiReply send(HttpRequest.Builder request) {
        int presented = settings.credential.present(request);
        ApiReply reply = exchange(request);
        if (reply.status() == 401 && settings.credential.renewed(presented)) {
            settings.credential.present(request);
            return exchange(request);
        }
        return reply;
    }

    /** The service's clock as of the last reply, in whole seconds; empty if it did not say. */
    public Optional<Instant> serverTime() {
        return serverTime;
    }

    /** Wipes the replies. */
    @Override
    public void close() {
        replies.forEach(ApiReply::wipe);
    }

    /** The reply to {@code request} as it is. */
    ApiReply exchange(HttpRequest.Builder request) {
        Duration time = left();
        HttpRequest built = request.timeout(time).build();
        if (!SafeAddress.is(built.uri())) {
            throw new IssuerException("a key goes over TLS only, or to this machine");
        }
        try {
            HttpResponse<byte[]> response = BoundedExchange.send(settings.http, built, time, LONGEST_REPLY);
            ApiReply reply = new ApiReply(response.statusCode(), response.body());
            replies.add(reply);
            serverTime = response.headers().firstValue("Date").flatMap(ApiCalls::instant);
            return reply;
        } catch (LostException e) {
            throw new IssuerException(String.valueOf(e.getMessage())); // without the cause, which may quote the reply
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IssuerException("the thread was interrupted");
        }
    }

    private Duration left() {
        long left = settings.deadline.toNanos() - (settings.ticker.nanos() - began);
        if (left <= 0) {
            throw new IssuerException("it is not done within " + settings.deadline);
        }
        return Duration.ofNanos(Math.min(left, settings.requestTimeout.toNanos()));
    }

    private static Optional<Instant> instant(String date) {
        try {
            return Optional.of(DateTimeFormatter.RFC_1123_DATE_TIME.parse(date, Instant::from));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }
}
