package dev.slipring.jdbc;

/**
 * Where a {@link RotatingDataSource} is between two versions of its login. A generation is the number of a
 * version; {@link #generation()} is the one with which new connections are opened.
 *
 * <p>Usually {@code Stable(1)}, {@code Candidate(1, 2)}, {@code Verifying(1, 2)}, {@code Switched(2, 1)},
 * {@code Draining(2, 1)}, {@code Drained(2, 1)}, {@code Stable(2)}.
 */
public sealed interface ClientState {
    /** The generation with which new connections are opened. */
    int generation();

    /** Every connection is of one generation and no other is in sight. */
    record Stable(int generation) implements ClientState {}

    /** Generation {@code next} is known; it is tried next, or was tried and waits to become primary. */
    record Candidate(int generation, int next) implements ClientState {}

    /** Generation {@code next} is being tried on a connection of its own. */
    record Verifying(int generation, int next) implements ClientState {}

    /** Generation {@code next} did not pass; it is tried again with back-off, and the pool stays as it is. */
    record Quarantined(int generation, int next, Reason reason) implements ClientState {}

    /** New connections use {@code generation} from now on; those of {@code previous} still work. */
    record Switched(int generation, int previous) implements ClientState {}

    /** Connections of {@code previous} are being replaced, one at a time. */
    record Draining(int generation, int previous) implements ClientState {}

    /** No connection of {@code previous} is left. */
    record Drained(int generation, int previous) implements ClientState {}

    /** The database refuses the only generation there is; a newer one is being asked for. */
    record Rescue(int generation) implements ClientState {}

    /** Why a generation is quarantined. */
    enum Reason {
        /** The database refused the login. */
        REFUSED,
        /** The login works but lacks rights that the current one has. */
        RIGHTS
    }
}
