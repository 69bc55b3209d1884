package dev.slipring.jdbc.login;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipring.jdbc.MariaDbServer;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretValue;
import dev.slipring.keyring.SecretVersion;
import dev.slipring.keyring.VersionState;
import dev.slipring.rotation.Issuance;
import dev.slipring.rotation.IssuerException;
import dev.slipring.rotation.ProbeVerdict;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MariaDbAlternatingTest extends LiveLoginContract {
    @Override
    MariaDbWorld world() throws SQLException {
        return MariaDbWorld.of((admin, stem) -> MariaDbLogins.alternating(admin, stem + "_role"));
    }

    @Override
    String log() {
        return MariaDbServer.log();
    }

    @Test
    void login_hasTheRoleAndTheLimit() throws SQLException {
        MariaDbWorld world = world();
        LoginIssuer issuer = MariaDbLogins.alternating(world.admin(), world.stem() + "_role")
                .connectionLimit(1)
                .build();
        SecretValue value = issuer.mint(world.version(1), List.of());
        issuer.install(world.version(1), value);
        try (Connection connection = world.connect(Login.parse(value));
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT CURRENT_ROLE()")) {
            row.next();
            assertThat(row.getString(1)).isEqualTo(world.stem() + "_role");
            assertThatThrownBy(() -> world.connect(Login.parse(value)))
                    .isInstanceOfSatisfying(
                            SQLException.class,
                            e -> assertThat(e.getErrorCode()).isEqualTo(1226));
        }
    }

    @Test
    void account_ofSomebodyElse_isRefusedAndLeftAlone() throws SQLException {
        MariaDbWorld world = world();
        LoginIssuer issuer = world.issuer(world.admin());
        MariaDbServer.execute(
                "CREATE USER " + world.stem() + "_a IDENTIFIED BY 'theirs'",
                "GRANT SELECT ON test.* TO " + world.stem() + "_a");
        SecretValue value = issuer.mint(world.version(1), List.of());
        assertThatThrownBy(() -> issuer.install(world.version(1), value)).hasMessageContaining("does not belong");
        assertThatThrownBy(() -> issuer.revoke(world.version(1))).hasMessageContaining("does not belong");
        assertThatThrownBy(issuer::checkSetup).hasMessageContaining("is not ours");
        MariaDbServer.connect(world.stem() + "_a", "theirs").close();
    }

    @Test
    void dispose_dropsTheAccountOnceNothingRunsWithItsRights() throws SQLException {
        MariaDbWorld world = world();
        LoginIssuer issuer = world.issuer(world.admin());
        SecretName secret = SecretName.of(world.stem());
        SecretValue value = issuer.mint(world.version(1), List.of());
        issuer.install(world.version(1), value);
        SecretVersion revoked = SecretVersion.staged(
                        1,
                        new SecretVersion.Origin("rot1", 1, 1),
                        world.version(1).slot())
                .in(VersionState.REVOKED);
        issuer.dispose(secret, revoked);
        assertThat(issuer.probe(world.version(1), value)).isEqualTo(ProbeVerdict.ALIVE);
        issuer.revoke(world.version(1));
        assertThatThrownBy(() -> issuer.dispose(secret, revoked)).hasMessageContaining("cannot see what");
        MariaDbServer.execute(
                "GRANT SELECT, SHOW VIEW, TRIGGER, EVENT, EXECUTE ON *.* TO " + world.stem() + "_rotator",
                "CREATE DEFINER = " + world.stem() + "_a VIEW test." + world.stem() + "_view AS SELECT 1");
        assertThatThrownBy(() -> issuer.dispose(secret, revoked)).hasMessageContaining("is the definer of 1 in VIEWS");
        MariaDbServer.execute("DROP VIEW test." + world.stem() + "_view");
        issuer.dispose(secret, revoked);
        issuer.dispose(secret, revoked);
        assertThat(MariaDbServer.query("SELECT 1 FROM mysql.global_priv WHERE User = '" + world.stem() + "_a'"))
                .isEmpty();
        assertThatThrownBy(() -> issuer.install(world.version(1), value)).hasMessageContaining("was revoked");
    }

    @Test
    void names_hostile_workFromSetUpToRevoke() throws SQLException {
        String role = "r`; DROP USER admin; -- '\"Ö";
        String rotator = "rot`'\"";
        LoginIssuer printing = MariaDbLogins.alternating(() -> null, role)
                .rotator(rotator)
                .slots("a`'\"", "b;\\")
                .build();
        MariaDbServer.script(printing.setupSql());
        String quoted = new AccountName(rotator, "%").quoted();
        MariaDbServer.execute("ALTER USER " + quoted + " IDENTIFIED BY 'rotator' ACCOUNT UNLOCK");
        LoginIssuer issuer = MariaDbLogins.alternating(
                        () -> Connector.of(MariaDbServer.url().replace("/test", "/"))
                                .connect(LoginTest.login(rotator, "rotator")),
                        role)
                .slots("a`'\"", "b;\\")
                .loginTest(Connector.of(MariaDbServer.url().replace("/test", "/")))
                .build();
        issuer.checkSetup();
        for (String slot : List.of("a`'\"", "b;\\")) {
            int number = slot.startsWith("a") ? 1 : 2;
            Issuance version = new Issuance(SecretName.of("hostile"), number, Optional.of(slot), "r", number, 1);
            SecretValue value = issuer.mint(version, List.of());
            issuer.install(version, value);
            assertThat(issuer.probe(version, value)).isEqualTo(ProbeVerdict.ALIVE);
            issuer.revoke(version);
            assertThat(issuer.probe(version, value)).isEqualTo(ProbeVerdict.DEAD);
        }
    }

    @Test
    void setUp_incomplete_isNamedInFull() throws SQLException {
        MariaDbServer.execute("CREATE USER maria_bare IDENTIFIED BY 'bare'", "GRANT SELECT ON test.* TO maria_bare");
        LoginIssuer issuer = MariaDbLogins.alternating(() -> MariaDbServer.connect("maria_bare", "bare"), "nobody_role")
                .build();
        assertThatThrownBy(issuer::checkSetup)
                .isInstanceOf(IssuerException.class)
                .hasMessageContaining("no CREATE USER")
                .hasMessageContaining("no PROCESS")
                .hasMessageContaining("cannot read slipring.logins")
                .hasMessageContaining("no ADMIN OPTION on the role nobody_role")
                .hasMessageContaining("The set-up:\n")
                .hasMessageContaining("CREATE ROLE `nobody_role`;");
    }
}
