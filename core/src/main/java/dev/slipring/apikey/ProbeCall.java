package dev.slipring.apikey;

import dev.slipring.http.SafeAddress;
import dev.slipring.keyring.SecretValue;
import dev.slipring.keyring.Ticker;
import dev.slipring.rotation.IssuerException;
import dev.slipring.rotation.ProbeVerdict;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.time.Duration;

/**
 * Tries a key by one GET. Only the status of the reply is looked at, redirects are not followed, since the key would
 * travel, and nothing that fails is passed on. Safe for use by several threads.
 */
final class ProbeCall {
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
        if (address.getUserInfo() != null || !SafeAddress.is(address)) {
            throw new IllegalArgumentException("an address is https, or http on this machine, and names no user");
        }
        return address;
    }

    /** Presents {@code key} in {@code header}. */
    ProbeVerdict in(KeyHeader header, SecretValue key) {
        try {
            return new ApiCalls.Settings(http, ApiCredential.in(header, key), Ticker.system(), timeout, timeout)
                    .operate(
                            "try a key",
                            calls -> calls.send(HttpRequest.newBuilder(uri).GET())
                                    .verdict());
        } catch (IssuerException e) {
            return ProbeVerdict.INCONCLUSIVE;
        }
    }
}
