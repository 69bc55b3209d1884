package dev.slipring.apikey;

import dev.slipring.keyring.RotatingSecret;
import dev.slipring.keyring.SecretValue;
import dev.slipring.keyring.UsableVersion;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a request is authorised with. A key that rotates itself is read anew for each request, and once more from its
 * store if the service has refused it. Safe for use by several threads.
 */
public final class ApiCredential {
    private static final Logger LOG = LoggerFactory.getLogger(ApiCredential.class);
    private static final Pattern HEADER = Pattern.compile("[A-Za-z0-9-]{1,64}");
    private static final Pattern PREFIX = Pattern.compile("[ -~]{0,32}");

    private final String header;
    private final String prefix;
    private final @Nullable SecretValue fixed;
    private final @Nullable RotatingSecret rotating;

    private ApiCredential(
            String header, String prefix, @Nullable SecretValue fixed, @Nullable RotatingSecret rotating) {
        this.header = header;
        this.prefix = prefix;
        this.fixed = fixed;
        this.rotating = rotating;
    }

    /** {@code Authorization: Bearer}, with a key that stays the caller's, who wipes it when this is no longer used. */
    public static ApiCredential bearer(SecretValue key) {
        return new ApiCredential("Authorization", "Bearer ", Objects.requireNonNull(key, "key"), null);
    }

    /** {@code Authorization: Bearer}, with whatever is the primary version of {@code key}. */
    public static ApiCredential bearer(RotatingSecret key) {
        return new ApiCredential("Authorization", "Bearer ", null, Objects.requireNonNull(key, "key"));
    }

    /**
     * The same credential in another header, such as {@code X-Api-Key} with nothing before the key.
     *
     * @throws IllegalArgumentException if a name of a header has other characters than letters, digits and dashes, or
     *     what comes before the key is not at most 32 printable ASCII characters
     */
    public ApiCredential in(String name, String before) {
        if (!HEADER.matcher(name).matches() || !PREFIX.matcher(before).matches()) {
            throw new IllegalArgumentException("a key goes into a header of letters, digits and dashes");
        }
        return new ApiCredential(name, before, fixed, rotating);
    }

    /**
     * Puts the key into {@code request}, in place of one that was there.
     *
     * @return {@code request}
     * @throws IllegalArgumentException if the key is not visible ASCII and so cannot be in a header
     */
    public HttpRequest.Builder on(HttpRequest.Builder request) {
        present(request);
        return request;
    }

    /** The same; tells which version was presented, 0 if there are none. */
    int present(HttpRequest.Builder request) {
        UsableVersion primary = rotating == null ? null : rotating.primary();
        SecretValue key = primary == null ? Objects.requireNonNull(fixed) : primary.value();
        // A header that the client refuses is quoted in its exception, so it is looked at before.
        request.setHeader(header, prefix + key.reveal(ApiCredential::visible));
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

    private static String visible(byte[] bytes) {
        for (byte b : bytes) {
            if (b < '!' || b > '~') {
                throw new IllegalArgumentException("the key has a character that is not visible ASCII");
            }
        }
        return new String(bytes, StandardCharsets.US_ASCII);
    }
}
