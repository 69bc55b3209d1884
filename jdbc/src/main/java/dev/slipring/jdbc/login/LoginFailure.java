package dev.slipring.jdbc.login;

import java.sql.SQLException;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a database's error says about the login that was tried: the one table of verdicts, for PostgreSQL by SQLState,
 * for MariaDB and MySQL by SQLState and error number.
 */
public enum LoginFailure {
    /**
     * User or password is not valid: PostgreSQL 28P01; MariaDB and MySQL 1045 and 1698 (wrong), 4151 and 3118 (locked),
     * 1820 and 1862 (expired).
     */
    DEAD,
    /** The login was turned away, maybe for a reason outside it, such as NOLOGIN, pg_hba or TLS: other 28xxx. */
    REFUSED,
    /** The login works but may not do what was asked: PostgreSQL 42501, MariaDB and MySQL 1044 and 1142. */
    RIGHTS,
    /**
     * The error says nothing about the login: network, shutdown, capacity (53300, 1040, 1226), hosts and accounts that
     * are blocked after too many errors (1129, 4150, 3955), and everything else.
     */
    NONE;

    /** Where the SQLState alone would mislead, or says too little. */
    private static final Map<String, LoginFailure> BY_NUMBER = Map.ofEntries(
            Map.entry("28000/1045", DEAD),
            Map.entry("28000/1698", DEAD),
            Map.entry("HY000/4151", DEAD),
            Map.entry("HY000/3118", DEAD),
            Map.entry("HY000/1820", DEAD),
            Map.entry("HY000/1862", DEAD),
            Map.entry("42000/1044", RIGHTS),
            Map.entry("42000/1142", RIGHTS));

    /** Whether the database turned the login away. */
    public boolean authentication() {
        return this == DEAD || this == REFUSED;
    }

    /** What {@code failure}, its causes and its chained exceptions say; the first that says something counts. */
    public static LoginFailure of(Throwable failure) {
        return walk(failure, new HashSet<>());
    }

    /** The first SQLState of {@code failure} and its causes, or {@code "none"}. */
    public static String stateOf(Throwable failure) {
        Set<Throwable> seen = new HashSet<>();
        for (Throwable at = failure; at != null && seen.add(at); at = at.getCause()) {
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
        LoginFailure here = failure instanceof SQLException sql ? ofCodes(sql) : NONE;
        if (here == NONE) {
            here = walk(failure.getCause(), seen);
        }
        return here == NONE && failure instanceof SQLException sql ? walk(sql.getNextException(), seen) : here;
    }

    private static LoginFailure ofCodes(SQLException e) {
        String state = e.getSQLState();
        if (state == null) {
            return NONE;
        }
        LoginFailure numbered = BY_NUMBER.get(state + "/" + e.getErrorCode());
        if (numbered != null) {
            return numbered;
        }
        return switch (state) {
            case "28P01" -> DEAD;
            case "42501" -> RIGHTS;
            default -> state.startsWith("28") ? REFUSED : NONE;
        };
    }
}
