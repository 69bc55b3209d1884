package dev.slipring.jdbc.login;

import dev.slipring.rotation.Install;
import dev.slipring.rotation.Issuance;
import dev.slipring.rotation.IssuerException;
import dev.slipring.rotation.IssuerTraits;
import dev.slipring.rotation.UseReport;
import java.sql.SQLException;
import java.util.List;

/** Two PostgreSQL roles that take turns. */
final class PostgresAlternating implements LoginStrategy {
    private final PostgresRoles roles;
    private final List<String> slots;
    private final PostgresSetup setup;

    PostgresAlternating(LoginIssuer.Builder builder, String ownerRole) {
        PostgresIdentifier owner = new PostgresIdentifier(ownerRole);
        slots = builder.slots.stream()
                .map(slot -> new PostgresIdentifier(slot).name())
                .toList();
        roles = new PostgresRoles(builder.admin, owner, builder.connectionLimit, builder.statementDeadline);
        setup = new PostgresSetup(owner, new PostgresIdentifier(builder.rotator));
    }

    @Override
    public IssuerTraits traits(boolean probes) {
        return new IssuerTraits(Install.BEFORE_PUBLISH, slots, probes, true, roles.deadline());
    }

    @Override
    public String user(Issuance issuance) {
        return role(issuance).name();
    }

    @Override
    public void install(Issuance issuance, Login login) throws SQLException {
        roles.install(issuance, role(issuance), login);
    }

    @Override
    public void revoke(Issuance issuance) throws SQLException {
        roles.revoke(issuance, role(issuance));
    }

    @Override
    public boolean isRevoked(Issuance issuance) throws SQLException {
        return roles.isRevoked(issuance, role(issuance));
    }

    @Override
    public UseReport use(Issuance issuance) throws SQLException {
        return roles.use(issuance, role(issuance));
    }

    /** The role stays for a later version; what is left of this one is its verifier. */
    @Override
    public void dispose(Issuance issuance) throws SQLException {
        PostgresIdentifier role = role(issuance);
        roles.ifRevoked(
                issuance, role, transaction -> transaction.execute("ALTER ROLE " + role.quoted() + " PASSWORD NULL"));
    }

    @Override
    public String setupSql() {
        return setup.sql();
    }

    @Override
    public List<String> missing() throws SQLException {
        return setup.missing(roles.admin());
    }

    @Override
    public String toString() {
        return "PostgresLogins[" + slots + " as " + roles.owner() + "]";
    }

    private PostgresIdentifier role(Issuance issuance) {
        return issuance.slot()
                .filter(slots::contains)
                .map(PostgresIdentifier::new)
                .orElseThrow(() -> new IssuerException("version " + issuance.version() + " of " + issuance.secret()
                        + " is in none of the slots " + slots));
    }
}
