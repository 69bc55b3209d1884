package dev.slipring.jdbc.login;

import dev.slipring.jdbc.login.LoginLedger.Entry;
import dev.slipring.jdbc.login.LoginLedger.State;
import dev.slipring.rotation.Install;
import dev.slipring.rotation.Issuance;
import dev.slipring.rotation.IssuerException;
import dev.slipring.rotation.IssuerTraits;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * One account of MySQL's with a primary and an old password. No hash tells which password is whose, so the ledger
 * and whether there is an old one tell what a crash has left:
 *
 * <ul>
 *   <li>RETAIN is used only where there is no old password; if there is one afterwards, it has happened.
 *   <li>A version that is given up is primary, and the version before is the old one: then the primary is set to
 *       what nobody knows. The next version is set without RETAIN, which leaves the old one alone.
 * </ul>
 */
final class MySqlDualPassword implements LoginStrategy {
    private static final MySqlDialect DIALECT = new MySqlDialect();
    private static final SecureRandom RANDOM = new SecureRandom();

    private final ConnectionSource admin;
    private final AccountName account;
    private final LoginTrial trial;
    private final Duration deadline;
    private final AccountSetup setup;

    MySqlDualPassword(LoginIssuer.Builder builder, String user) {
        admin = builder.admin;
        account = new AccountName(user, builder.host);
        trial = builder.trial();
        deadline = builder.statementDeadline;
        if (!trial.possible()) {
            throw new IllegalArgumentException("two passwords of one MySQL user need a login test, since only trying"
                    + " tells whether a password is set");
        }
        setup = new AccountSetup(
                DIALECT,
                new AccountName(builder.rotator, builder.host),
                List.of(account),
                Optional.of(account),
                Optional.empty());
    }

    @Override
    public IssuerTraits traits(boolean probes) {
        return new IssuerTraits(Install.BEFORE_PUBLISH, MariaDbPasswords.places(account), probes, false, deadline);
    }

    @Override
    public String user(Issuance issuance) {
        return account.user();
    }

    @Override
    public void install(Issuance issuance, Login login) throws SQLException {
        AccountSession.run(DIALECT, admin, account, deadline, session -> {
            LoginLedger ledger = finished(session, issuance);
            ledger.requireNotOver(issuance);
            Optional<Entry> own = ledger.entry(issuance.version());
            if (own.isEmpty()) {
                ledger.requireLatest(issuance);
                session.enter(issuance, State.INSTALLING, "");
            }
            if (!works(login)) {
                set(session, ledger.usableBut(issuance.version()), DIALECT.identified(session.connection(), login));
            }
            session.enter(issuance, State.VALID, "");
        });
    }

    @Override
    public void revoke(Issuance issuance) throws SQLException {
        AccountSession.run(DIALECT, admin, account, deadline, session -> {
            LoginLedger ledger = finished(session, issuance);
            Optional<Entry> own = ledger.entry(issuance.version());
            session.enter(issuance, own.isPresent() ? State.REVOKING : State.REVOKED, "");
            finished(session, issuance);
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
        return "MySqlLogins[" + account + "]";
    }

    /** The ledger, once every revocation that a crash has cut short is done. */
    private LoginLedger finished(AccountSession session, Issuance issuance) throws SQLException {
        LoginLedger ledger = session.ledger();
        ledger.requireOurs(issuance);
        for (Entry entry : ledger.entries()) {
            if (entry.state() == State.REVOKING) {
                takeAway(session, entry.version(), ledger.usable());
                session.move(entry.version(), State.REVOKED);
            }
        }
        return session.ledger();
    }

    private void set(AccountSession session, List<Entry> others, String identified) throws SQLException {
        Account before = account(session);
        if (others.size() > 1) {
            throw new IssuerException("account " + account + " still has two passwords");
        }
        String how = others.isEmpty() ? " ACCOUNT UNLOCK" : before.another() ? "" : " RETAIN CURRENT PASSWORD";
        session.execute(alter(identified + how));
    }

    /** @param others versions that stay usable, at most one */
    private void takeAway(AccountSession session, int version, List<Entry> others) throws SQLException {
        boolean old = account(session).another();
        Optional<Entry> other = others.stream().findFirst();
        if (other.isEmpty() || (!old && isOnlyBegun(other.get(), version))) {
            session.execute(alter("ACCOUNT LOCK"));
            session.execute(alter("DISCARD OLD PASSWORD"));
        } else if (other.get().version() > version) {
            session.execute(alter("DISCARD OLD PASSWORD"));
        } else if (old) {
            session.execute(alter(DIALECT.identified(session.connection(), unknown())));
        }
    }

    /** Without an old password, a later version that is being installed has not been set yet. */
    private static boolean isOnlyBegun(Entry other, int version) {
        return other.version() > version && other.state() == State.INSTALLING;
    }

    private boolean works(Login login) throws SQLException {
        Optional<SQLException> failure = trial.failure(login);
        if (failure.isEmpty() || LoginFailure.of(failure.get()) == LoginFailure.RIGHTS) {
            return true;
        }
        if (LoginFailure.of(failure.get()) != LoginFailure.DEAD) {
            throw failure.get();
        }
        return false;
    }

    private Account account(AccountSession session) throws SQLException {
        return DIALECT.account(session.connection(), account)
                .orElseThrow(() -> new IssuerException("there is no account " + account));
    }

    private Login unknown() {
        byte[] secret = new byte[32];
        RANDOM.nextBytes(secret);
        byte[] password = Base64.getUrlEncoder().withoutPadding().encode(secret);
        try {
            return Login.of(account.user(), password);
        } finally {
            Arrays.fill(secret, (byte) 0);
            Arrays.fill(password, (byte) 0);
        }
    }

    private String alter(String what) {
        return "ALTER USER " + account.quoted() + " " + what;
    }
}
