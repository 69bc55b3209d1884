package dev.slipring.jdbc.login;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipring.jdbc.PostgresProcess;
import dev.slipring.jdbc.PostgresServer;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretValue;
import dev.slipring.rotation.Issuance;
import dev.slipring.rotation.IssuerException;
import dev.slipring.rotation.ProbeVerdict;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PostgresSingleUserTest extends LiveLoginContract {
    PostgresProcess server() {
        return PostgresServer.shared();
    }

    @Override
    World world() throws SQLException {
        return PostgresWorld.of(server(), PostgresLogins::singleUser);
    }

    @Override
    String log() {
        return server().log();
    }

    /** The role acts as an owner role, which may not change it, and logs in with its own present password. */
    @Test
    void user_rotatesItself() throws SQLException {
        String user = "self\"; --'Ö";
        String quoted = new PostgresIdentifier(user).quoted();
        server().execute("CREATE ROLE self_owner NOLOGIN");
        server().execute("CREATE ROLE " + quoted + " LOGIN PASSWORD 'first' IN ROLE self_owner");
        server().execute("ALTER ROLE " + quoted + " SET role TO self_owner");
        server().execute("ALTER ROLE " + quoted + " SET slipring.login TO 'offered'");
        server().execute("GRANT SET ON PARAMETER slipring.login TO " + quoted);
        String[] password = {"first"};
        LoginIssuer issuer = PostgresLogins.singleUser(() -> server().connect(user, password[0]), user)
                .loginTest(Connector.of(server().url()))
                .build();
        issuer.checkSetup();
        for (int number = 1; number <= 3; number++) {
            Issuance version = new Issuance(SecretName.of("self"), number, Optional.empty(), "r" + number, number, 1);
            SecretValue value = issuer.mint(version, List.of());
            issuer.install(version, value);
            password[0] = Login.parse(value).revealPassword();
            assertThat(issuer.probe(version, value)).isEqualTo(ProbeVerdict.ALIVE);
        }
        assertThat(server().query("SELECT unnest(rolconfig) FROM pg_roles WHERE rolname LIKE 'self\"%'"))
                .contains("slipring.login=slipring:self:3:r3");
    }

    @Test
    void setUp_incomplete_isNamedInFull() throws SQLException {
        server().execute("CREATE ROLE single_bare LOGIN PASSWORD 'bare'");
        server().execute("CREATE ROLE single_theirs LOGIN");
        LoginIssuer issuer = PostgresLogins.singleUser(() -> server().connect("single_bare", "bare"), "single_theirs")
                .build();
        assertThatThrownBy(issuer::checkSetup)
                .isInstanceOf(IssuerException.class)
                .hasMessageContaining("is not handed over")
                .hasMessageContaining("no CREATEROLE")
                .hasMessageContaining("may not SET the parameter slipring.login")
                .hasMessageContaining("The set-up:\n")
                .hasMessageContaining("GRANT \"single_theirs\" TO ");
    }
}
