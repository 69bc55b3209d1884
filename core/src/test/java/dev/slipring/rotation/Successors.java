package dev.slipring.rotation;

import java.util.function.Supplier;

/** Takes what can happen next. */
interface Successors {
    /** The state {@code next} can follow; {@code how} is told only if somebody wants to read it. */
    void add(ModelState next, Supplier<String> how);

    /** Something can happen that must not. */
    void broken(String invariant, Supplier<String> how);
}
