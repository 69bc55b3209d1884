package dev.slipring.vault;

import dev.slipring.http.SafeAddress;
import dev.slipring.keyring.Ticker;
import dev.slipring.vault.VaultException.Kind;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * A HashiCorp Vault or OpenBao server as an application sees it: where it is, how to log in, and how long to try. What
 * an engine can do is in a class of its own.
 *
 * <p>A call ends by its deadline, whatever happens. Within it a request is made again, with growing pauses, when the
 * server is overloaded, sealed, on standby, behind or does not answer; one that has another effect the second time only
 * if it certainly did not happen the first time. A refused token is replaced by one log-in, and the request made once
 * more. Redirects are not followed, since the token would go along; where standby nodes redirect instead of forwarding,
 * let the address be one that leads to the active node.
 *
 * <p>Safe for use by several threads. The token is held until {@link #close()}; as part of requests it also passes
 * through strings, which cannot be wiped.
 */
public final class VaultClient implements AutoCloseable {
    private final URI address;
    private final Courier courier;
    private final TokenKeeper tokens;
    private final Ticker ticker;
    private final Duration deadline;
    private volatile boolean closed;

    private VaultClient(Builder builder) {
        HttpClient.Builder http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1) // in clear text the client would ask for an upgrade to HTTP/2
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(builder.connectTimeout);
        if (builder.tls != null) {
            http.sslContext(builder.tls);
        }
        address = builder.address;
        ticker = builder.ticker;
        deadline = builder.deadline;
        Exchange exchange = new Exchange(http.build(), address, builder.namespace, builder.answerLimit);
        courier = new Courier(exchange, builder.requestTimeout, builder.pause);
        tokens = new TokenKeeper(builder.authentication, courier, ticker);
    }

    /**
     * A client of the server at {@code address}.
     *
     * @param address such as {@code https://vault.example:8200}
     * @throws IllegalArgumentException if it is not of http or https with a host, or has more than a path
     */
    public static Builder builder(URI address, VaultAuthentication authentication) {
        return new Builder(address, authentication);
    }

    /** How long a call takes at most. */
    public Duration deadline() {
        return deadline;
    }

    /** Wipes the token. It is not revoked: it lives until its time is over. May be called again. */
    @Override
    public void close() {
        closed = true;
        tokens.close();
    }

    @Override
    public String toString() {
        return "VaultClient[" + address + "]";
    }

    /**
     * The answer to {@code request}, whose body is wiped. The caller wipes the answer.
     *
     * @throws VaultException if there is none in time, or it is a refusal
     */
    VaultAnswer call(VaultRequest request) {
        try {
            if (closed) {
                throw new IllegalStateException("the vault client is closed");
            }
            Deadline until = Deadline.after(deadline, ticker);
            TokenKeeper.Token token = tokens.token(until);
            try {
                return courier.send(request, token.text(), until);
            } catch (VaultException e) {
                TokenKeeper.Token other = e.kind() == Kind.DENIED ? tokens.instead(token, until) : token;
                if (other == token) {
                    throw e;
                }
                return courier.send(request, other.text(), until);
            }
        } finally {
            request.wipe();
        }
    }

    /** What a client is made of. Not thread-safe. */
    public static final class Builder {
        private static final Duration LONGEST = Duration.ofMinutes(5);

        private final URI address;
        private final VaultAuthentication authentication;
        private @Nullable String namespace;
        private @Nullable SSLContext tls;
        private Duration connectTimeout = Duration.ofSeconds(2);
        private Duration requestTimeout = Duration.ofSeconds(3);
        private Duration deadline = Duration.ofSeconds(8);
        private int answerLimit = 1 << 20;
        private boolean clearText;
        private Ticker ticker = Ticker.system();
        private Pause pause = Pause.sleeping();

        private Builder(URI address, VaultAuthentication authentication) {
            this.address = address;
            this.authentication = Objects.requireNonNull(authentication, "authentication");
            String scheme = address.getScheme();
            if ((!"http".equals(scheme) && !"https".equals(scheme)) || address.getHost() == null) {
                throw new IllegalArgumentException("the address of a vault is of http or https, with a host");
            }
            if (address.getUserInfo() != null || address.getQuery() != null || address.getFragment() != null) {
                throw new IllegalArgumentException("the address of a vault has no user, query or fragment");
            }
        }

        /**
         * The namespace in which all paths are; none unless told.
         *
         * @throws IllegalArgumentException if it is no path
         */
        public Builder namespace(String value) {
            namespace = VaultPath.path("the namespace", value);
            return this;
        }

        /** How TLS is spoken, such as with a certificate of the client; the platform's way unless told. */
        public Builder tls(SSLContext value) {
            tls = Objects.requireNonNull(value, "tls");
            return this;
        }

        /**
         * Trusts the certification authorities in a PEM file instead of the platform's. The file is read here, once.
         *
         * @throws IllegalArgumentException if it cannot be read or has no certificate
         */
        public Builder authorities(Path pem) {
            tls = PemAuthorities.trusting(pem);
            return this;
        }

        /** Lets the token go in clear text to another host, as where a mesh encrypts; refused unless told. */
        public Builder clearText() {
            clearText = true;
            return this;
        }

        /** How long a connection may take to come about: 2 s unless told; above zero, at most 5 min. */
        public Builder connectTimeout(Duration value) {
            connectTimeout = time("connect time-out", value);
            return this;
        }

        /** How long one request may take, its answer included: 3 s unless told; above zero, at most 5 min. */
        public Builder requestTimeout(Duration value) {
            requestTimeout = time("request time-out", value);
            return this;
        }

        /**
         * How long a call may take, with what is made again and log-ins: 8 s unless told; above zero, at most 5 min. A
         * KEK's client needs one below the patience of those who wait for a key.
         */
        public Builder deadline(Duration value) {
            deadline = time("deadline", value);
            return this;
        }

        /**
         * The longest answer, in bytes: 1 MiB unless told.
         *
         * @throws IllegalArgumentException if it is not in 1 KiB .. 64 MiB
         */
        public Builder answerLimit(int value) {
            if (value < 1 << 10 || value > 1 << 26) {
                throw new IllegalArgumentException("an answer limit of " + value + " bytes is not in 1 KiB .. 64 MiB");
            }
            answerLimit = value;
            return this;
        }

        /** The clock by which deadlines and tokens end; the system's unless told. */
        public Builder ticker(Ticker value) {
            ticker = Objects.requireNonNull(value, "ticker");
            return this;
        }

        /** How a call waits before a request is made again; by sleeping unless told. */
        public Builder pause(Pause value) {
            pause = Objects.requireNonNull(value, "pause");
            return this;
        }

        /**
         * The client; nothing is sent yet.
         *
         * @throws IllegalStateException if a token would go to another host in clear text
         */
        public VaultClient build() {
            if (!clearText && !SafeAddress.is(address)) {
                throw new IllegalStateException("the address " + address
                        + " has no TLS: the token would go in clear text, which only clearText() allows");
            }
            return new VaultClient(this);
        }

        private static Duration time(String what, Duration value) {
            if (value.isNegative() || value.isZero() || value.compareTo(LONGEST) > 0) {
                throw new IllegalArgumentException(
                        "a " + what + " of " + value + " is not above zero and at most " + LONGEST);
            }
            return value;
        }
    }
}
