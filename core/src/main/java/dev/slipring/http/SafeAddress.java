package dev.slipring.http;

import java.net.URI;
import java.util.Locale;
import java.util.Set;

/** Where a secret may be sent. Stateless. */
public final class SafeAddress {
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

    private SafeAddress() {}

    /** Whether {@code address} is of https, or of http on this machine; and has a host. */
    public static boolean is(URI address) {
        String host = address.getHost();
        if (host == null || host.isEmpty()) {
            return false;
        }
        return "https".equalsIgnoreCase(address.getScheme())
                || ("http".equalsIgnoreCase(address.getScheme()) && LOOPBACK.contains(host.toLowerCase(Locale.ROOT)));
    }
}
