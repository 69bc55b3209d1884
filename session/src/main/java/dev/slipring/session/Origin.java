package dev.slipring.session;

import dev.slipring.keyring.UseCounts;
import dev.slipring.keyring.VersionUse;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Where tokens come from, one version of the secret or a foreign format, and counts of what became of them in this
 * process. Safe for use by several threads; counting contends with nobody.
 */
final class Origin {
    private static final VarHandle LAST_ACCEPTED;

    static {
        try {
            LAST_ACCEPTED = MethodHandles.lookup().findVarHandle(Origin.class, "lastAccepted", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final int version;
    private final @Nullable String format;
    private final @Nullable VersionUse use;
    private final LongAdder signed = new LongAdder();
    private final LongAdder accepted = new LongAdder();
    private final LongAdder resigned = new LongAdder();
    private final LongAdder refused = new LongAdder();

    @SuppressWarnings("unused") // by name: through LAST_ACCEPTED
    private long lastAccepted = Long.MIN_VALUE;

    private Origin(int version, @Nullable String format, @Nullable VersionUse use) {
        this.version = version;
        this.format = format;
        this.use = use;
    }

    /** The version {@code number}; {@code use} is where the whole replica notes that it signed something. */
    static Origin version(int number, VersionUse use) {
        return new Origin(number, null, use);
    }

    static Origin format(String name) {
        return new Origin(0, name, null);
    }

    /** Number of the version; 0 for a format. */
    int version() {
        return version;
    }

    /** Name of the format; null for a version. */
    @Nullable
    String format() {
        return format;
    }

    void signed() {
        if (use != null) {
            use.mark();
        }
        signed.increment();
    }

    /** Notes an acceptance in the second {@code now}; about once a second it writes what others read. */
    void accepted(long now) {
        accepted.increment();
        if ((long) LAST_ACCEPTED.getOpaque(this) < now) {
            LAST_ACCEPTED.setOpaque(this, now);
        }
    }

    void resigned() {
        resigned.increment();
    }

    /** Notes that a token of it was refused because the version is compromised. */
    void refused() {
        refused.increment();
    }

    /** The second of the last acceptance; {@link Long#MIN_VALUE} if there was none. */
    long lastAccepted() {
        return (long) LAST_ACCEPTED.getOpaque(this);
    }

    SessionStatistics.Usage usage() {
        return SessionStatistics.Usage.of(signed.sum(), accepted.sum(), resigned.sum(), lastAccepted());
    }

    UseCounts.OfVersion counts() {
        return new UseCounts.OfVersion(signed.sum(), accepted.sum(), refused.sum());
    }

    @Override
    public String toString() {
        return format == null ? "version " + version : "format " + format;
    }
}
