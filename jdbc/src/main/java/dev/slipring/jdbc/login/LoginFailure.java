package dev.slipring.jdbc.login;

import java.sql.SQLException;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a database's error says about the login that was tried: the one table of verdicts. */
public enum LoginFailure {
    /** User or password is not valid: PostgreSQL 28P01. */
    DEAD,
    /** The login was turned away, maybe for a reason outside it, such as NOLOGIN, pg_hba or TLS: other 28xxx. */
    REFUSED,
    /** The login works but may not do what was asked: PostgreSQL 42501. */
    RIGHTS,
    /** The error says nothing about the login: network, capacity, shutdown and everything else. */
    NONE;

    /** Whether the database turned the login away. */
    public boolean authentication() {
        return this == DEAD || this == REFUSED;
    }

    /** What {@code failure}, its causes and its chained exceptions say; the first that says something counts. */
    public static LoginFailure of(Throwable failure) {
        return walk(failure, new HashSet<>());
    }

    /** The SQLState that {@link #of} went by, or the first one there is, or {@code "none"}. */
    public static String stateOf(Throwable failure) {
        for (Throwable at = failure; at != null; at = at.getCause()) {
            if (at instanceof SQLException sql && sql.getSQLState() != null) {
                return sql.getSQLState();
            }
        }
        return "none";
    }

    private static LoginFailure walk(@Nullable Throwable failure, Set<Throwable> seen) {
        if (failure == null || !seen.add(failure)) {
            return NONE;
        }
        LoginFailure here = failure instanceof SQLException sql ? ofState(sql.getSQLState()) : NONE;
        if (here == NONE) {
            here = walk(failure.getCause(), seen);
        }
        return here == NONE && failure instanceof SQLException sql ? walk(sql.getNextException(), seen) : here;
    }

    private static LoginFailure ofState(@Nullable String state) {
        if (state == null) {
            return NONE;
        }
        return switch (state) {
            case "28P01" -> DEAD;
            case "42501" -> RIGHTS;
            default -> state.startsWith("28") ? REFUSED : NONE;
        };
    }
}
