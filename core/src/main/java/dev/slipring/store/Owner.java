package dev.slipring.store;

import java.time.Instant;
import java.util.Objects;

/**
 * The replica that acted last. Until then the others leave the next step to it, which saves duplicate work;
 * correctness never depends on it.
 *
 * @param replica name of the replica
 * @param until in the store's time
 */
public record Owner(String replica, Instant until) {
    public Owner {
        Objects.requireNonNull(replica, "replica");
        Objects.requireNonNull(until, "until");
    }
}
