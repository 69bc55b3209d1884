package dev.slipring.jdbc.login;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipring.jdbc.Await;
import dev.slipring.jdbc.PostgresProcess;
import dev.slipring.jdbc.PostgresServer;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretValue;
import dev.slipring.keyring.SecretVersion;
import dev.slipring.keyring.VersionState;
import dev.slipring.rotation.Issuance;
import dev.slipring.rotation.ProbeVerdict;
import dev.slipring.rotation.UseReport;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PostgresThrowAwayTest extends LiveLoginContract {
    PostgresProcess server() {
        return PostgresServer.shared();
    }

    @Override
    PostgresWorld world() throws SQLException {
        return PostgresWorld.of(server(), (admin, stem) -> PostgresLogins.throwAway(admin, stem + "_owner"));
    }

    /** There is no role that could remember it: the sweep retires it. */
    @Override
    boolean lateAbortIsSeen() {
        return false;
    }

    @Override
    String log() {
        return server().log();
    }

    @Test
    void sweep_retiresWhatNoVersionNames() throws SQLException {
        PostgresWorld world = world();
        LoginIssuer issuer = world.issuer(world.admin());
        SecretName secret = SecretName.of(world.stem());
        List<SecretValue> values = new ArrayList<>();
        for (int number = 1; number <= 4; number++) {
            values.add(issuer.mint(world.version(number), List.of()));
            issuer.install(world.version(number), values.get(number - 1));
        }
        Issuance lost = new Issuance(secret, 3, Optional.empty(), "lost", 3, 1);
        SecretValue orphan = issuer.mint(lost, List.of());
        issuer.install(lost, orphan);
        server().execute("CREATE ROLE " + world.stem() + "_5_other LOGIN PASSWORD 'theirs'");

        issuer.sweep(
                secret,
                3,
                List.of(
                        named(1, VersionState.REVOKED),
                        named(2, VersionState.RETIRING),
                        named(3, VersionState.PRIMARY)));

        assertThat(issuer.probe(lost, orphan)).isEqualTo(ProbeVerdict.DEAD);
        assertThat(issuer.probe(world.version(1), values.get(0))).isEqualTo(ProbeVerdict.DEAD);
        for (int kept = 2; kept <= 4; kept++) {
            assertThat(issuer.probe(world.version(kept), values.get(kept - 1)))
                    .as("version %d, which is named or of a later rotation", kept)
                    .isEqualTo(ProbeVerdict.ALIVE);
        }
        server().connect(world.stem() + "_5_other", "theirs").close();
    }

    @Test
    void dispose_givesWhatTheLoginOwnsToTheOwnerAndDropsIt() throws Exception {
        PostgresWorld world = world();
        LoginIssuer issuer = world.issuer(world.admin());
        SecretName secret = SecretName.of(world.stem());
        SecretValue value = issuer.mint(world.version(1), List.of());
        issuer.install(world.version(1), value);
        String role = Login.parse(value).user();
        String table = world.stem() + "_table";
        server().execute("CREATE TABLE " + table + " (x int); ALTER TABLE " + table + " OWNER TO \"" + role + "\"");
        server().execute("CREATE TABLE " + table + "2 (x int); GRANT SELECT ON " + table + "2 TO \"" + role + "\"");

        assertThatThrownBy(() -> issuer.dispose(secret, named(1, VersionState.RETIRING)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> issuer.dispose(secret, named(1, VersionState.REVOKED)))
                .hasMessageContaining("may still log in");
        try (Connection session = world.connect(Login.parse(value))) {
            issuer.revoke(world.version(1));
            assertThat(session.isValid(5)).isTrue();
            assertThatThrownBy(() -> issuer.dispose(secret, named(1, VersionState.REVOKED)))
                    .hasMessageContaining("still has sessions");
        }
        Await.until("the session ended", () -> issuer.use(world.version(1)) == UseReport.IDLE);
        assertThatThrownBy(() -> issuer.dispose(secret, named(1, VersionState.REVOKED)))
                .hasMessageContaining("2BP01")
                .hasStackTraceContaining("privileges for table " + table + "2");
        server().execute("ALTER TABLE " + table + "2 OWNER TO " + world.stem() + "_owner");
        issuer.dispose(secret, named(1, VersionState.REVOKED));
        issuer.dispose(secret, named(1, VersionState.REVOKED));

        assertThat(server().query("SELECT 1 FROM pg_roles WHERE rolname = '" + role + "'"))
                .isEmpty();
        assertThat(server().query("SELECT tableowner FROM pg_tables WHERE tablename = '" + table + "'"))
                .containsExactly(world.stem() + "_owner");
    }

    private static SecretVersion named(int number, VersionState state) {
        return SecretVersion.staged(number, new SecretVersion.Origin("rot" + number, number, 1), Optional.empty())
                .in(state);
    }
}
