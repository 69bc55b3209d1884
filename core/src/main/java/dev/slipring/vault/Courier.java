package dev.slipring.vault;

import dev.slipring.http.LostException;
import dev.slipring.http.LostException.Fate;
import dev.slipring.vault.VaultException.Kind;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Makes a request until it is answered or given up: a bounded number of times, with pauses that double and are drawn
 * from their upper half, within one deadline. What may have happened already is made again only if that is harmless.
 * Safe for use by several threads.
 */
final class Courier {
    /** How often a request is made at most, the first time included. */
    static final int MOST_TRIES = 6;

    private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);
    /** Nothing is there, if no error says that it is the engine or the namespace which is not. */
    private static final int ABSENT = 404;
    /** A node of a cluster that has not caught up with what another one has answered. */
    private static final int BEHIND = 412;

    private final Exchange exchange;
    private final Duration requestTimeout;
    private final Pause pause;

    /** A failure, and whether the request may be made again after {@code least}. */
    private record Setback(VaultException failure, boolean again, Duration least) {}

    Courier(Exchange exchange, Duration requestTimeout, Pause pause) {
        this.exchange = exchange;
        this.requestTimeout = requestTimeout;
        this.pause = pause;
    }

    /** How long one request may take. */
    Duration requestTimeout() {
        return requestTimeout;
    }

    /**
     * The answer to {@code request}.
     *
     * @throws VaultException if there is none in time, or it is a refusal
     */
    VaultAnswer send(VaultRequest request, @Nullable String token, Deadline deadline) {
        for (int tries = 1; ; tries++) {
            Setback setback;
            if (!request.wanted()) {
                throw new VaultException(Kind.UNAVAILABLE, request, "its time is over", null);
            }
            try {
                Duration left = deadline.left();
                HttpResponse<byte[]> received =
                        exchange.send(request, token, left.compareTo(requestTimeout) < 0 ? left : requestTimeout);
                VaultAnswer answer = new VaultAnswer(request, received);
                boolean absent = request.looksUp() && received.statusCode() == ABSENT;
                if ((received.statusCode() >= 200 && received.statusCode() < 300)
                        || (absent && answer.errors().isEmpty())) {
                    return answer.checked();
                }
                setback = refused(request, received, answer);
            } catch (LostException e) {
                setback = lost(request, e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new VaultException(Kind.UNAVAILABLE, request, "the thread was interrupted", e);
            }
            if (!setback.again || tries == MOST_TRIES || !waited(setback, tries, deadline)) {
                throw setback.failure;
            }
        }
    }

    private static Setback refused(VaultRequest request, HttpResponse<byte[]> received, VaultAnswer answer) {
        int status = received.statusCode();
        if (status >= 300 && status < 400) {
            return new Setback(
                    new VaultException(
                            Kind.UNAVAILABLE,
                            request,
                            "status " + status + ", a redirect, which is not followed",
                            null),
                    request.repeatable(),
                    Duration.ZERO);
        }
        VaultException failure = VaultErrors.of(request, status, answer);
        boolean again = switch (failure.kind()) {
            case THROTTLED -> true;
            case SEALED -> request.repeatable();
            case UNAVAILABLE -> request.repeatable() || status == BEHIND;
            default -> false;
        };
        return new Setback(failure, again, asked(received));
    }

    private static Setback lost(VaultRequest request, LostException e) {
        boolean tooLong = e.fate() == Fate.TOO_LONG;
        boolean pointless = tooLong || e.fate() == Fate.UNTRUSTED;
        return new Setback(
                new VaultException(
                        tooLong ? Kind.UNREADABLE : Kind.UNAVAILABLE,
                        request,
                        String.valueOf(e.getMessage()),
                        e.getCause()),
                !pointless && (e.fate() == Fate.UNSENT || request.repeatable()),
                Duration.ZERO);
    }

    /** What the server asks for in seconds; a date is not looked at. */
    private static Duration asked(HttpResponse<byte[]> received) {
        try {
            OptionalLong seconds = received.headers().firstValueAsLong("Retry-After");
            return Duration.ofSeconds(
                    Math.min(Math.max(0, seconds.orElse(0)), Duration.ofDays(1).toSeconds()));
        } catch (NumberFormatException e) {
            return Duration.ZERO;
        }
    }

    private boolean waited(Setback setback, int tries, Deadline deadline) {
        long whole = Math.min(FIRST_PAUSE.toNanos() << (tries - 1), LONGEST_PAUSE.toNanos());
        long drawn = ThreadLocalRandom.current().nextLong(whole / 2, whole + 1);
        Duration length = Duration.ofNanos(Math.max(drawn, setback.least.toNanos()));
        if (length.compareTo(deadline.left()) >= 0) {
            return false;
        }
        try {
            pause.await(length);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
