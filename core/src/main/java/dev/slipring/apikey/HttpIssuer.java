package dev.slipring.apikey;

import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretValue;
import dev.slipring.keyring.SecretVersion;
import dev.slipring.keyring.Ticker;
import dev.slipring.rotation.Install;
import dev.slipring.rotation.Issuance;
import dev.slipring.rotation.IssuerException;
import dev.slipring.rotation.IssuerTraits;
import dev.slipring.rotation.ProbeVerdict;
import dev.slipring.rotation.SecretIssuer;
import dev.slipring.rotation.UseReport;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Issues the keys of any service that mints them by HTTP, which a few functions describe.
 *
 * <p>A key is made under the name {@code <app>-<slot>-r<sequence>-<rotation id>}, and by that name everything else finds
 * it: it is revoked by it, and what a lost reply or a crash left behind is known by it as an orphan. So the keys of one
 * application at one service belong to one secret in one store; an issuer serves one secret only. A key that the record
 * does not name but somebody has used is left alone, and somebody is told.
 *
 * <p>A revoked key counts as dead once it was refused five times over the revocation delay, since services go on to
 * answer for a while; until then probes are inconclusive.
 *
 * <p>Each operation ends by its deadline. Replies are limited to 1 MiB, redirects are not followed, and neither keys
 * nor replies are in any message. Safe for use by several threads, and by several processes at once.
 */
public final class HttpIssuer implements SecretIssuer {
    /** The attribute that names what the service calls a version's key. */
    public static final String ATTRIBUTE = "key";

    private static final Logger LOG = LoggerFactory.getLogger(HttpIssuer.class);

    private final KeyNames names;
    private final Service service;
    private final @Nullable ListedKeys listed;
    private final boolean reportsUse;
    private final ApiCalls.Settings settings;
    private final NegativeProbes negatives;
    private final MintedIds minted = new MintedIds();
    private final AtomicReference<@Nullable SecretName> served = new AtomicReference<>();

    /** What describes a service, apart from its list. */
    private record Service(
            BiFunction<ApiCalls, String, MintedKey> mint,
            Function<SecretValue, HttpRequest.Builder> probe,
            @Nullable BiConsumer<ApiCalls, String> revoke,
            @Nullable BiFunction<ApiCalls, SecretValue, Optional<String>> identify) {}

    private HttpIssuer(Builder builder, Service service, @Nullable ListedKeys listed) {
        this.service = service;
        names = builder.names;
        this.listed = listed;
        reportsUse = builder.lastUse != null;
        settings = new ApiCalls.Settings(
                builder.http == null ? ApiCalls.client(builder.requestTimeout) : builder.http,
                builder.credential,
                builder.ticker,
                builder.requestTimeout,
                builder.deadline);
        negatives = new NegativeProbes(builder.revocationDelay, builder.ticker);
    }

    /**
     * Describes the issuer of the keys of {@code app}, which is authorised by {@code credential}.
     *
     * @throws IllegalArgumentException if {@code app} is not 1 to 64 characters of a-z 0-9 . _ - that begin with a letter
     *     or digit
     */
    public static Builder builder(String app, ApiCredential credential) {
        return new Builder(app, credential);
    }

    /** A key is valid from its minting. What the service has received may take effect after the caller has gone. */
    @Override
    public IssuerTraits traits() {
        return new IssuerTraits(
                Install.BEFORE_PUBLISH,
                names.slots(),
                true,
                reportsUse,
                settings.deadline().multipliedBy(2),
                listed != null);
    }

    @Override
    public SecretValue mint(Issuance issuance, Collection<SecretValue> existing) {
        return settings.operate("mint " + named(issuance), calls -> {
            bind(issuance.secret());
            MintedKey key = service.mint.apply(calls, names.of(issuance));
            if (existing.contains(key.value())) {
                key.value().wipe();
                throw new IssuerException("the service gave out the key of another version");
            }
            minted.add(key);
            return key.value();
        });
    }

    /** A key is valid from its minting: does nothing. */
    @Override
    public void install(Issuance issuance, SecretValue value) {}

    /**
     * What the service calls the key, under {@value #ATTRIBUTE}; nothing if that is not known. A key that another
     * process minted is looked for at the service.
     *
     * @throws IssuerException if the service does not answer
     */
    @Override
    public Map<String, String> attributes(SecretValue value) {
        BiFunction<ApiCalls, SecretValue, Optional<String>> identify = service.identify;
        return minted.of(value)
                .or(() -> identify == null
                        ? Optional.empty()
                        : settings.operate("find a stored key", calls -> identify.apply(calls, value)))
                .map(id -> Map.of(ATTRIBUTE, id))
                .orElse(Map.of());
    }

