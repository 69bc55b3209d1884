package dev.slipring.vault;

import dev.slipring.keyring.SecretValue;
import dev.slipring.keyring.Ticker;
import dev.slipring.vault.VaultException.Kind;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a valid token. A caller that comes after two thirds of its life renews it while the others go on; the first
 * that finds none, or one that the server refuses, logs in while the others wait for it. Safe for use by several
 * threads.
 */
final class TokenKeeper {
    /** A token that is refused so soon after its log-in lacks a right, which another log-in would not give. */
    static final Duration LEAST_BETWEEN_LOGINS = Duration.ofSeconds(5);

    private static final Logger LOG = LoggerFactory.getLogger(TokenKeeper.class);
    private static final VaultRequest LOGIN = VaultRequest.read("login", "auth");

    private final VaultAuthentication authentication;
    private final Courier courier;
    private final Ticker ticker;
    private final AtomicReference<@Nullable Token> held = new AtomicReference<>();
    private final AtomicReference<@Nullable CompletableFuture<Token>> flight = new AtomicReference<>();
    private final AtomicBoolean renewing = new AtomicBoolean();
    private volatile boolean closed;

    /** A token and its life, on the monotonic clock. A life of zero never ends. */
    static final class Token {
        private final SecretValue value;
        private final Duration life;
        private final Duration firstLife;
        private final boolean renewable;
        private final long loggedInAt;
        private final long livesFrom;
        private volatile long retryAt;

        private Token(SecretValue value, Duration life, boolean renewable, long now) {
            this(value, life, life, renewable, now, now);
        }

        private Token(
                SecretValue value,
                Duration life,
                Duration firstLife,
                boolean renewable,
                long loggedInAt,
                long livesFrom) {
            this.value = value;
            this.life = life;
            this.firstLife = firstLife;
            this.renewable = renewable;
            this.loggedInAt = loggedInAt;
            this.livesFrom = livesFrom;
            retryAt = livesFrom;
        }

        /** As a header has it: its value cannot be wiped. */
        String text() {
            return value.reveal(bytes -> new String(bytes, StandardCharsets.ISO_8859_1));
        }

        private boolean over(long now) {
            return !life.isZero() && now - livesFrom >= life.toNanos();
        }

        private boolean due(long now) {
            return !life.isZero() && now - livesFrom >= life.toNanos() / 3 * 2 && now - retryAt >= 0;
        }
    }

    TokenKeeper(VaultAuthentication authentication, Courier courier, Ticker ticker) {
        this.authentication = authentication;
        this.courier = courier;
        this.ticker = ticker;
    }

    /** A token that is not known to be over. */
    Token token(Deadline deadline) {
        Token present = held.get();
        if (present == null || present.over(ticker.nanos())) {
            return next(present, deadline);
        }
        if (present.due(ticker.nanos()) && renewing.compareAndSet(false, true)) {
            try {
                prolong(present, deadline);
            } finally {
                renewing.set(false);
            }
            Token prolonged = held.get();
            return prolonged == null ? present : prolonged;
        }
        return present;
    }

    /** Another token than {@code refused}; the same one if there is no other. */
    Token instead(Token refused, Deadline deadline) {
        Token present = held.get();
        if (present != null && !present.value.equals(refused.value)) {
            return present;
        }
        if (authentication.logsIn() && ticker.nanos() - refused.loggedInAt < LEAST_BETWEEN_LOGINS.toNanos()) {
            return refused;
        }
        return next(refused, deadline);
    }

    /** Wipes the token; there is no other afterwards. */
    void close() {
        closed = true;
        Token last = held.getAndSet(null);
        if (last != null) {
            last.value.wipe();
        }
    }

    /** Near its end a token that still serves is not given up for want of the next one. */
    private void prolong(Token present, Deadline deadline) {
        try {
            if (!present.renewable || !renewed(present, deadline)) {
                next(present, deadline);
            }
        } catch (RuntimeException e) {
            present.retryAt = ticker.nanos() + Math.max(1, present.life.toNanos() / 30);
            LOG.warn(
                    "a vault token could not be renewed and is used until it ends: {}",
                    e instanceof VaultException
                            ? e.getMessage()
                            : e.getClass().getName()); // a stranger's may tell more
        }
    }

    /** Whether the token got a life that is worth having; near the end of its longest one it does not. */
    private boolean renewed(Token present, Deadline deadline) {
        long now = ticker.nanos();
        VaultAnswer answer = courier.send(
                VaultRequest.write("renew token", "auth/token/renew-self", out -> {}), present.text(), deadline);
        try {
            Duration life = Duration.ofSeconds(answer.count("auth", "lease_duration"));
            if (!life.isZero() && life.compareTo(present.firstLife.dividedBy(2)) < 0) {
                return false;
            }
            Token longer = new Token(
                    present.value, life, present.firstLife, answer.truth("auth", "renewable"), present.loggedInAt, now);
            held.compareAndSet(present, longer);
            return true;
        } finally {
            answer.wipe();
        }
    }

    /** The token after {@code last}, from one log-in however many ask for it. */
    private Token next(@Nullable Token last, Deadline deadline) {
        CompletableFuture<Token> mine = new CompletableFuture<>();
        CompletableFuture<Token> other = flight.compareAndExchange(null, mine);
        if (other != null) {
            return await(other, deadline);
        }
        try {
            Token present = held.get();
            Token next = present != null && present != last ? present : fresh(last, deadline);
            held.set(next);
            if (closed) {
                close();
                throw new IllegalStateException("the vault client is closed");
            }
            mine.complete(next);
            return next;
        } catch (RuntimeException e) {
            mine.completeExceptionally(e);
            throw e;
        } finally {
            flight.set(null);
        }
    }

    private Token fresh(@Nullable Token last, Deadline deadline) {
        long now = ticker.nanos();
        if (!authentication.logsIn()) {
            SecretValue given = required(authentication.secret());
            if (last != null && last.value.equals(given)) {
                given.wipe();
                return last;
            }
            return new Token(given, Duration.ZERO, false, now);
        }
        VaultRequest login = authentication.login();
        try {
            VaultAnswer answer = courier.send(login, null, deadline);
            try {
                return new Token(
                        required(answer.secret("auth", "client_token")),
                        Duration.ofSeconds(answer.count("auth", "lease_duration")),
                        answer.truth("auth", "renewable"),
                        now);
            } finally {
                answer.wipe();
            }
        } finally {
            login.wipe();
        }
    }

    private static Token await(CompletableFuture<Token> other, Deadline deadline) {
        try {
            return other.get(deadline.left().toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof VaultException failure) {
                throw new VaultException(failure.kind(), LOGIN, "another thread's log-in failed", failure);
            }
            throw new VaultException(Kind.UNAVAILABLE, LOGIN, "another thread's log-in failed", e.getCause());
        } catch (TimeoutException e) {
            throw new VaultException(Kind.UNAVAILABLE, LOGIN, "another thread's log-in takes too long", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new VaultException(Kind.UNAVAILABLE, LOGIN, "the thread was interrupted", e);
        }
    }

    /** A header takes nothing but printable ASCII; the complaint of the client about others would quote it. */
    private static SecretValue required(SecretValue token) {
        if (!token.reveal(TokenKeeper::printable)) {
            token.wipe();
            throw new VaultException(Kind.DENIED, LOGIN, "the token is not of printable ASCII alone", null);
        }
        return token;
    }

    private static boolean printable(byte[] bytes) {
        for (byte b : bytes) {
            if (b <= ' ' || b > '~') {
                return false;
            }
        }
        return true;
    }
}
