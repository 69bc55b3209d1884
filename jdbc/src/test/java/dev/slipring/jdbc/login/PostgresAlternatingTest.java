package dev.slipring.jdbc.login;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipring.jdbc.PostgresProcess;
import dev.slipring.jdbc.PostgresServer;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretValue;
import dev.slipring.keyring.SecretVersion;
import dev.slipring.keyring.VersionState;
import dev.slipring.rotation.Issuance;
import dev.slipring.rotation.ProbeVerdict;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PostgresAlternatingTest extends LiveLoginContract {
    PostgresProcess server() {
        return PostgresServer.shared();
    }

    @Override
    PostgresWorld world() throws SQLException {
        return PostgresWorld.of(server(), (admin, stem) -> PostgresLogins.alternating(admin, stem + "_owner"));
    }

    /** The slot is the live predecessor's, whose comment is not overwritten. */
    @Override
    boolean lateAbortIsSeen() {
        return false;
    }

    @Override
    String log() {
        return server().log();
    }

    @Test
    void login_getsTheSettingsOfTheOneBefore() throws SQLException {
        PostgresWorld world = world();
        LoginIssuer issuer = world.issuer(world.admin());
        String a = world.stem() + "_a";
        String b = world.stem() + "_b";
        issuer.install(world.version(1), issuer.mint(world.version(1), List.of()));
        server().execute("ALTER ROLE " + a + " SET search_path TO \"odd, name\", 'it''s', public");
        server().execute("ALTER ROLE " + a + " SET statement_timeout TO '15s'");
        server().execute("ALTER ROLE " + a + " IN DATABASE postgres SET work_mem TO '8MB'");
        issuer.install(world.version(2), issuer.mint(world.version(2), List.of()));
        assertThat(settings(b)).isNotEmpty().isEqualTo(settings(a));

        issuer.revoke(world.version(1));
        server().execute("ALTER ROLE " + b + " RESET search_path");
        server().execute("ALTER ROLE " + b + " IN DATABASE postgres RESET ALL");
        issuer.install(world.version(3), issuer.mint(world.version(3), List.of()));
        assertThat(settings(a)).hasSize(1).isEqualTo(settings(b));
    }

    @Test
    void setting_thatTheRotatorMayNotMake_failsTheInstallAndIsNamed() throws SQLException {
        PostgresWorld world = world();
        LoginIssuer issuer = world.issuer(world.admin());
        issuer.install(world.version(1), issuer.mint(world.version(1), List.of()));
        server().execute("ALTER ROLE " + world.stem() + "_a SET log_min_duration_statement TO 0");
        SecretValue second = issuer.mint(world.version(2), List.of());
        assertThatThrownBy(() -> issuer.install(world.version(2), second))
                .hasStackTraceContaining("log_min_duration_statement");
        assertThat(issuer.probe(world.version(2), second)).isEqualTo(ProbeVerdict.DEAD);
    }

    @Test
    void dispose_takesThePasswordAwayAndNoLaterOne() throws SQLException {
        PostgresWorld world = world();
        LoginIssuer issuer = world.issuer(world.admin());
        issuer.install(world.version(1), issuer.mint(world.version(1), List.of()));
        issuer.revoke(world.version(1));
        issuer.dispose(SecretName.of(world.stem()), revoked(world, 1));
        assertThat(password(world)).containsExactly("none");
        issuer.install(world.version(3), issuer.mint(world.version(3), List.of()));
        issuer.dispose(SecretName.of(world.stem()), revoked(world, 1));
        assertThat(password(world).get(0)).startsWith("SCRAM-SHA-256$");
    }

    @Test
    void user_thatWasThereBefore_becomesTheFirstLogin() throws SQLException {
        String user = "veteran";
        PostgresWorld world = PostgresWorld.of(
                server(),
                (admin, stem) ->
                        PostgresLogins.alternating(admin, stem + "_owner").slots(user, stem + "_b"));
        LoginIssuer issuer = world.issuer(world.admin());
        SecretName secret = SecretName.of(world.stem());
        server().execute("CREATE ROLE veteran LOGIN PASSWORD 'old-password'");
        server().execute("CREATE TABLE veteran_table (x int); ALTER TABLE veteran_table OWNER TO veteran");
        SecretValue present = LoginTest.login(user, "old-password").toValue();
        assertThatThrownBy(() -> issuer.install(creation(world, secret), present))
                .hasMessageContaining("does not belong");

        PostgresAdoption adoption =
                PostgresAdoption.of(secret, user, world.stem() + "_owner", world.stem() + "_rotator");
        adoption.run(server()::superuser);
        adoption.run(server()::superuser);
        issuer.install(creation(world, secret), present);
        SecretValue second = issuer.mint(world.version(2), List.of());
        issuer.install(world.version(2), second);

        for (SecretValue value : List.of(present, second)) {
            try (Connection connection = world.connect(Login.parse(value));
                    Statement statement = connection.createStatement()) {
                statement.execute("INSERT INTO veteran_table VALUES (1)");
            }
        }
        issuer.revoke(creation(world, secret));
        assertThat(issuer.probe(creation(world, secret), present)).isEqualTo(ProbeVerdict.DEAD);
        assertThat(adoption.sql())
                .contains("REASSIGN OWNED BY \"veteran\" TO \"" + world.stem() + "_owner\";")
                .contains("COMMENT ON ROLE \"veteran\" IS 'slipring:" + secret + ":1:creation';");
    }

    private static Issuance creation(PostgresWorld world, SecretName secret) {
        return new Issuance(secret, 1, Optional.of("veteran"), "creation", 1, 1);
    }

    private static SecretVersion revoked(PostgresWorld world, int number) {
        return SecretVersion.staged(
                        number,
                        new SecretVersion.Origin("rot" + number, number, 1),
                        world.version(number).slot())
                .in(VersionState.REVOKED);
    }

    private List<String> password(PostgresWorld world) throws SQLException {
        return server().query(
                        "SELECT coalesce(rolpassword, 'none') FROM pg_authid WHERE rolname = '" + world.stem() + "_a'");
    }

    private List<String> settings(String role) throws SQLException {
        return server().query("SELECT setdatabase || ' ' || setting FROM pg_db_role_setting,"
                + " unnest(setconfig) AS setting WHERE setrole = '" + role + "'::regrole AND setting NOT LIKE 'role=%'"
                + " ORDER BY 1");
    }
}
