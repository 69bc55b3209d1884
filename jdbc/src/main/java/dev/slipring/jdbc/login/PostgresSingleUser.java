package dev.slipring.jdbc.login;

import dev.slipring.rotation.Install;
import dev.slipring.rotation.Issuance;
import dev.slipring.rotation.IssuerException;
import dev.slipring.rotation.IssuerTraits;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * One PostgreSQL role whose password changes. A role may not comment on itself, so that its mark is a setting; since
 * PostgreSQL 15 the right to set that can be granted.
 */
final class PostgresSingleUser implements LoginStrategy {
    private static final String MARK = "slipring.login";
    private static final String STATE = """
            SELECT r.rolname IS NOT NULL, (SELECT pg_catalog.substr(c.setting, pg_catalog.length(?) + 2)
                    FROM pg_catalog.pg_db_role_setting s, LATERAL pg_catalog.unnest(s.setconfig) AS c (setting)
                    WHERE s.setrole = r.oid AND s.setdatabase = 0
                        AND pg_catalog.split_part(c.setting, '=', 1) = ?),
                session_user = ?, me.rolcreaterole,
                coalesce(pg_catalog.pg_has_role(current_user, r.oid, 'MEMBER WITH ADMIN OPTION'), false),
                pg_catalog.current_setting('server_version_num')::int,
                pg_catalog.has_parameter_privilege(session_user, ?, 'SET')
            FROM pg_catalog.pg_roles me LEFT JOIN pg_catalog.pg_roles r ON r.rolname = ?
            WHERE me.rolname = current_user""";
    private static final int CREATEROLE_NEEDS_ADMIN = 160000;

    private final ConnectionSource admin;
    private final PostgresIdentifier user;
    private final PostgresIdentifier rotator;
    private final Duration deadline;

    PostgresSingleUser(LoginIssuer.Builder builder, String user) {
        admin = builder.admin;
        deadline = builder.statementDeadline;
        rotator = new PostgresIdentifier(builder.rotator);
        this.user = new PostgresIdentifier(user);
    }

    /** What the catalog says of the user and of whoever asks. */
    private record State(boolean exists, Optional<String> mark, boolean self, boolean mayAlter, boolean mayMark) {}

    @Override
    public IssuerTraits traits(boolean probes) {
        return new IssuerTraits(Install.AFTER_PUBLISH_DELAY, List.of(), probes, false, deadline);
    }

    @Override
    public String user(Issuance issuance) {
        return user.name();
    }

    @Override
    public void install(Issuance issuance, Login login) throws SQLException {
        String verifier = PostgresRoles.verifier(login);
        RoleTransaction.run(admin, user, deadline, transaction -> {
            UserMark mark = ours(transaction, issuance);
            if (mark.revoked().contains(issuance.version())) {
                throw new IssuerException("version " + issuance.version() + " of " + issuance.secret() + " as role "
                        + user + " was revoked and is not installed again");
            }
            transaction.execute("ALTER ROLE " + user.quoted() + " PASSWORD '" + ScramVerifier.checked(verifier) + "'");
            mark(transaction, mark.installed(issuance));
        });
    }

    /** A version that another has replaced is invalid by that; the one that is installed loses its password. */
    @Override
    public void revoke(Issuance issuance) throws SQLException {
        RoleTransaction.run(admin, user, deadline, transaction -> {
            UserMark mark = ours(transaction, issuance);
            if (mark.current().version() == issuance.version()) {
                transaction.execute("ALTER ROLE " + user.quoted() + " PASSWORD NULL");
            }
            mark(transaction, mark.revoked(issuance.version()));
        });
    }

    @Override
    public String setupSql() {
        return """
                -- Once, by an administrator. Leave the first statement out for a user that exists; adopt its password.
                CREATE ROLE %1$s LOGIN;
                ALTER ROLE %1$s SET %3$s TO '%4$s';
                -- The rotator; not needed where %1$s rotates itself. Give it a password or another way to log in.
                CREATE ROLE %2$s LOGIN CREATEROLE;
                GRANT %1$s TO %2$s WITH ADMIN OPTION;
                GRANT SET ON PARAMETER %3$s TO %2$s; -- or to %1$s, where it rotates itself
                """.formatted(user.quoted(), rotator.quoted(), MARK, UserMark.OFFERED);
    }

    @Override
    public List<String> missing() throws SQLException {
        try (Connection connection = admin.open();
                PreparedStatement query = connection.prepareStatement(STATE)) {
            State state = state(query);
            List<String> missing = new ArrayList<>();
            if (!state.exists()) {
                missing.add("there is no role " + user);
            } else if (state.mark().isEmpty()) {
                missing.add("the role " + user + " is not handed over: its setting " + MARK + " is missing");
            }
            if (!state.mayAlter() && !state.self()) {
                missing.add("the rotator has no CREATEROLE, or no ADMIN OPTION on " + user);
            }
            if (!state.mayMark()) {
                missing.add("the rotator may not SET the parameter " + MARK);
            }
            return missing;
        }
    }

    @Override
    public String toString() {
        return "PostgresLogins[" + user + "]";
    }

    /** The mark, ours or to be; in a session that may change the role. */
    private UserMark ours(RoleTransaction transaction, Issuance issuance) throws SQLException {
        State state;
        try (PreparedStatement query = transaction.prepare(STATE)) {
            state = state(query);
        }
        if (state.self()) {
            transaction.execute("SET LOCAL ROLE NONE"); // the session may act as an owner role, which has no such right
        }
        if (state.mark().equals(Optional.of(UserMark.OFFERED))) {
            return new UserMark(
                    new SlotTag(issuance.secret(), Integer.MAX_VALUE, "none"), new TreeSet<>()); // nobody's yet
        }
        return state.mark()
                .flatMap(UserMark::parse)
                .filter(mark -> mark.current().secret().equals(issuance.secret()))
                .orElseThrow(() -> new IssuerException("role " + user + " does not belong to secret "
                        + issuance.secret() + ": its setting " + MARK + " does not say so"));
    }

    private void mark(RoleTransaction transaction, UserMark mark) throws SQLException {
        transaction.execute("ALTER ROLE " + user.quoted() + " SET " + MARK + " TO '" + mark + "'");
    }

    private State state(PreparedStatement query) throws SQLException {
        query.setString(1, MARK);
        query.setString(2, MARK);
        query.setString(3, user.name());
        query.setString(4, MARK);
        query.setString(5, user.name());
        try (ResultSet row = query.executeQuery()) {
            if (!row.next()) {
                return new State(false, Optional.empty(), false, false, false);
            }
            boolean mayAlter = row.getBoolean(4) && (row.getBoolean(5) || row.getInt(6) < CREATEROLE_NEEDS_ADMIN);
            return new State(
                    row.getBoolean(1),
                    Optional.ofNullable(row.getString(2)),
                    row.getBoolean(3),
                    mayAlter,
                    row.getBoolean(7));
        }
    }
}
