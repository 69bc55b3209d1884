package dev.slipring.jdbc.login;

import dev.slipring.keyring.SecretName;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * Turns a PostgreSQL user that owns what the application uses into the first of two alternating logins: what it owns
 * becomes the owner role's, whose rights it keeps as a member, and its comment says whose it is. Its password and its
 * sessions stay. Then give the issuer {@code slots(user, ...)} and let the secret adopt the present value.
 *
 * <p>Done once, by an administrator who may act as both roles, after the issuer's own set-up. Immutable.
 */
public final class PostgresAdoption {
    /** What the protocol calls the rotation that version 1 comes from. */
    private static final String CREATION = "creation";

    private final PostgresIdentifier user;
    private final PostgresIdentifier owner;
    private final PostgresIdentifier rotator;
    private final SlotTag tag;

    private PostgresAdoption(SecretName secret, String user, String ownerRole, String rotator) {
        this.user = new PostgresIdentifier(user);
        this.owner = new PostgresIdentifier(ownerRole);
        this.rotator = new PostgresIdentifier(rotator);
        tag = new SlotTag(secret, 1, CREATION);
    }

    /**
     * The adoption of {@code user} as version 1 of {@code secret}.
     *
     * @throws IllegalArgumentException if a name cannot be quoted safely
     */
    public static PostgresAdoption of(SecretName secret, String user, String ownerRole, String rotator) {
        return new PostgresAdoption(secret, user, ownerRole, rotator);
    }

    /** The SQL, as a script: its last part once, its first part in each database where the user owns something. */
    public String sql() {
        return "-- In each database in which " + user.quoted() + " owns something:\n" + reassign() + ";\n-- Once:\n"
                + String.join(";\n", handOver()) + ";\n";
    }

    /**
     * Executes it.
     *
     * @param first connections of the administrator to one database in which the user may own something
     * @param others to the others
     * @throws SQLException if the database refused; done in part then, and to be repeated
     */
    public void run(ConnectionSource first, ConnectionSource... others) throws SQLException {
        List<ConnectionSource> all = new ArrayList<>(List.of(others));
        all.add(first);
        for (ConnectionSource database : all) {
            execute(database, List.of(reassign()));
        }
        execute(first, handOver());
    }

    private String reassign() {
        return "REASSIGN OWNED BY " + user.quoted() + " TO " + owner.quoted();
    }

    private List<String> handOver() {
        return List.of(
                "GRANT " + owner.quoted() + " TO " + user.quoted(),
                "GRANT " + user.quoted() + " TO " + rotator.quoted() + " WITH ADMIN OPTION",
                "ALTER ROLE " + user.quoted() + " SET role TO " + owner.quoted(),
                "COMMENT ON ROLE " + user.quoted() + " IS '" + tag + "'");
    }

    private static void execute(ConnectionSource source, List<String> statements) throws SQLException {
        try (Connection connection = source.open();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }
}
