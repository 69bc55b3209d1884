package dev.slipring.keyring;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.LongAdder;

/**
 * Notes what became of one version in this replica. Marking costs a plain read: it must not be felt where every
 * request signs or encrypts; whoever marks counts for himself, and tells by {@link UseRecorder#counting}. Safe for use
 * by several threads.
 */
public final class VersionUse {
    private static final VarHandle MARKED;

    static {
        try {
            MARKED = MethodHandles.lookup().findVarHandle(VersionUse.class, "marked", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final LongAdder produced = new LongAdder();
    private final LongAdder accepted = new LongAdder();
    private final LongAdder refused = new LongAdder();

    @SuppressWarnings("unused") // by name: through MARKED
    private boolean marked;

    VersionUse() {}

    /** Notes that something was produced with the version, without counting it. */
    public void mark() {
        if (!(boolean) MARKED.getOpaque(this)) {
            MARKED.setOpaque(this, true);
        }
    }

    /** Notes and counts that something was produced with the version. */
    public void produced() {
        mark();
        produced.increment();
    }

    /** Counts that something made with the version was accepted here. */
    public void accepted() {
        accepted.increment();
    }

    /** Counts that something made with the version was refused here because the version is accepted no more. */
    public void refused() {
        refused.increment();
    }

    /** Whether the version was used since this was asked last. */
    boolean takeMark() {
        return (boolean) MARKED.getAndSet(this, false);
    }

    UseCounts.OfVersion counts() {
        return new UseCounts.OfVersion(produced.sum(), accepted.sum(), refused.sum());
    }
}
