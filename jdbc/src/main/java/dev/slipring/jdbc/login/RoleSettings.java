package dev.slipring.jdbc.login;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What {@code ALTER ROLE ... SET} has set for one role, in all databases and in single ones; not which role its
 * sessions assume, nor what is ours.
 */
record RoleSettings(List<Setting> settings) {

    /** @param database null for all of them */
    record Setting(@Nullable String database, String name, String value) {}

    static RoleSettings of(RoleTransaction transaction, String role) throws SQLException {
        List<Setting> found = new ArrayList<>();
        try (PreparedStatement query = transaction.prepare("""
                SELECT d.datname, pg_catalog.split_part(c.setting, '=', 1),
                    pg_catalog.substr(c.setting, pg_catalog.strpos(c.setting, '=') + 1)
                FROM pg_catalog.pg_db_role_setting s JOIN pg_catalog.pg_roles r ON r.oid = s.setrole
                    LEFT JOIN pg_catalog.pg_database d ON d.oid = s.setdatabase,
                    LATERAL pg_catalog.unnest(s.setconfig) AS c (setting)
                WHERE r.rolname = ?""")) {
            query.setString(1, role);
            try (ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    Setting setting = new Setting(row.getString(1), row.getString(2), row.getString(3));
                    if (!setting.name().equals("role") && !setting.name().startsWith("slipring.")) {
                        found.add(setting);
                    }
                }
            }
        }
        return new RoleSettings(found);
    }

    /** Replaces the settings of {@code role} by these. */
    void giveTo(RoleTransaction transaction, PostgresIdentifier role) throws SQLException {
        Set<String> databases = new TreeSet<>();
        for (Setting old : of(transaction, role.name()).settings) {
            Optional.ofNullable(old.database()).ifPresent(databases::add);
        }
        transaction.execute("ALTER ROLE " + role.quoted() + " RESET ALL");
        for (String database : databases) {
            transaction.execute("ALTER ROLE " + role.quoted() + in(database) + " RESET ALL");
        }
        for (Setting setting : settings) {
            give(transaction, role, setting);
        }
    }

    /**
     * The value is bound and then taken from the session, since a list such as {@code search_path} has quotes of its
     * own and whoever set it may have chosen them with care.
     */
    private static void give(RoleTransaction transaction, PostgresIdentifier role, Setting setting)
            throws SQLException {
        String before = transaction.setting(setting.name(), setting.value());
        transaction.execute("ALTER ROLE " + role.quoted() + in(setting.database()) + " SET " + quoted(setting.name())
                + " FROM CURRENT");
        transaction.setting(setting.name(), before);
    }

    /** A custom setting has a prefix, and each part is an identifier. */
    private static String quoted(String name) {
        StringBuilder quoted = new StringBuilder();
        for (String part : name.split("\\.", -1)) {
            quoted.append(quoted.isEmpty() ? "" : ".").append(new PostgresIdentifier(part).quoted());
        }
        return quoted.toString();
    }

    private static String in(@Nullable String database) {
        return database == null ? "" : " IN DATABASE " + new PostgresIdentifier(database).quoted();
    }
}
