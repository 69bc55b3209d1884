package dev.slipring.apikey;

import dev.slipring.keyring.SecretValue;
import dev.slipring.keyring.Ticker;
import dev.slipring.rotation.IssuerException;
import dev.slipring.rotation.ProbeVerdict;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.Locale;
import java.util.Set;

/**
 * Tries a key by one GET. Only the status of the reply is looked at, redirects are not followed, since the key would
 * travel, and nothing that fails is passed on. Safe for use by several threads.
 */
final class ProbeCall {
    private static final Set<String> HERE = Set.of("127.0.0.1", "[::1]", "localhost");

    private final HttpClient http;
    private final URI uri;
    private final Duration timeout;

    ProbeCall(URI uri, Duration timeout) {
        this.uri = uri;
        this.timeout = timeout;
        http = ApiCalls.client(timeout);
    }

    /**
     * {@code address}, if a key may be sent there.
     *
     * @throws IllegalArgumentException if it is neither {@code https} nor on this machine
     */
    static URI checkAddress(URI address) {
        String scheme = String.valueOf(address.getScheme()).toLowerCase(Locale.ROOT);
        String host = address.getHost();
        boolean here = scheme.equals("http") && host != null && HERE.contains(host);
        if (address.getUserInfo() != null || host == null || !(scheme.equals("https") || here)) {
            throw new IllegalArgumentException("an address is https, or http on this machine, and names no user");
        }
        return address;
    }

    /** Presents {@code key} as the user of Basic authentication, without a password. */
    ProbeVerdict asBasicUser(SecretValue key) {
        SecretValue user = key.reveal(ProbeCall::encoded);
        ApiCredential basic = ApiCredential.bearer(user).in("Authorization", "Basic ");
        try {
            return new ApiCalls.Settings(http, basic, Ticker.system(), timeout, timeout)
                    .operate(
                            "try a key",
                            calls -> calls.send(HttpRequest.newBuilder(uri).GET())
                                    .verdict());
        } catch (IssuerException e) {
            return ProbeVerdict.INCONCLUSIVE;
        } finally {
            user.wipe();
        }
    }

    private static SecretValue encoded(byte[] key) {
        byte[] pair = Arrays.copyOf(key, key.length + 1);
        pair[key.length] = ':';
        byte[] encoded = Base64.getEncoder().encode(pair);
        try {
            return SecretValue.copyOf(encoded);
        } finally {
            Arrays.fill(pair, (byte) 0);
            Arrays.fill(encoded, (byte) 0);
        }
    }
}
