package dev.slipring.jdbc.login;

import dev.slipring.jdbc.login.LoginLedger.Entry;
import dev.slipring.jdbc.login.LoginLedger.State;
import dev.slipring.rotation.Install;
import dev.slipring.rotation.Issuance;
import dev.slipring.rotation.IssuerException;
import dev.slipring.rotation.IssuerTraits;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * One account of MariaDB's with one password or two. The account follows the ledger: it accepts the hashes of
 * usable versions, and no others.
 */
final class MariaDbPasswords implements LoginStrategy {
    private static final MariaDbDialect DIALECT = new MariaDbDialect();

    private final ConnectionSource admin;
    private final AccountName account;
    private final boolean two;
    private final Duration deadline;
    private final AccountSetup setup;

    private MariaDbPasswords(LoginIssuer.Builder builder, String user, boolean two) {
        admin = builder.admin;
        account = new AccountName(user, builder.host);
        deadline = builder.statementDeadline;
        this.two = two;
        setup = new AccountSetup(
                DIALECT,
                new AccountName(builder.rotator, builder.host),
                List.of(account),
                Optional.of(account),
                Optional.empty());
    }

    static MariaDbPasswords one(LoginIssuer.Builder builder, String user) {
        return new MariaDbPasswords(builder, user, false);
    }

    static MariaDbPasswords two(LoginIssuer.Builder builder, String user) {
        return new MariaDbPasswords(builder, user, true);
    }

    /** The two places of an account's passwords are slots, so that a third password waits until one is free. */
    @Override
    public IssuerTraits traits(boolean probes) {
        return two
                ? new IssuerTraits(Install.BEFORE_PUBLISH, places(account), probes, false, deadline)
                : new IssuerTraits(Install.AFTER_PUBLISH_DELAY, List.of(), probes, false, deadline);
    }

    static List<String> places(AccountName account) {
        return List.of(account + " password 1", account + " password 2");
    }

    @Override
    public String user(Issuance issuance) {
        return account.user();
    }

    /** The account was locked by us, or by whoever handed it over, if it accepts no usable password yet. */
    @Override
    public void install(Issuance issuance, Login login) throws SQLException {
        String hash = NativePassword.hash(login);
        AccountSession.run(DIALECT, admin, account, deadline, session -> {
            LoginLedger ledger = session.ledger();
            ledger.requireOurs(issuance);
            ledger.requireNotOver(issuance);
            List<String> others = without(hash, usable(account(session), ledger.usableBut(issuance.version())));
            List<String> accepted = new ArrayList<>(List.of(hash));
            if (two) {
                requireRoom(ledger, issuance, others);
                accepted.addAll(others);
            }
            boolean valid = ledger.entry(issuance.version())
                    .filter(entry -> entry.state() == State.VALID)
                    .isPresent();
            session.enter(issuance, State.INSTALLING, NativePassword.fingerprint(hash));
            session.execute(accepting(accepted) + (others.isEmpty() && !valid ? " ACCOUNT UNLOCK" : ""));
            session.enter(issuance, State.VALID, "");
        });
    }

    /** Takes the password of the version away, and locks the account if it was the last one. */
    @Override
    public void revoke(Issuance issuance) throws SQLException {
        AccountSession.run(DIALECT, admin, account, deadline, session -> {
            LoginLedger ledger = session.ledger();
            ledger.requireOurs(issuance);
            session.enter(issuance, State.REVOKING, "");
            List<String> before = account(session).hashes();
            List<Entry> own = ledger.entry(issuance.version()).stream().toList();
            List<String> after = new ArrayList<>(before);
            after.removeAll(usable(new Account(false, before, false), own));
            if (after.isEmpty() && !before.isEmpty()) {
                session.execute("ALTER USER " + account.quoted() + " ACCOUNT LOCK");
            } else if (!after.equals(before)) {
                session.execute(accepting(after));
            }
            session.enter(issuance, State.REVOKED, "");
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
        return "MariaDbLogins[" + account + "]";
    }

    private Account account(AccountSession session) throws SQLException {
        Account found = DIALECT.account(session.connection(), account)
                .orElseThrow(() -> new IssuerException("there is no account " + account));
        if (found.another()) {
            throw new IssuerException("account " + account + " may log in by another method than a password, which a"
                    + " statement about its passwords would take away");
        }
        return found;
    }

    private void requireRoom(LoginLedger ledger, Issuance issuance, List<String> others) {
        if (ledger.entry(issuance.version()).isEmpty()) {
            ledger.requireLatest(issuance);
        }
        if (others.size() > 1) {
            throw new IssuerException("account " + account + " still has two passwords");
        }
    }

    private String accepting(List<String> hashes) {
        return "ALTER USER " + account.quoted() + " " + MariaDbDialect.identified(hashes);
    }

    /** The hashes that the account accepts and that belong to one of {@code versions}. */
    private static List<String> usable(Account account, List<Entry> versions) {
        Set<String> known = versions.stream().map(Entry::fingerprint).collect(Collectors.toSet());
        return account.hashes().stream()
                .filter(hash -> known.contains(NativePassword.fingerprint(hash)))
                .toList();
    }

    private static List<String> without(String hash, List<String> hashes) {
        return hashes.stream().filter(other -> !other.equals(hash)).toList();
    }
}