    @Override
    public ProbeVerdict probe(Issuance issuance, SecretValue value) {
        ProbeVerdict seen;
        try {
            seen = settings.operate(
                    "probe " + named(issuance),
                    calls -> calls.exchange(service.probe.apply(value)).verdict());
        } catch (IssuerException e) {
            LOG.warn("{}", e.getMessage());
            seen = ProbeVerdict.INCONCLUSIVE;
        }
        return negatives.judged(issuance, seen);
    }

    /** Ends every key of the version's name: an attempt to mint may have been made twice. */
    @Override
    public void revoke(Issuance issuance) {
        settings.operate("revoke " + named(issuance), calls -> {
            bind(issuance.secret());
            if (listed != null) {
                listed.revoke(calls, issuance);
            } else {
                Objects.requireNonNull(service.revoke).accept(calls, names.of(issuance));
            }
            return issuance;
        });
        negatives.begin(issuance);
    }

    /** Where keys cannot be listed, the loser shares its name with the winner and goes with it. */
    @Override
    public void discard(Issuance issuance, SecretValue loser) {
        ListedKeys keys = listed;
        if (keys != null) {
            minted.of(loser)
                    .ifPresent(id -> settings.operate("discard a second key of " + named(issuance), calls -> {
                        keys.remove(calls, id);
                        return id;
                    }));
        }
    }

    @Override
    public void sweep(SecretName secret, long sequence, Collection<SecretVersion> named) {
        settings.operate("retire the orphans of " + secret, calls -> {
            bind(secret);
            Objects.requireNonNull(listed).sweep(calls, sequence, named);
            return secret;
        });
    }

    /** In use is what was used within the time after which a key counts as idle, by the service's own clock. */
    @Override
    public UseReport use(Issuance issuance) {
        try {
            return settings.operate(
                    "ask for the use of " + named(issuance),
                    calls -> Objects.requireNonNull(listed).use(calls, issuance));
        } catch (IssuerException e) {
            LOG.warn("{}", e.getMessage());
            return UseReport.UNKNOWN;
        }
    }

    @Override
    public String toString() {
        return "HttpIssuer[" + names + "]";
    }

    /** Two secrets under one name would take each other's keys for orphans. */
    private void bind(SecretName secret) {
        if (!served.compareAndSet(null, secret) && !secret.equals(served.get())) {
            throw new IssuerException("this issuer serves the secret " + served.get() + " alone");
        }
    }

    private static String named(Issuance issuance) {
        return "version " + issuance.version() + " of " + issuance.secret();
    }

    /** Collects what describes a service. Not thread-safe. */
    public static final class Builder {
        @Nullable
        BiFunction<ApiCalls, String, Optional<Instant>> lastUse;

        @Nullable
        String adopted;

        Duration idleAfter = Duration.ofHours(1);

        private final String app;
        private final ApiCredential credential;
        KeyNames names;
        private @Nullable BiFunction<ApiCalls, String, MintedKey> mint;
        private @Nullable Function<SecretValue, HttpRequest.Builder> probe;
        private @Nullable BiConsumer<ApiCalls, String> revoke;
        private @Nullable Function<ApiCalls, List<IssuedKey>> find;
        private @Nullable BiConsumer<ApiCalls, String> remove;
        private @Nullable BiFunction<ApiCalls, SecretValue, Optional<String>> identify;
        private @Nullable HttpClient http;
        private Ticker ticker = Ticker.system();
        private Duration revocationDelay = Duration.ZERO;
        private Duration requestTimeout = Duration.ofSeconds(10);
        private Duration deadline = Duration.ofSeconds(30);

        private Builder(String app, ApiCredential credential) {
            this.app = app;
            this.credential = Objects.requireNonNull(credential, "credential");
            names = new KeyNames(app, List.of("a", "b"));
        }

        /**
         * The places that keys occupy in turn; {@code a} and {@code b} unless told. With a third one an emergency need
         * not wait until the version before is revoked.
         *
         * @throws IllegalArgumentException if they are not two or more different ones of 1 to 16 characters a-z 0-9
         */
        public Builder slots(String... slots) {
            names = new KeyNames(app, List.of(slots));
            return this;
        }

        /** Makes a key under a name that is given, and wipes what it does not return. Required. */
        public Builder mint(BiFunction<ApiCalls, String, MintedKey> function) {
            mint = Objects.requireNonNull(function, "function");
            return this;
        }

        /** A request that a key is tried with: see {@link ApiCredential#on}. It changes nothing. Required. */
        public Builder probe(Function<SecretValue, HttpRequest.Builder> function) {
            probe = Objects.requireNonNull(function, "function");
            return this;
        }

