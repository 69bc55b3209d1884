package dev.slipring.jdbc;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one physical connection, from before it is opened: the generation of its login never
 * changes. The holder is a hint for reports, written without synchronisation.
 */
final class Ticket {
    private final int generation;
    private final @Nullable SQLException refusal;
    private @Nullable String holder;

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

    @Nullable
    String holder() {
        return holder;
    }

    void heldBy(@Nullable String thread) {
        holder = thread;
    }
}
