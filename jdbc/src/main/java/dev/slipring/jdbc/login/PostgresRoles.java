package dev.slipring.jdbc.login;

import dev.slipring.jdbc.login.RoleTransaction.Role;
import dev.slipring.rotation.Issuance;
import dev.slipring.rotation.IssuerException;
import dev.slipring.rotation.UseReport;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Optional;

/**
 * Login roles that are members of one owner role, known by their comments.
 *
 * @param admin connections of the rotator role
 * @param owner the role that holds every right
 * @param connectionLimit of each login; -1 if none
 * @param deadline past this no statement takes effect any more
 */
record PostgresRoles(ConnectionSource admin, PostgresIdentifier owner, int connectionLimit, Duration deadline) {
    private static final SecureRandom RANDOM = new SecureRandom();

    /** Makes {@code role} a login of this version: rights first, the permission to log in last, all at once. */
    void install(Issuance issuance, PostgresIdentifier role, Login login) throws SQLException {
        String verifier = verifier(login);
        RoleTransaction.run(admin, role, deadline, transaction -> {
            Optional<Role> before = locked(transaction, role, issuance);
            before.ifPresent(found -> requireNotOver(found, role, issuance));
            if (before.isEmpty()) {
                transaction.execute("CREATE ROLE " + role.quoted() + " NOLOGIN");
            }
            transaction.execute("GRANT " + owner.quoted() + " TO " + role.quoted());
            Optional<String> predecessor = predecessor(transaction, role, issuance);
            if (predecessor.isPresent()) {
                RoleSettings.of(transaction, predecessor.get()).giveTo(transaction, role);
            }
            transaction.execute("ALTER ROLE " + role.quoted() + " SET role TO " + owner.quoted());
            transaction.execute("COMMENT ON ROLE " + role.quoted() + " IS '" + SlotTag.of(issuance) + "'");
            transaction.execute("ALTER ROLE " + role.quoted() + " LOGIN" + limit() + " PASSWORD '"
                    + ScramVerifier.checked(verifier) + "'");
        });
    }

    /**
     * Sets NOLOGIN. An absent role, or one that a later version owns, is a success: the password is gone with it. A
     * locked role of an earlier version is marked as this one's, so that an install that comes late finds it over.
     */
    void revoke(Issuance issuance, PostgresIdentifier role) throws SQLException {
        SlotTag own = SlotTag.of(issuance);
        RoleTransaction.run(admin, role, deadline, transaction -> {
            Optional<Role> found = locked(transaction, role, issuance);
            int version = found.flatMap(Role::tag).map(SlotTag::version).orElse(Integer.MAX_VALUE);
            if (version == own.version()) {
                transaction.execute("ALTER ROLE " + role.quoted() + " NOLOGIN");
            } else if (version < own.version() && !found.map(Role::mayLogIn).orElse(true)) {
                transaction.execute("COMMENT ON ROLE " + role.quoted() + " IS '" + own + "'");
            }
        });
    }

    /** Does {@code work} if the role is this version's and may not log in any more. */
    void ifRevoked(Issuance issuance, PostgresIdentifier role, RoleTransaction.Work work) throws SQLException {
        RoleTransaction.run(admin, role, deadline, transaction -> {
            Optional<Role> found = locked(transaction, role, issuance);
            if (found.flatMap(Role::tag).equals(Optional.of(SlotTag.of(issuance)))) {
                if (found.map(Role::mayLogIn).orElse(true)) {
                    throw new IssuerException("role " + role + " may still log in");
                }
                work.in(transaction);
            }
        });
    }

    boolean isRevoked(Issuance issuance, PostgresIdentifier role) throws SQLException {
        try (Connection connection = admin.open()) {
            return RoleTransaction.role(connection, role)
                    .filter(found -> !found.mayLogIn())
                    .flatMap(Role::tag)
                    .filter(tag -> tag.secret().equals(issuance.secret()))
                    .isPresent();
        }
    }

    UseReport use(Issuance issuance, PostgresIdentifier role) throws SQLException {
        try (Connection connection = admin.open()) {
            boolean owned = RoleTransaction.role(connection, role)
                    .flatMap(Role::tag)
                    .filter(SlotTag.of(issuance)::equals)
                    .isPresent();
            return owned && sessions(connection, role) > 0 ? UseReport.IN_USE : UseReport.IDLE;
        }
    }

    static int sessions(Connection connection, PostgresIdentifier role) throws SQLException {
        try (PreparedStatement query =
                connection.prepareStatement("SELECT count(*) FROM pg_catalog.pg_stat_activity WHERE usename = ?")) {
            query.setString(1, role.name());
            try (ResultSet row = query.executeQuery()) {
                row.next();
                return row.getInt(1);
            }
        }
    }

    static String verifier(Login login) {
        byte[] password = login.copyPassword();
        try {
            return ScramVerifier.of(password, RANDOM);
        } catch (IllegalArgumentException e) {
            throw new IssuerException("the login of " + login.user() + " has no SCRAM verifier: " + e.getMessage());
        } finally {
            Arrays.fill(password, (byte) 0);
        }
    }

    /**
     * The role, once nobody else can change it. A role has no lock of its own that a rotator may take, but a
     * harmless ALTER holds its row until the end of the transaction.
     */
    private Optional<Role> locked(RoleTransaction transaction, PostgresIdentifier role, Issuance issuance)
            throws SQLException {
        Optional<Role> found = transaction.role();
        if (found.isEmpty()) {
            return Optional.empty();
        }
        requireOurs(found.get(), role, issuance);
        transaction.execute("ALTER ROLE " + role.quoted() + limit());
        Optional<Role> locked = transaction.role();
        locked.ifPresent(ours -> requireOurs(ours, role, issuance));
        return locked;
    }

    /** The login of the latest other version of the secret that may log in: its settings are the current ones. */
    private static Optional<String> predecessor(RoleTransaction transaction, PostgresIdentifier role, Issuance issuance)
            throws SQLException {
        return transaction.rolesOf(issuance.secret()).stream()
                .filter(other -> other.mayLogIn() && !other.name().equals(role.name()))
                .max(Comparator.comparing(
                        other -> other.tag().map(SlotTag::version).orElse(0)))
                .map(Role::name);
    }

    /** A call that comes late must not bring back what was revoked, nor take a slot that was given on. */
    private static void requireNotOver(Role found, PostgresIdentifier role, Issuance issuance) {
        SlotTag tag = requireOurs(found, role, issuance);
        if (tag.version() > issuance.version()) {
            throw new IssuerException("role " + role + " belongs to version " + tag.version() + " of "
                    + issuance.secret() + "; version " + issuance.version() + " does not touch it");
        }
        if (tag.equals(SlotTag.of(issuance)) && !found.mayLogIn()) {
            throw new IssuerException("version " + issuance.version() + " of " + issuance.secret() + " as role " + role
                    + " was revoked and is not installed again");
        }
    }

    private static SlotTag requireOurs(Role found, PostgresIdentifier role, Issuance issuance) {
        return found.tag()
                .filter(tag -> tag.secret().equals(issuance.secret()))
                .orElseThrow(() -> new IssuerException("role " + role + " exists but does not belong to secret "
                        + issuance.secret() + ": its comment does not say slipring:" + issuance.secret()));
    }

    private String limit() {
        return " CONNECTION LIMIT " + connectionLimit;
    }
}