        /**
         * Ends whatever was made under a name, where a service can be told by name. If nothing has that name any more,
         * it is done. What a lost reply left behind ends with its version.
         */
        public Builder revoke(BiConsumer<ApiCalls, String> byName) {
            revoke = Objects.requireNonNull(byName, "byName");
            return this;
        }

        /**
         * Lists all keys, of all applications, and ends one by its id; one that is gone already is a success. So keys
         * that a lost reply or a crash left behind are found and retired.
         */
        public Builder listed(Function<ApiCalls, List<IssuedKey>> all, BiConsumer<ApiCalls, String> end) {
            find = Objects.requireNonNull(all, "all");
            remove = Objects.requireNonNull(end, "end");
            return this;
        }

        /**
         * When a key was last used, by its id: {@link Instant#EPOCH} if never, empty if that cannot be told. A version
         * is then revoked only once it is idle.
         */
        public Builder lastUse(BiFunction<ApiCalls, String, Optional<Instant>> function) {
            lastUse = Objects.requireNonNull(function, "function");
            return this;
        }

        /** The id of the key that has a value: for a value that was stored before a crash. Empty if none is known. */
        public Builder identify(BiFunction<ApiCalls, SecretValue, Optional<String>> function) {
            identify = Objects.requireNonNull(function, "function");
            return this;
        }

        /** The id of the key that the secret was created with, if an operator made it under a name of his own. */
        public Builder adopted(String id) {
            adopted = Objects.requireNonNull(id, "id");
            return this;
        }

        /**
         * After what time without use a key is idle: longer than the service takes to show a use. Above zero, 1 h unless
         * told.
         */
        public Builder idleAfter(Duration value) {
            if (value.isZero() || value.isNegative()) {
                throw new IllegalArgumentException("the time after which a key is idle is not above zero: " + value);
            }
            idleAfter = value;
            return this;
        }

        /**
         * For how long a revoked key may be answered now and then; zero or more, zero unless told. The policy's X should
         * be no shorter.
         */
        public Builder revocationDelay(Duration value) {
            if (value.isNegative()) {
                throw new IllegalArgumentException("the revocation delay is negative: " + value);
            }
            revocationDelay = value;
            return this;
        }

        /** How long one request may take; 1 ms to 1 h, 10 s unless told. */
        public Builder requestTimeout(Duration value) {
            requestTimeout = ApiCalls.checkTime(value);
            return this;
        }

        /** How long all requests of one operation may take together; 1 ms to 1 h, 30 s unless told. */
        public Builder deadline(Duration value) {
            deadline = ApiCalls.checkTime(value);
            return this;
        }

        /**
         * The client, such as one with a proxy or authorities of its own; one with the platform's unless told.
         *
         * @throws IllegalArgumentException if it follows redirects, which would carry the credential elsewhere
         */
        public Builder http(HttpClient client) {
            if (client.followRedirects() != HttpClient.Redirect.NEVER) {
                throw new IllegalArgumentException("the client follows redirects, which must never be");
            }
            http = client;
            return this;
        }

        /** The monotonic clock; the system's unless told. */
        public Builder ticker(Ticker value) {
            ticker = Objects.requireNonNull(value, "ticker");
            return this;
        }

        /**
         * The issuer; nothing is asked of the service yet.
         *
         * @throws IllegalStateException if keys cannot be minted or probed; if they cannot be revoked, or in two ways; if
         *     they are to be asked for by an id that nothing lists; or if an operation has less time than a request
         */
        public HttpIssuer build() {
            BiFunction<ApiCalls, String, MintedKey> minting = mint;
            Function<SecretValue, HttpRequest.Builder> probing = probe;
            if (minting == null || probing == null) {
                throw new IllegalStateException("an issuer of API keys needs to mint and to probe");
            }
            ListedKeys keys = find == null || remove == null ? null : new ListedKeys(this, find, remove);
            require(
                    keys != null || revoke != null,
                    "what mints keys must be able to revoke them: by name, or as listed");
            require(keys == null || revoke == null, "keys are revoked by name, or listed and ended by id, not both");
            boolean byId = lastUse != null || identify != null || adopted != null;
            require(keys != null || !byId, "a last use, an identity and an adopted key go by the id that a list tells");
            require(deadline.compareTo(requestTimeout) >= 0, "an operation has less time than one of its requests");
            return new HttpIssuer(this, new Service(minting, probing, revoke, identify), keys);
        }

        private static void require(boolean holds, String why) {
            if (!holds) {
                throw new IllegalStateException(why);
            }
        }
    }
}
