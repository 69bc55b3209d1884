package dev.slipring.apikey;

import dev.slipring.keyring.RotatingSecret;
import dev.slipring.keyring.SecretValue;
import dev.slipring.keyring.UsableVersion;
import java.net.http.HttpRequest;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a request is authorised with. A key that rotates itself is read anew for each request, and once more from its
 * store if the service has refused it. Safe for use by several threads.
 */
public final class ApiCredential {
    private static final Logger LOG = LoggerFactory.getLogger(ApiCredential.class);

    private final KeyHeader header;
    private final @Nullable SecretValue fixed;
    private final @Nullable RotatingSecret rotating;

    private ApiCredential(KeyHeader header, @Nullable SecretValue fixed, @Nullable RotatingSecret rotating) {
        this.header = Objects.requireNonNull(header, "header");
        this.fixed = fixed;
        this.rotating = rotating;
    }

    /** {@code key} in {@code header}; stays the caller's, who wipes it when this is no longer used. */
    public static ApiCredential in(KeyHeader header, SecretValue key) {
        return new ApiCredential(header, Objects.requireNonNull(key, "key"), null);
    }

    /** Whatever is the primary version of {@code key}, in {@code header}. */
    public static ApiCredential in(KeyHeader header, RotatingSecret key) {
        return new ApiCredential(header, null, Objects.requireNonNull(key, "key"));
    }

    /** {@code key} as {@code Authorization: Bearer}: see {@link #in(KeyHeader, SecretValue)}. */
    public static ApiCredential bearer(SecretValue key) {
        return in(KeyHeader.bearer(), key);
    }

    /** The same for a key that rotates itself. */
    public static ApiCredential bearer(RotatingSecret key) {
        return in(KeyHeader.bearer(), key);
    }

    /**
     * Puts the key into {@code request}, in place of one that was there.
     *
     * @return {@code request}
     * @throws IllegalStateException if the key was wiped, or cannot be in a header
     */
    public HttpRequest.Builder on(HttpRequest.Builder request) {
        present(request);
        return request;
    }

    /** The same; tells which version was presented, 0 if there are none. */
    int present(HttpRequest.Builder request) {
        UsableVersion primary = rotating == null ? null : rotating.primary();
        SecretValue key = primary == null ? Objects.requireNonNull(fixed) : primary.value();
        String named = rotating == null ? "the credential" : "secret " + rotating.name();
        request.setHeader(header.name(), header.spelled(KeyText.reveal(key, named), named));
        return primary == null ? 0 : primary.number();
    }

    /** Reads the key anew after {@code presented} was refused; whether there is another one now. */
    boolean renewed(int presented) {
        if (rotating == null) {
            return false;
        }
        try {
            return rotating.refresh().primary().number() != presented;
        } catch (RuntimeException e) {
            LOG.atWarn().addKeyValue("secret", rotating.name()).setCause(e).log("a refused key could not be read anew");
            return false;
        }
    }

    @Override
    public String toString() {
        return "ApiCredential[" + header + (rotating == null ? "" : " of " + rotating.name()) + "]";
    }
}
