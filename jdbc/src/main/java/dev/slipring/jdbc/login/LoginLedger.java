package dev.slipring.jdbc.login;

import dev.slipring.rotation.Issuance;
import dev.slipring.rotation.IssuerException;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Whose an account is and which versions it has seen, since MariaDB has no comment on a user: the rows of
 * {@value #TABLE} for one account, as they were read. A row is written before the statement that it announces and
 * again after it, so whoever comes after a crash knows what may have happened. Rows of revoked versions stay, and
 * refuse calls that come late.
 */
record LoginLedger(AccountName account, List<Entry> entries) {
    static final String TABLE = "slipring.logins";

    /** How far a version has come. */
    enum State {
        /** Nobody's yet: an administrator hands the account over. */
        OFFERED,
        INSTALLING,
        VALID,
        REVOKING,
        REVOKED;

        boolean usable() {
            return this == INSTALLING || this == VALID;
        }

        boolean over() {
            return this == REVOKING || this == REVOKED;
        }
    }

    /** @param fingerprint of the hash that is set for the version; empty if that is not known */
    record Entry(int version, String secret, String rotationId, State state, String fingerprint) {
        boolean usable() {
            return state.usable();
        }
    }

    /** @throws IssuerException if the account is not known to be the secret's */
    void requireOurs(Issuance issuance) {
        boolean foreign = entries.stream()
                .anyMatch(entry -> entry.state() != State.OFFERED
                        && !entry.secret().equals(issuance.secret().value()));
        boolean another = entry(issuance.version())
                .filter(entry -> !entry.rotationId().equals(issuance.rotationId()))
                .isPresent();
        if (entries.isEmpty() || foreign || another) {
            throw new IssuerException("account " + account + " does not belong to version " + issuance.version()
                    + " of " + issuance.secret() + ": " + TABLE + " does not say so");
        }
    }

    /** @throws IssuerException if the version was revoked */
    void requireNotOver(Issuance issuance) {
        if (entry(issuance.version()).filter(entry -> entry.state().over()).isPresent()) {
            throw new IssuerException("version " + issuance.version() + " of " + issuance.secret() + " as " + account
                    + " was revoked and is not installed again");
        }
    }

    /** @throws IssuerException if the account has seen a later version */
    void requireLatest(Issuance issuance) {
        entries.stream()
                .filter(entry -> entry.version() > issuance.version())
                .findFirst()
                .ifPresent(entry -> {
                    throw new IssuerException("account " + account + " belongs to version " + entry.version() + " of "
                            + issuance.secret() + "; version " + issuance.version() + " does not touch it");
                });
    }

    Optional<Entry> entry(int version) {
        return entries.stream().filter(entry -> entry.version() == version).findFirst();
    }

    /** Versions whose password works or may work, the latest last. */
    List<Entry> usable() {
        return entries.stream().filter(Entry::usable).toList();
    }

    List<Entry> usableBut(int version) {
        Predicate<Entry> other = entry -> entry.version() != version;
        return usable().stream().filter(other).toList();
    }

    Optional<Entry> latestUsable() {
        List<Entry> usable = usable();
        return usable.isEmpty() ? Optional.empty() : Optional.of(usable.get(usable.size() - 1));
    }
}
