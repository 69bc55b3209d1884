package dev.slipring.jdbc.login;

import dev.slipring.jdbc.login.RoleTransaction.Role;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretVersion;
import dev.slipring.keyring.VersionState;
import dev.slipring.rotation.Install;
import dev.slipring.rotation.Issuance;
import dev.slipring.rotation.IssuerException;
import dev.slipring.rotation.IssuerTraits;
import dev.slipring.rotation.UseReport;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** A PostgreSQL role for each version. */
final class PostgresThrowAway implements LoginStrategy {
    private static final int ID_LENGTH = 8;

    private final PostgresRoles roles;
    private final String stem;
    private final List<ConnectionSource> databases;
    private final PostgresSetup setup;

    PostgresThrowAway(LoginIssuer.Builder builder, String ownerRole, String stem) {
        PostgresIdentifier owner = new PostgresIdentifier(ownerRole);
        this.stem = stem;
        name(Integer.MAX_VALUE, "x".repeat(ID_LENGTH)); // refuses a stem that leaves too little room
        databases = builder.databases.isEmpty() ? List.of(builder.admin) : builder.databases;
        roles = new PostgresRoles(builder.admin, owner, builder.connectionLimit, builder.statementDeadline);
        setup = new PostgresSetup(owner, new PostgresIdentifier(builder.rotator));
    }

    @Override
    public IssuerTraits traits(boolean probes) {
        return new IssuerTraits(Install.BEFORE_PUBLISH, List.of(), probes, true, roles.deadline(), true);
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

    @Override
    public void sweep(SecretName secret, Collection<SecretVersion> named) throws SQLException {
        int latest = named.stream().mapToInt(SecretVersion::number).max().orElse(0);
        Set<SlotTag> kept = named.stream()
                .filter(version -> version.state() != VersionState.REVOKED && version.state() != VersionState.DESTROYED)
                .map(version ->
                        new SlotTag(secret, version.number(), version.origin().rotationId()))
                .collect(Collectors.toSet());
        for (Role role : rolesOf(secret)) {
            SlotTag tag = role.tag().orElseThrow();
            boolean ours =
                    role.name().equals(name(tag.version(), tag.rotationId()).name());
            if (ours && role.mayLogIn() && tag.version() <= latest && !kept.contains(tag)) {
                revoke(new Issuance(secret, tag.version(), Optional.empty(), tag.rotationId(), 1, 1));
            }
        }
    }

    /** Never CASCADE: what depends on the role and is not the owner role's by now makes the last statement fail. */
    @Override
    public void dispose(Issuance issuance) throws SQLException {
        PostgresIdentifier role = role(issuance);
        List<Boolean> disposable = new ArrayList<>();
        roles.ifRevoked(issuance, role, transaction -> {
            requireUnused(issuance, role);
            transaction.execute("GRANT " + role.quoted() + " TO CURRENT_USER");
            disposable.add(true);
        });
        if (disposable.isEmpty()) {
            return;
        }
        for (ConnectionSource database : databases) {
            try (Connection connection = database.open();
                    Statement statement = connection.createStatement()) {
                statement.execute("REASSIGN OWNED BY " + role.quoted() + " TO "
                        + roles.owner().quoted());
                statement.execute("DROP OWNED BY " + role.quoted());
            }
        }
        roles.ifRevoked(issuance, role, transaction -> transaction.execute("DROP ROLE " + role.quoted()));
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
        return "PostgresLogins[" + stem + "_* as " + roles.owner() + "]";
    }

    private List<Role> rolesOf(SecretName secret) throws SQLException {
        try (Connection connection = roles.admin().open()) {
            return RoleTransaction.rolesOf(connection, secret);
        }
    }

    private void requireUnused(Issuance issuance, PostgresIdentifier role) throws SQLException {
        if (use(issuance) != UseReport.IDLE) {
            throw new IssuerException("role " + role + " still has sessions");
        }
    }

    private PostgresIdentifier role(Issuance issuance) {
        return name(issuance.version(), issuance.rotationId());
    }

    private PostgresIdentifier name(int version, String rotationId) {
        String id = rotationId.substring(0, Math.min(ID_LENGTH, rotationId.length()));
        return new PostgresIdentifier(stem + "_" + version + "_" + id);
    }
}
