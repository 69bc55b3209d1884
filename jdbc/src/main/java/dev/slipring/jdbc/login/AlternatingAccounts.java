package dev.slipring.jdbc.login;

import dev.slipring.jdbc.login.LoginLedger.Entry;
import dev.slipring.jdbc.login.LoginLedger.State;
import dev.slipring.rotation.Install;
import dev.slipring.rotation.Issuance;
import dev.slipring.rotation.IssuerException;
import dev.slipring.rotation.IssuerTraits;
import dev.slipring.rotation.UseReport;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Two accounts of MariaDB's or MySQL's that take turns. */
final class AlternatingAccounts implements LoginStrategy {
    private static final List<String> DEFINERS = List.of("ROUTINES", "TRIGGERS", "EVENTS", "VIEWS");
    private static final List<String> SHOW_DEFINERS = List.of("SELECT", "SHOW VIEW", "TRIGGER", "EVENT", "EXECUTE");

    private final AccountDialect dialect;
    private final ConnectionSource admin;
    private final List<String> slots;
    private final String host;
    private final AccountName role;
    private final int connectionLimit;
    private final Duration deadline;
    private final AccountSetup setup;

    AlternatingAccounts(AccountDialect dialect, LoginIssuer.Builder builder, String role) {
        this.dialect = dialect;
        this.role = dialect.role(role);
        admin = builder.admin;
        slots = builder.slots;
        host = builder.host;
        connectionLimit = builder.connectionLimit;
        deadline = builder.statementDeadline;
        setup = new AccountSetup(
                dialect,
                new AccountName(builder.rotator, host),
                slots.stream().map(slot -> new AccountName(slot, host)).toList(),
                Optional.empty(),
                Optional.of(this.role));
    }

    @Override
    public IssuerTraits traits(boolean probes) {
        return new IssuerTraits(Install.BEFORE_PUBLISH, slots, probes, true, deadline);
    }

    @Override
    public String user(Issuance issuance) {
        return account(issuance).user();
    }

    /** Rights first, the password and the permission to log in last. */
    @Override
    public void install(Issuance issuance, Login login) throws SQLException {
        AccountName account = account(issuance);
        AccountSession.run(dialect, admin, account, deadline, session -> {
            LoginLedger ledger = session.ledger();
            boolean present = dialect.account(session.connection(), account).isPresent();
            if (present || !ledger.entries().isEmpty()) {
                ledger.requireOurs(issuance);
            }
            ledger.requireNotOver(issuance);
            ledger.requireLatest(issuance);
            String identified = dialect.identified(session.connection(), login);
            for (Entry earlier : ledger.usableBut(issuance.version())) {
                session.move(earlier.version(), State.REVOKED);
            }
            session.enter(issuance, State.INSTALLING, "");
            if (!present) {
                session.execute("CREATE USER " + account.quoted() + " ACCOUNT LOCK");
            }
            session.execute("GRANT " + role.quoted() + " TO " + account.quoted());
            session.execute(dialect.defaultRole(account, role));
            session.execute("ALTER USER " + account.quoted() + " WITH MAX_USER_CONNECTIONS " + limit());
            session.execute("ALTER USER " + account.quoted() + " " + identified + " ACCOUNT UNLOCK");
            session.enter(issuance, State.VALID, "");
        });
    }

    /** Locks the account, unless another version has it. */
    @Override
    public void revoke(Issuance issuance) throws SQLException {
        AccountName account = account(issuance);
        AccountSession.run(dialect, admin, account, deadline, session -> {
            LoginLedger ledger = session.ledger();
            boolean present = dialect.account(session.connection(), account).isPresent();
            if (present || !ledger.entries().isEmpty()) {
                ledger.requireOurs(issuance);
            }
            session.enter(issuance, State.REVOKING, "");
            if (present && ledger.usableBut(issuance.version()).isEmpty()) {
                session.execute("ALTER USER " + account.quoted() + " ACCOUNT LOCK");
            }
            session.enter(issuance, State.REVOKED, "");
        });
    }

    @Override
    public UseReport use(Issuance issuance) throws SQLException {
        AccountName account = account(issuance);
        try (Connection connection = admin.open()) {
            boolean owned = AccountSession.ledger(connection, account)
                    .latestUsable()
                    .filter(entry -> entry.version() == issuance.version())
                    .isPresent();
            if (!AccountSetup.hasPrivilege(connection, "PROCESS")) {
                return UseReport.UNKNOWN; // it would be shown its own sessions alone
            }
            return owned && sessions(connection, account) > 0 ? UseReport.IN_USE : UseReport.IDLE;
        }
    }

    /** Drops the account, unless something runs with the rights of whoever defined it. */
    @Override
    public void dispose(Issuance issuance) throws SQLException {
        AccountName account = account(issuance);
        AccountSession.run(dialect, admin, account, deadline, session -> {
            LoginLedger ledger = session.ledger();
            boolean ours = ledger.entry(issuance.version())
                    .filter(entry -> entry.state().over())
                    .isPresent();
            boolean present = dialect.account(session.connection(), account).isPresent();
            if (!present || !ours || !ledger.usable().isEmpty()) {
                return;
            }
            ledger.requireOurs(issuance);
            requireNothingLeft(session.connection(), account);
            session.execute("DROP USER " + account.quoted());
        });
    }

    @Override
    public String setupSql() {
        return setup.sql();
    }

    @Override
    public List<String> missing() throws SQLException {
        return setup.missing(admin);
    }

    @Override
    public String toString() {
        return "LoginIssuer[" + slots + " at " + host + " as " + role + "]";
    }

    private static void requireNothingLeft(Connection connection, AccountName account) throws SQLException {
        if (sessions(connection, account) > 0) {
            throw new IssuerException("account " + account + " still has sessions");
        }
        for (String privilege : SHOW_DEFINERS) {
            if (!AccountSetup.hasPrivilege(connection, privilege)) {
                throw new IssuerException("the rotator has no " + privilege + " on *.* and so cannot see what account "
                        + account + " has defined");
            }
        }
        for (String table : DEFINERS) {
            try (PreparedStatement query = connection.prepareStatement(
                    "SELECT COUNT(*) FROM information_schema." + table + " WHERE DEFINER = ?")) {
                query.setString(1, account.toString());
                try (ResultSet row = query.executeQuery()) {
                    row.next();
                    if (row.getInt(1) > 0) {
                        throw new IssuerException(
                                "account " + account + " is the definer of " + row.getInt(1) + " in " + table);
                    }
                }
            }
        }
    }

    private static int sessions(Connection connection, AccountName account) throws SQLException {
        try (PreparedStatement query =
                connection.prepareStatement("SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE USER = ?")) {
            query.setString(1, account.user());
            try (ResultSet row = query.executeQuery()) {
                row.next();
                return row.getInt(1);
            }
        }
    }

    private int limit() {
        return connectionLimit == LoginIssuer.Builder.UNLIMITED ? 0 : connectionLimit;
    }

    private AccountName account(Issuance issuance) {
        return issuance.slot()
                .filter(slots::contains)
                .map(slot -> new AccountName(slot, host))
                .orElseThrow(() -> new IssuerException("version " + issuance.version() + " of " + issuance.secret()
                        + " is in none of the slots " + slots));
    }
}
