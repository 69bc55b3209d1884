package dev.slipring.jdbc.login;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What has to be in place, once, before logins can alternate: how to make it and whether it is there. */
record PostgresSetup(PostgresIdentifier owner, PostgresIdentifier rotator) {
    private static final int CREATEROLE_NEEDS_ADMIN = 160000;

    String sql() {
        return """
                -- Once, by an administrator. The owner role holds every right of the application; nobody logs in as it.
                CREATE ROLE %1$s NOLOGIN;
                -- The rotator makes and retires the logins. Give it a password or another way to log in.
                CREATE ROLE %2$s LOGIN CREATEROLE;
                GRANT %1$s TO %2$s WITH ADMIN OPTION;
                -- PostgreSQL 16 and later only:
                ALTER ROLE %2$s SET createrole_self_grant = 'set, inherit';
                -- Then make %1$s own, or be granted, what the application uses.
                """.formatted(owner.quoted(), rotator.quoted());
    }

    /** What is not in place, seen by whoever {@code admin} connects as. */
    List<String> missing(ConnectionSource admin) throws SQLException {
        List<String> missing = new ArrayList<>();
        try (Connection connection = admin.open();
                PreparedStatement query = connection.prepareStatement("""
                SELECT o.rolcanlogin, coalesce(pg_has_role(current_user, o.oid, 'MEMBER WITH ADMIN OPTION'), false),
                    r.rolcreaterole, current_user, current_setting('server_version_num')::int,
                    current_setting('createrole_self_grant', true)
                FROM pg_catalog.pg_roles r LEFT JOIN pg_catalog.pg_roles o ON o.rolname = ?
                WHERE r.rolname = current_user""")) {
            query.setString(1, owner.name());
            try (ResultSet row = query.executeQuery()) {
                row.next();
                collect(row, missing);
            }
        }
        return missing;
    }

    private void collect(ResultSet row, List<String> missing) throws SQLException {
        String user = row.getString(4);
        boolean ownerLogsIn = row.getBoolean(1);
        if (row.wasNull()) {
            missing.add("there is no owner role " + owner);
        } else if (ownerLogsIn) {
            missing.add("the owner role " + owner + " may log in");
        }
        if (!row.getBoolean(2)) {
            missing.add(user + " has no ADMIN OPTION on " + owner);
        }
        if (!row.getBoolean(3)) {
            missing.add(user + " has no CREATEROLE");
        }
        String grants = row.getString(6);
        boolean inherits = grants != null && Set.of(grants.split("[, ]+")).containsAll(Set.of("set", "inherit"));
        if (row.getInt(5) >= CREATEROLE_NEEDS_ADMIN && !inherits) {
            missing.add("createrole_self_grant of " + user + " is not 'set, inherit'");
        }
    }
}
