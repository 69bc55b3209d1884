package dev.slipring.apikey;

import dev.slipring.keyring.AuthFailure;
import dev.slipring.keyring.RotatingSecret;
import dev.slipring.keyring.StaleKeyringException;
import dev.slipring.keyring.Ticker;
import dev.slipring.rotation.ProbeVerdict;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An API key that rotates under the calls made with it: {@link #call} hands each the key to present.
 *
 * <p>A call presents the primary version. When that is refused, as HTTP does with status 401, the secret is read anew,
 * once for all calls that were refused together, and the call is made once more, with the version that took
 * over or another that is accepted. It is never made a third time. Whatever is no refusal passes through, such as 403
 * and 429, and an exception that is none of the told ones is the caller's. A version that was refused comes last in
 * the calls that follow, until it has worked again, which 429 or 503 does not show.
 *
 * <p>A call that was refused had no effect, which is why it may be made again even if it is not idempotent; one that
 * cannot be made again, as its body is gone, goes through {@link #callOnce}.
 *
 * <p>The secret stays the caller's. Safe for use by several threads.
 *
 * @param <T> what replies have in common; {@code Object} where only exceptions tell of a refusal
 */
public final class RotatingApiKey<T> implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RotatingApiKey.class);

    private final RotatingSecret secret;
    private final Predicate<? super T> refusedWhen;
    private final Predicate<? super T> acceptedWhen;
    private final Predicate<? super Throwable> refusedWhenThrown;
    private final Consumer<? super T> discard;
    private final Executor executor;
    private final KeyChoice keys;
    private final RefusalRefresh refresh;
    private final RotatingSecret.Subscription settled;

    /**
     * A call to a service.
     *
     * @param <R> its reply
     * @param <X> the checked exception that it throws, if any
     */
    @FunctionalInterface
    public interface Call<R, X extends Exception> {
        /** Makes the call with {@code key}; may be asked to do so twice. */
        R with(ApiKey key) throws X;
    }

    /** The same for what throws two. */
    @FunctionalInterface
    interface Attempt<R, X extends Exception, Y extends Exception> {
        R with(ApiKey key) throws X, Y;
    }

    private RotatingApiKey(Builder<T> builder) {
        secret = builder.secret;
        refusedWhen = builder.refusedWhen;
        acceptedWhen = builder.acceptedWhen;
        refusedWhenThrown = builder.refusedWhenThrown;
        discard = builder.discard;
        executor = builder.executor;
        keys = new KeyChoice(secret, builder.ticker);
        refresh =
                new RefusalRefresh(secret, executor, builder.ticker, builder.refreshInterval, builder.refreshPatience);
        settled = secret.acknowledgeWhen(keys::settled);
    }

    /** Prepares calls with the versions of {@code secret}, each of which is a key as the service knows it. */
    public static <T> Builder<T> builder(RotatingSecret secret) {
        return new Builder<>(secret);
    }

    /** The same for calls by {@code java.net.http}, judged by their status. */
    public static Builder<HttpResponse<?>> http(RotatingSecret secret) {
        return RotatingApiKey.<HttpResponse<?>>http(secret, HttpResponse::statusCode)
                .discard(reply -> ApiKeySender.discard(reply.body()));
    }

    /**
     * The same for calls by any client of HTTP: status 401 is the refusal; 2xx and 403 say that the key is known; any
     * other says nothing about it.
     *
     * @param status of a reply; does not block or throw
     */
    public static <T> Builder<T> http(RotatingSecret secret, ToIntFunction<? super T> status) {
        Objects.requireNonNull(status, "status");
        return RotatingApiKey.<T>builder(secret)
                .refusedWhen(reply -> ApiReply.verdict(status.applyAsInt(reply)) == ProbeVerdict.DEAD)
                .acceptedWhen(reply -> ApiReply.verdict(status.applyAsInt(reply)) == ProbeVerdict.ALIVE);
    }

    /**
     * Makes {@code call}, and once more with another key if the first is refused and there is another.
     *
     * @return the reply, which is the refusal if no other key was at hand or it was refused, too
     * @throws X if the call threw it
     * @throws StaleKeyringException if nothing may be produced now
     */
    public <R extends T, X extends Exception> R call(Call<R, X> call) throws X {
        Objects.requireNonNull(call, "call");
        return this.<R, X, RuntimeException>make(call::with, true);
    }

    /**
     * Makes {@code call} and never makes it again. A refusal passes through; the calls that follow begin with
     * another key.
     *
     * @throws X if the call threw it
     * @throws StaleKeyringException if nothing may be produced now
     */
    public <R extends T, X extends Exception> R callOnce(Call<R, X> call) throws X {
        Objects.requireNonNull(call, "call");
        return this.<R, X, RuntimeException>make(call::with, false);
    }

    /**
     * The same as {@link #call} without waiting. What {@code call} throws at once counts as its future's failure.
     * Cancelling the future that is returned cancels the call under way.
     *
     * @return fails with a {@link StaleKeyringException} if nothing may be produced now
     */
    public <R extends T> CompletableFuture<R> callAsync(Function<ApiKey, CompletableFuture<R>> call) {
        return makeAsync(Objects.requireNonNull(call, "call"), true);
    }

    /** Gives up withholding the acknowledgement of a version that is refused. The secret stays open. */
    @Override
    public void close() {
        settled.close();
    }

    @Override
    public String toString() {
        return "RotatingApiKey[" + secret.keyring() + "]";
    }

    <R extends T, X extends Exception, Y extends Exception> R make(Attempt<R, X, Y> call, boolean repeatable)
            throws X, Y {
        ApiKey key = keys.first();
        R reply;
        try {
            reply = call.with(key);
        } catch (Exception e) {
            ApiKey other = isRefusedBy(e, key) ? afterRefusal(key, repeatable) : null;
            if (other == null) {
                throw e;
            }
            return makeLast(call, other);
        }
        ApiKey other = isRefused(reply, key) ? afterRefusal(key, repeatable) : null;
        if (other == null) {
            return reply;
        }
        discard(reply);
        return makeLast(call, other);
    }

    private <R extends T, X extends Exception, Y extends Exception> R makeLast(Attempt<R, X, Y> call, ApiKey key)
            throws X, Y {
        try {
            R reply = call.with(key);
            isRefused(reply, key);
            return reply;
        } catch (Exception e) {
            isRefusedBy(e, key);
            throw e;
        }
    }

    <R extends T> CompletableFuture<R> makeAsync(Function<ApiKey, CompletableFuture<R>> call, boolean repeatable) {
        try {
            return new AsyncCall<T, R>(this, call, repeatable).begin(keys.first());
        } catch (StaleKeyringException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private @Nullable ApiKey afterRefusal(ApiKey key, boolean repeatable) {
        CompletableFuture<@Nullable Void> read = newView(key);
        if (!repeatable) {
            return null;
        }
        refresh.await(read);
        return keys.insteadOf(key);
    }

    /** The same without waiting. */
    CompletableFuture<Optional<ApiKey>> afterRefusalAsync(ApiKey key, boolean repeatable) {
        CompletableFuture<@Nullable Void> read = newView(key);
        return repeatable
                ? refresh.within(read).thenApplyAsync(done -> Optional.ofNullable(keys.insteadOf(key)), executor)
                : CompletableFuture.completedFuture(Optional.empty());
    }

    /** Done when the view may be taken for newer than the one that {@code key} is from. */
    private CompletableFuture<@Nullable Void> newView(ApiKey key) {
        return keys.hasNewerView(key) ? CompletableFuture.completedFuture(null) : refresh.demand();
    }

    /** Judges a reply and notes the verdict. */
    boolean isRefused(T reply, ApiKey key) {
        if (refusedWhen.test(reply)) {
            secret.uses().failed(AuthFailure.UNAUTHORIZED);
            keys.refused(key);
            return true;
        }
        secret.use(key.version()).produced();
        if (acceptedWhen.test(reply)) {
            keys.accepted(key);
        }
        return false;
    }

    /** The same for what was thrown. What is no refusal may have come after the service had taken the key. */
    boolean isRefusedBy(Throwable thrown, ApiKey key) {
        if (refusedWhenThrown.test(thrown)) {
            secret.uses().failed(AuthFailure.UNAUTHORIZED);
            keys.refused(key);
            return true;
        }
        secret.use(key.version()).produced();
        return false;
    }

    void discard(T reply) {
        try {
            discard.accept(reply);
        } catch (RuntimeException e) {
            LOG.atDebug().addKeyValue("secret", secret.name()).setCause(e).log("a refused reply could not be closed");
        }
    }

    /** Closes what can be closed. */
    static void close(Object reply) {
        if (reply instanceof AutoCloseable closeable) {
            try {
                closeable.close();
            } catch (Exception e) {
                throw new IllegalStateException("closing failed", e);
            }
        }
    }

    /**
     * What a rotating key is made of. Not thread-safe.
     *
     * @param <T> what replies have in common
     */
    public static final class Builder<T> {
        private static final Duration LONGEST = Duration.ofMinutes(1);

        private final RotatingSecret secret;
        private boolean tells;
        private Predicate<? super T> refusedWhen = reply -> false;
        private Predicate<? super T> acceptedWhen = reply -> true;
        private Predicate<? super Throwable> refusedWhenThrown = thrown -> false;
        private Consumer<? super T> discard = RotatingApiKey::close;
        private Executor executor = new CompletableFuture<Void>().defaultExecutor();
        private Ticker ticker = Ticker.system();
        private Duration refreshInterval = Duration.ofSeconds(5);
        private Duration refreshPatience = Duration.ofSeconds(2);

        private Builder(RotatingSecret secret) {
            this.secret = Objects.requireNonNull(secret, "secret");
        }

        /**
         * Which replies say that the service does not know the key, as status 401 does; none unless told. A reply that
         * says something else, such as 403 or 429, is none of them. It does not block or throw.
         */
        public Builder<T> refusedWhen(Predicate<? super T> value) {
            refusedWhen = Objects.requireNonNull(value, "refusedWhen");
            tells = true;
            return this;
        }

        /**
         * Which of the other replies say that the service knows the key, so that a version that was refused counts as
         * working again; all of them unless told. It does not block or throw.
         */
        public Builder<T> acceptedWhen(Predicate<? super T> value) {
            acceptedWhen = Objects.requireNonNull(value, "acceptedWhen");
            return this;
        }

        /** Which exceptions say that it does not know the key; none unless told. It does not block or throw. */
        public Builder<T> refusedWhenThrown(Predicate<? super Throwable> value) {
            refusedWhenThrown = Objects.requireNonNull(value, "refusedWhenThrown");
            tells = true;
            return this;
        }

        /** What becomes of a refused reply that another takes the place of; it is closed, if it can be, unless told. */
        public Builder<T> discard(Consumer<? super T> value) {
            discard = Objects.requireNonNull(value, "discard");
            return this;
        }

        /**
         * Where the secret is read anew and asynchronous calls go on after that; the executor of
         * {@link CompletableFuture} unless told. Stays the caller's to shut down.
         */
        public Builder<T> executor(Executor value) {
            executor = Objects.requireNonNull(value, "executor");
            return this;
        }

        /** The monotonic clock; the system's unless told. */
        public Builder<T> ticker(Ticker value) {
            ticker = Objects.requireNonNull(value, "ticker");
            return this;
        }

        /** Shortest time between two reads that refusals cause: 5 s unless told; above zero, at most 1 min. */
        public Builder<T> refreshInterval(Duration value) {
            refreshInterval = time("refresh interval", value);
            return this;
        }

        /**
         * How long a refused call waits for such a read before it goes on with what is known: 2 s unless told; above
         * zero, at most 1 min.
         */
        public Builder<T> refreshPatience(Duration value) {
            refreshPatience = time("refresh patience", value);
            return this;
        }

        /**
         * The rotating key.
         *
         * @throws IllegalStateException if neither {@link #refusedWhen} nor {@link #refusedWhenThrown} was told
         */
        public RotatingApiKey<T> build() {
            if (!tells) {
                throw new IllegalStateException("nothing tells when a key is refused");
            }
            return new RotatingApiKey<>(this);
        }

        private static Duration time(String what, Duration value) {
            if (value.isNegative() || value.isZero() || value.compareTo(LONGEST) > 0) {
                throw new IllegalArgumentException(what + " " + value + " is not above zero and at most " + LONGEST);
            }
            return value;
        }
    }
}
