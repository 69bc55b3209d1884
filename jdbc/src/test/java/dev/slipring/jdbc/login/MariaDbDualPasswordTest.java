package dev.slipring.jdbc.login;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipring.jdbc.MariaDbServer;
import dev.slipring.keyring.SecretValue;
import dev.slipring.rotation.ProbeVerdict;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;

class MariaDbDualPasswordTest extends LiveLoginContract {
    @Override
    MariaDbWorld world() throws SQLException {
        return MariaDbWorld.of(MariaDbLogins::dualPassword);
    }

    @Override
    String log() {
        return MariaDbServer.log();
    }

    @Test
    void rotation_sendsTheStatedStatements() throws SQLException {
        MariaDbWorld world = world();
        LoginIssuer issuer = world.issuer(world.admin());
        String first = NativePassword.hash(Login.parse(installed(world, issuer, 1)));
        String second = NativePassword.hash(Login.parse(installed(world, issuer, 2)));
        issuer.revoke(world.version(1));
        String alter = "ALTER USER `" + world.stem() + "`@`%` IDENTIFIED VIA mysql_native_password USING '";
        assertThat(log())
                .contains(alter + first + "' ACCOUNT UNLOCK")
                .contains(alter + second + "' OR mysql_native_password USING '" + first + "'\n")
                .contains(alter + second + "'\n");
    }

    @Test
    void user_thatWasThereBefore_keepsItsPasswordUntilThatIsRevoked() throws SQLException {
        MariaDbWorld world = world();
        LoginIssuer issuer = world.issuer(world.admin());
        MariaDbServer.execute("ALTER USER " + world.stem() + " IDENTIFIED BY 'old-password' ACCOUNT UNLOCK");
        SecretValue present = LoginTest.login(world.stem(), "old-password").toValue();
        try (Connection session = world.connect(Login.parse(present))) {
            issuer.install(world.version(1), present);
            SecretValue second = installed(world, issuer, 2);
            assertThat(issuer.probe(world.version(1), present)).isEqualTo(ProbeVerdict.ALIVE);
            issuer.revoke(world.version(1));
            assertThat(issuer.probe(world.version(1), present)).isEqualTo(ProbeVerdict.DEAD);
            assertThat(issuer.probe(world.version(2), second)).isEqualTo(ProbeVerdict.ALIVE);
            assertThat(session.isValid(5)).isTrue();
        }
    }

    @Test
    void third_passwordAtOnce_isRefused() throws SQLException {
        MariaDbWorld world = world();
        LoginIssuer issuer = world.issuer(world.admin());
        installed(world, issuer, 1);
        installed(world, issuer, 2);
        assertThatThrownBy(() -> installed(world, issuer, 3)).hasMessageContaining("still has two passwords");
    }

    @Test
    void account_thatSomebodyElseLocked_staysLocked() throws SQLException {
        MariaDbWorld world = world();
        LoginIssuer issuer = world.issuer(world.admin());
        SecretValue first = installed(world, issuer, 1);
        MariaDbServer.execute("ALTER USER " + world.stem() + " ACCOUNT LOCK");
        SecretValue second = installed(world, issuer, 2);
        assertThat(issuer.probe(world.version(1), first)).isEqualTo(ProbeVerdict.DEAD);
        assertThat(issuer.probe(world.version(2), second)).isEqualTo(ProbeVerdict.DEAD);
    }

    @Test
    void account_withAnotherMethod_isRefusedAndLeftAlone() throws SQLException {
        MariaDbWorld world = world();
        LoginIssuer issuer = world.issuer(world.admin());
        MariaDbServer.execute("ALTER USER " + world.stem()
                + " IDENTIFIED VIA unix_socket OR mysql_native_password USING PASSWORD('theirs') ACCOUNT UNLOCK");
        assertThatThrownBy(() -> installed(world, issuer, 1)).hasMessageContaining("another method");
        MariaDbServer.connect(world.stem(), "theirs").close();
    }

    @Test
    void account_thatIsNotHandedOver_isRefusedAndLeftAlone() throws SQLException {
        MariaDbWorld world = world();
        LoginIssuer issuer = world.issuer(world.admin());
        MariaDbServer.execute(
                "DELETE FROM slipring.logins WHERE account = '" + world.stem() + "@%'",
                "ALTER USER " + world.stem() + " IDENTIFIED BY 'theirs' ACCOUNT UNLOCK");
        assertThatThrownBy(() -> installed(world, issuer, 1)).hasMessageContaining("does not belong");
        assertThatThrownBy(() -> issuer.revoke(world.version(1))).hasMessageContaining("does not belong");
        assertThatThrownBy(issuer::checkSetup).hasMessageContaining("is not handed over");
        MariaDbServer.connect(world.stem(), "theirs").close();
    }

    @Test
    void setUp_incomplete_isNamedInFull() throws SQLException {
        MariaDbServer.execute("CREATE USER dual_bare IDENTIFIED BY 'bare'", "GRANT SELECT ON test.* TO dual_bare");
        LoginIssuer issuer = MariaDbLogins.dualPassword(() -> MariaDbServer.connect("dual_bare", "bare"), "dual_theirs")
                .build();
        assertThatThrownBy(issuer::checkSetup)
                .hasMessageContaining("no CREATE USER")
                .hasMessageContaining("cannot read slipring.logins or what the server says of dual_theirs@%")
                .hasMessageContaining("The set-up:\n")
                .hasMessageContaining("CREATE USER `dual_theirs`@`%` ACCOUNT LOCK;");
    }

    private static SecretValue installed(MariaDbWorld world, LoginIssuer issuer, int number) {
        SecretValue value = issuer.mint(world.version(number), List.of());
        issuer.install(world.version(number), value);
        return value;
    }
}
