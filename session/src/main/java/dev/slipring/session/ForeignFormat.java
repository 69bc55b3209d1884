package dev.slipring.session;

import dev.slipring.keyring.SecretValue;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * A way in which another framework signs its session cookies, with the secrets of an application that used it: what
 * {@link SessionSigner.Builder#accept} takes, so that its users stay logged in. The formats that are known are
 * in {@code dev.slipring.session.foreign}. Implementations are safe for use by several threads and judge anything
 * that a request may bring in time and memory in proportion to its length.
 */
public interface ForeignFormat {
    /**
     * Name of the format, for logs and counts.
     *
     * @return such as {@code express}
     */
    String name();

    /**
     * The moment from which on nothing in this format is accepted, and at which what was moved from it expires at
     * the latest.
     *
     * @return a date by which the old secrets are gone
     */
    Instant sunset();

    /**
     * The longest life of a session in this format.
     *
     * @return above zero, and at most the longest life of the signer's tokens
     */
    Duration life();

    /**
     * The cookies that hold a session in this format.
     *
     * @return at least one; whoever ends a session ends them too
     */
    List<SessionCookie> cookies();

    /**
     * Whether {@code value} is one of the secrets of this format. No secret may serve two formats.
     *
     * @param value stays the caller's
     * @return whether it is
     */
    boolean isKeyedBy(SecretValue value);

    /**
     * Looks for a session in this format. The first valid cookie of a name wins. Times are stated, not judged.
     *
     * @param cookies anything at all
     * @return the session, why there is none, or that nothing in the request claims to be one
     */
    ForeignReading read(RequestCookies cookies);
}
