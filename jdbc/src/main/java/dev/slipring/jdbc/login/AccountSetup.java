package dev.slipring.jdbc.login;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What has to be in place, once, in MariaDB or MySQL.
 *
 * @param offered the account that is handed over; empty where accounts are made
 * @param role that accounts are made with; empty where one is handed over
 */
record AccountSetup(
        AccountDialect dialect,
        AccountName rotator,
        List<AccountName> accounts,
        Optional<AccountName> offered,
        Optional<AccountName> role) {

    String sql() {
        StringBuilder sql = new StringBuilder("""
                -- Once, by an administrator. The rotator's own book of the logins, which hold no secret.
                CREATE DATABASE IF NOT EXISTS slipring;
                CREATE TABLE IF NOT EXISTS slipring.logins (
                  account varchar(200) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
                  version int NOT NULL,
                  secret varchar(64) NOT NULL,
                  rotation_id varchar(64) NOT NULL,
                  state varchar(16) NOT NULL,
                  fingerprint char(32) NOT NULL,
                  PRIMARY KEY (account, version)) ENGINE = InnoDB;
                -- The rotator. CREATE USER lets it change every account: guard it like an administrator.
                -- Then give it a password or another way to log in, and unlock it.
                CREATE USER :rotator ACCOUNT LOCK;
                GRANT CREATE USER, PROCESS ON *.* TO :rotator;
                GRANT SELECT, INSERT, UPDATE ON slipring.logins TO :rotator;
                """);
        sql.append(dialect.grants(role.isPresent()));
        role.ifPresent(
                name -> sql.append("-- The role holds every right of the application. Grant it what that uses.\n")
                        .append("CREATE ROLE ")
                        .append(name.quoted())
                        .append(";\nGRANT ")
                        .append(name.quoted())
                        .append(" TO :rotator WITH ADMIN OPTION;\n")
                        .append("-- Only to dispose of logins, since nobody else is shown who defined what:\n")
                        .append("-- GRANT SELECT, SHOW VIEW, TRIGGER, EVENT, EXECUTE ON *.* TO :rotator;\n"));
        offered.ifPresent(name -> sql.append("-- Leave this out for a user that exists; adopt its password.\n")
                .append("CREATE USER ")
                .append(name.quoted())
                .append(" ACCOUNT LOCK;\n-- The handing over.\nINSERT INTO slipring.logins VALUES ('")
                .append(name.toString().replace("\\", "\\\\").replace("'", "''"))
                .append("', 0, '', '', 'OFFERED', '');\n"));
        return sql.toString().replace(":rotator", rotator.quoted());
    }

    /** What is not in place, seen by whoever {@code admin} connects as. */
    List<String> missing(ConnectionSource admin) throws SQLException {
        List<String> missing = new ArrayList<>();
        try (Connection connection = admin.open()) {
            require(hasPrivilege(connection, "CREATE USER"), "the rotator has no CREATE USER", missing);
            require(hasPrivilege(connection, "PROCESS"), "the rotator has no PROCESS", missing);
            for (AccountName account : accounts) {
                check(connection, account, missing);
            }
            if (role.isPresent()) {
                require(administers(connection, role.get()), "no ADMIN OPTION on the role " + role.get(), missing);
            }
        }
        return missing;
    }

    private void check(Connection connection, AccountName account, List<String> missing) throws SQLException {
        try {
            LoginLedger ledger = AccountSession.ledger(connection, account);
            boolean present = dialect.account(connection, account).isPresent();
            if (offered.isPresent()) {
                require(present, "there is no account " + account, missing);
                require(!ledger.entries().isEmpty(), "the account " + account + " is not handed over", missing);
            } else {
                require(!present || !ledger.entries().isEmpty(), "the account " + account + " is not ours", missing);
            }
        } catch (SQLException e) {
            if (LoginFailure.of(e) != LoginFailure.RIGHTS && !"42S02".equals(e.getSQLState())) {
                throw e;
            }
            missing.add("the rotator cannot read " + LoginLedger.TABLE + " or what the server says of " + account);
        }
    }

    static boolean hasPrivilege(Connection connection, String privilege) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement("SELECT COUNT(*) FROM"
                + " information_schema.USER_PRIVILEGES WHERE PRIVILEGE_TYPE = ? AND REPLACE(GRANTEE, '''', '')"
                + " = REPLACE(CURRENT_USER(), '''', '')")) {
            query.setString(1, privilege);
            try (ResultSet row = query.executeQuery()) {
                return row.next() && row.getInt(1) > 0;
            }
        }
    }

    private static boolean administers(Connection connection, AccountName role) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT ROLE_NAME FROM information_schema.APPLICABLE_ROLES WHERE IS_GRANTABLE = 'YES'")) {
            while (row.next()) {
                if (row.getString(1).equals(role.user())) {
                    return true;
                }
            }
            return false;
        }
    }

    private static void require(boolean there, String otherwise, List<String> missing) {
        if (!there) {
            missing.add(otherwise);
        }
    }
}
