package dev.slipring.rotation;

import org.slf4j.LoggerFactory;

/** Where audit events go. Implementations are thread-safe. */
@FunctionalInterface
public interface AuditSink {
    /**
     * Keeps {@code event}. What the event announces happens only after this has returned.
     *
     * @throws RuntimeException if the event could not be kept: then the step is not taken
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
                .addKeyValue("actor", event.actor())
                .addKeyValue("reason", event.reason())
                .log("audit");
    }
}
