package dev.slipring.session.foreign;

import java.time.Instant;
import java.util.Optional;

/**
 * The application's own knowledge of when a session began, for formats whose cookies do not say. Implementations are
 * safe for use by several threads; what they throw goes to whoever verifies.
 */
@FunctionalInterface
public interface IssueLookup {
    /**
     * When the session began, from the application's session store.
     *
     * @param payload what was signed, a copy: a session's identifier or its content
     * @return the moment, or nothing if there is no such session any more
     */
    Optional<Instant> issuedAt(byte[] payload);
}
