package dev.slipring.keyring;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Notes that a replica produced with one version. Marking costs a plain read: it must not be felt where every
 * request signs or encrypts. Safe for use by several threads.
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

    @SuppressWarnings("unused") // by name: through MARKED
    private boolean marked;

    VersionUse() {}

    /** Notes a use. */
    public void mark() {
        if (!(boolean) MARKED.getOpaque(this)) {
            MARKED.setOpaque(this, true);
        }
    }

    /** Whether the version was used since this was asked last. */
    boolean takeMark() {
        return (boolean) MARKED.getAndSet(this, false);
    }
}
