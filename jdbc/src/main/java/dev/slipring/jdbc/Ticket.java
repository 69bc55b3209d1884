package dev.slipring.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one connection, from before it is opened: the generation of its login never changes. Who holds
 * it is written without synchronisation, and read by the drain.
 */
final class Ticket {
    private final int generation;
    private final @Nullable SQLException refusal;
    private volatile @Nullable Connection physical;
    private @Nullable RotatingConnection holder;
    private boolean held;
    private @Nullable RotatingConnection seen;
    private long seenSince;

    Ticket(int generation, @Nullable SQLException refusal) {
        this.generation = generation;
        this.refusal = refusal;
    }

    int generation() {
        return generation;
    }

    /** Why there is no connection behind the wrapper, if there is none: see {@link HollowConnection}. */
    @Nullable
    SQLException refusal() {
        return refusal;
    }

    /** The connection itself, once it is open, for the one who ends it; nobody gets it again. */
    @Nullable
    Connection takePhysical() {
        Connection taken = physical;
        physical = null;
        return taken;
    }

    void opened(Connection connection) {
        physical = connection;
    }

    @Nullable
    RotatingConnection holder() {
        return holder;
    }

    void heldBy(RotatingConnection borrowed) {
        holder = borrowed;
        held = true;
    }

    /** Whether it was ever checked out. */
    boolean wasHeld() {
        return held;
    }

    void leftBy(RotatingConnection returned) {
        if (holder == returned) {
            holder = null;
        }
    }

    /** Notes who holds it now, to tell later for how long; called by the drain alone. */
    void watch(long now) {
        RotatingConnection held = holder;
        if (held != seen) {
            seen = held;
            seenSince = now;
        }
    }

    /** The holder and for how long it has been seen to hold the connection, at least. */
    String holding(long now) {
        RotatingConnection held = seen;
        return "generation " + generation + " held by "
                + (held == null
                        ? "nobody"
                        : "thread " + held.thread() + " for at least " + Duration.ofNanos(now - seenSince));
    }

    @Override
    public String toString() {
        return "Ticket[" + generation + "]";
    }
}
