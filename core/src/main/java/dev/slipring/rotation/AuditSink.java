package dev.slipring.rotation;

import org.slf4j.LoggerFactory;

/**
 * Where audit events go. Implementations are thread-safe.
 *
 * <p>Told <em>before</em> it happens: every command; the intent to revoke; an abort; an erasure; that a version is
 * revoked, once it is invalid at its issuer and before the record says so; that its value is gone, likewise; and the
 * end of an emergency. If such an event cannot be kept, the step is not taken, everything else goes on (values are
 * used, minted, published and promoted), listeners are told, and the step is tried again. What was told may be told
 * again: after a crash, or when another write came first.
 *
 * <p>Told <em>afterwards</em>, once and if it can be kept: that a replica created a secret; that a revocation failed;
 * that what was announced was not written; and, in an emergency, every other write.
 */
@FunctionalInterface
public interface AuditSink {
    /**
     * Keeps {@code event}. What the event announces happens only after this has returned.
     *
     * @throws RuntimeException if the event could not be kept: then the step is not taken; its message is shown to
     *     operators
     */
    void append(AuditEvent event);

    /** A sink that writes to the logger {@code dev.slipring.audit} at level INFO. */
    static AuditSink log() {
        return event -> LoggerFactory.getLogger("dev.slipring.audit")
                .atInfo()
                .addKeyValue("secret", event.secret())
                .addKeyValue("epoch", event.epoch())
                .addKeyValue("action", event.action())
                .addKeyValue("version", event.version())
                .addKeyValue("outcome", event.outcome())
                .addKeyValue("actor", event.actor())
                .addKeyValue("reason", event.reason())
                .log("audit");
    }
}
