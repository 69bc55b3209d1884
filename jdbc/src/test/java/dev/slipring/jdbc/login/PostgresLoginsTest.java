package dev.slipring.jdbc.login;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipring.jdbc.Await;
import dev.slipring.jdbc.PostgresServer;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretValue;
import dev.slipring.rotation.Issuance;
import dev.slipring.rotation.IssuerException;
import dev.slipring.rotation.ProbeVerdict;
import dev.slipring.rotation.UseReport;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class PostgresLoginsTest {
    private static int stems;

    private static ConnectionSource admin;

    private final String stem = "t" + ++stems;
    private LoginIssuer issuer;

    @BeforeAll
    static void setUp() throws SQLException {
        PostgresServer.execute("CREATE ROLE rotator_t LOGIN CREATEROLE PASSWORD 'x-rotator'");
        PostgresServer.execute("ALTER ROLE rotator_t SET createrole_self_grant = 'set, inherit'");
        admin = () -> PostgresServer.connect("rotator_t", "x-rotator");
    }

    PostgresLoginsTest() throws SQLException {
        PostgresServer.execute("CREATE ROLE " + stem + "_owner NOLOGIN");
        PostgresServer.execute("GRANT " + stem + "_owner TO rotator_t WITH ADMIN OPTION");
        issuer = PostgresLogins.alternating(admin, stem + "_owner")
                .loginTest(Connector.of(PostgresServer.url()))
                .connectionLimit(5)
                .build();
    }

    @Test
    void install_twice_makesOneLoginThatActsAsTheOwner() throws SQLException {
        SecretValue value = issuer.mint(version(1), List.of());
        assertThat(issuer.probe(version(1), value)).isEqualTo(ProbeVerdict.DEAD);
        issuer.install(version(1), value);
        issuer.install(version(1), value);

        assertThat(issuer.probe(version(1), value)).isEqualTo(ProbeVerdict.ALIVE);
        assertThat(issuer.attributes(value)).containsEntry("user", stem + "_a");
        assertThat(issuer.secretPart(value).orElseThrow().copyBytes())
                .isEqualTo(Login.parse(value).copyPassword());
        try (Connection connection = connect(value);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT current_user, session_user")) {
            row.next();
            assertThat(row.getString(1)).isEqualTo(stem + "_owner");
            assertThat(row.getString(2)).isEqualTo(stem + "_a");
        }
        assertThat(PostgresServer.query("SELECT rolconnlimit FROM pg_roles WHERE rolname = '" + stem + "_a'"))
                .containsExactly("5");
    }

    @Test
    void revoke_twice_endsTheLoginAndKeepsTheRole() throws SQLException {
        SecretValue value = installed(version(1));
        issuer.revoke(version(1));
        issuer.revoke(version(1));
        assertThat(issuer.probe(version(1), value)).isEqualTo(ProbeVerdict.DEAD);
        assertThat(PostgresServer.query("SELECT 1 FROM pg_roles WHERE rolname = '" + stem + "_a'"))
                .hasSize(1);
    }

    @Test
    void install_lateAfterTheRevocation_isRefused() throws SQLException {
        SecretValue first = installed(version(1));
        issuer.revoke(version(1));
        assertThatThrownBy(() -> issuer.install(version(1), first))
                .isInstanceOf(IssuerException.class)
                .hasMessageContaining("was revoked");
        assertThat(issuer.probe(version(1), first)).isEqualTo(ProbeVerdict.DEAD);
    }

    @Test
    void install_lateAfterAnAbort_isRefusedAlsoIfItWouldHaveBeenTheFirst() throws SQLException {
        installed(version(1));
        issuer.revoke(version(1));
        SecretValue third = issuer.mint(version(3), List.of());
        issuer.revoke(version(3));
        assertThatThrownBy(() -> issuer.install(version(3), third)).hasMessageContaining("was revoked");
        assertThat(issuer.probe(version(3), third)).isEqualTo(ProbeVerdict.DEAD);
        assertThat(issuer.probe(version(5), installed(version(5)))).isEqualTo(ProbeVerdict.ALIVE);
    }

    @Test
    void revoke_ofAnAbsentRole_isSuccess() {
        issuer.revoke(version(1));
    }

    @Test
    void statements_ofAnOldVersion_doNotTouchTheSlotOfALaterOne() {
        SecretValue first = installed(version(1));
        SecretValue third = installed(version(3));
        assertThatThrownBy(() -> issuer.install(version(1), first))
                .isInstanceOf(IssuerException.class)
                .hasMessageContaining("belongs to version 3");
        issuer.revoke(version(1));
        assertThat(issuer.probe(version(3), third)).isEqualTo(ProbeVerdict.ALIVE);
        assertThat(issuer.probe(version(1), first)).isEqualTo(ProbeVerdict.DEAD);
        assertThat(issuer.use(version(1))).isEqualTo(UseReport.IDLE);
    }

    @Test
    void revoke_ofAVersionNeverInstalled_leavesThePredecessorInItsSlot() {
        SecretValue first = installed(version(1));
        issuer.revoke(version(3));
        assertThat(issuer.probe(version(1), first)).isEqualTo(ProbeVerdict.ALIVE);
    }

    @Test
    void role_thatIsNotOurs_isRefused() throws SQLException {
        PostgresServer.execute("CREATE ROLE " + stem + "_a LOGIN PASSWORD 'theirs'");
        SecretValue value = issuer.mint(version(1), List.of());
        assertThatThrownBy(() -> issuer.install(version(1), value)).hasMessageContaining("does not belong to secret");
        assertThatThrownBy(() -> issuer.revoke(version(1))).hasMessageContaining("does not belong to secret");
        PostgresServer.connect(stem + "_a", "theirs").close();
    }

    @Test
    void install_interruptedBeforeCommit_leavesNothingAndIsRepeated() throws SQLException {
        LoginIssuer dying =
                PostgresLogins.alternating(this::dyingAdmin, stem + "_owner").build();
        SecretValue value = issuer.mint(version(1), List.of());
        assertThatThrownBy(() -> dying.install(version(1), value)).isInstanceOf(IssuerException.class);
        assertThat(PostgresServer.query("SELECT 1 FROM pg_roles WHERE rolname = '" + stem + "_a'"))
                .isEmpty();
        issuer.install(version(1), value);
        assertThat(issuer.probe(version(1), value)).isEqualTo(ProbeVerdict.ALIVE);
    }

    @Test
    void install_byManyAtOnce_convergesOnOneLogin() throws Exception {
        SecretValue value = issuer.mint(version(1), List.of());
        ExecutorService replicas = Executors.newFixedThreadPool(3);
        List<Future<?>> done = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            done.add(replicas.submit(() -> issuer.install(version(1), value)));
        }
        for (Future<?> install : done) {
            install.get();
        }
        replicas.shutdown();
        assertThat(issuer.probe(version(1), value)).isEqualTo(ProbeVerdict.ALIVE);
    }

    @Test
    void use_followsTheSessionsOfTheLogin() throws Exception {
        SecretValue value = installed(version(1));
        assertThat(issuer.use(version(1))).isEqualTo(UseReport.IDLE);
        try (Connection connection = connect(value)) {
            assertThat(connection.isValid(5)).isTrue();
            assertThat(issuer.use(version(1))).isEqualTo(UseReport.IN_USE);
        }
        Await.until("the session has ended", () -> issuer.use(version(1)) == UseReport.IDLE);
        LoginIssuer unreachable =
                PostgresLogins.alternating(this::noAdmin, stem + "_owner").build();
        assertThat(unreachable.use(version(1))).isEqualTo(UseReport.UNKNOWN);
    }

    @Test
    void probe_thatCannotConnectOrLacksRights_isInconclusive() throws SQLException {
        SecretValue value = installed(version(1));
        Connector unreachable = Connector.of("jdbc:postgresql://127.0.0.1:1/none");
        assertThat(with(unreachable, "SELECT 1").probe(version(1), value)).isEqualTo(ProbeVerdict.INCONCLUSIVE);
        PostgresServer.execute("CREATE TABLE " + stem + "_foreign (x int)");
        assertThat(with(Connector.of(PostgresServer.url()), "SELECT * FROM " + stem + "_foreign")
                        .probe(version(1), value))
                .isEqualTo(ProbeVerdict.INCONCLUSIVE);
    }

    @Test
    void refusal_thatIsNotOurNologin_isInconclusive() throws SQLException {
        SecretValue value = installed(version(1));
        Connector refusing = login -> {
            throw new SQLException("no pg_hba.conf entry", "28000");
        };
        assertThat(with(refusing, "SELECT 1").probe(version(1), value)).isEqualTo(ProbeVerdict.INCONCLUSIVE);
    }

    @Test
    void password_isNeverInTheServersLogNorInMessages() throws SQLException {
        SecretValue value = installed(version(1));
        String password = Login.parse(value).revealPassword();
        PostgresServer.execute("DROP OWNED BY " + stem + "_owner; REVOKE " + stem + "_owner FROM " + stem + "_a");
        PostgresServer.execute("ALTER ROLE rotator_t NOCREATEROLE");
        try {
            assertThatThrownBy(() -> issuer.install(version(3), issuer.mint(version(3), List.of())))
                    .isInstanceOf(IssuerException.class)
                    .hasMessageContaining("42501")
                    .hasStackTraceContaining("permission denied");
        } finally {
            PostgresServer.execute("ALTER ROLE rotator_t CREATEROLE");
        }
        assertThat(PostgresServer.log())
                .contains(stem + "_a")
                .contains("SCRAM-SHA-256$")
                .doesNotContain(password);
    }

    @Test
    void syntaxErrors_areScrubbedOfVerifiers() {
        assertThat(ScramVerifier.scrub("syntax error at or near \"'SCRAM-SHA-256$4096:abc$d:e'\" Position: 1"))
                .isEqualTo("syntax error at or near \"'[verifier] Position: 1");
    }

    @Test
    void setUp_printedAndRun_passesTheCheck() throws SQLException {
        String rotator = stem + "_rotator";
        PostgresServer.execute("DROP ROLE " + stem + "_owner");
        String sql = PostgresLogins.alternating(admin, stem + "_owner")
                .rotator(rotator)
                .build()
                .setupSql();
        ConnectionSource source = PostgresServer.rotator(sql, rotator);
        PostgresLogins.alternating(source, stem + "_owner").build().checkSetup();
    }

    @Test
    void setUp_incomplete_isNamedInFull() throws SQLException {
        PostgresServer.execute("CREATE ROLE " + stem + "_bare LOGIN PASSWORD 'bare'");
        LoginIssuer bare = PostgresLogins.alternating(
                        () -> PostgresServer.connect(stem + "_bare", "bare"), stem + "_nobody")
                .build();
        assertThatThrownBy(bare::checkSetup)
                .isInstanceOf(IssuerException.class)
                .hasMessageContaining("no owner role " + stem + "_nobody")
                .hasMessageContaining("no ADMIN OPTION")
                .hasMessageContaining("no CREATEROLE")
                .hasMessageContaining("createrole_self_grant")
                .hasMessageContaining("The set-up:\n")
                .hasMessageContaining("CREATE ROLE \"" + stem + "_nobody\" NOLOGIN;");
    }

    @Test
    void names_hostile_workFromMintToRevoke() throws SQLException {
        String owner = stem + "\"; DROP TABLE x; --'Ö";
        PostgresServer.execute("CREATE ROLE " + new PostgresIdentifier(owner).quoted() + " NOLOGIN");
        PostgresServer.execute("GRANT " + new PostgresIdentifier(owner).quoted() + " TO rotator_t WITH ADMIN OPTION");
        issuer = PostgresLogins.alternating(admin, owner)
                .slots(stem + "_a", stem + "'\"\\b")
                .loginTest(Connector.of(PostgresServer.url()))
                .build();
        Issuance second = new Issuance(SecretName.of(stem), 2, Optional.of(stem + "'\"\\b"), "r2", 2, 1);
        SecretValue value = installed(second);
        try (Connection connection = connect(value);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT current_user")) {
            row.next();
            assertThat(row.getString(1)).isEqualTo(owner);
        }
        issuer.revoke(second);
        assertThat(issuer.probe(second, value)).isEqualTo(ProbeVerdict.DEAD);
    }

    /** Odd versions live in slot a, even ones in b. */
    private Issuance version(int number) {
        String slot = stem + (number % 2 == 1 ? "_a" : "_b");
        return new Issuance(SecretName.of(stem), number, Optional.of(slot), "rot" + number, number, 1);
    }

    private SecretValue installed(Issuance issuance) {
        SecretValue value = issuer.mint(issuance, List.of());
        issuer.install(issuance, value);
        return value;
    }

    private LoginIssuer with(Connector connector, String rightsProbe) {
        return PostgresLogins.alternating(admin, stem + "_owner")
                .loginTest(connector)
                .rightsProbe(rightsProbe)
                .build();
    }

    private static Connection connect(SecretValue value) throws SQLException {
        return Connector.of(PostgresServer.url()).connect(Login.parse(value));
    }

    private Connection noAdmin() throws SQLException {
        throw new SQLException("unreachable", "08001");
    }

    /** A process that dies right before it would commit. */
    private Connection dyingAdmin() throws SQLException {
        Connection real = admin.open();
        return (Connection) java.lang.reflect.Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("commit")) {
                        real.close();
                        throw new SQLException("killed", "08006");
                    }
                    if (method.getName().equals("rollback")) {
                        return null;
                    }
                    return method.invoke(real, arguments);
                });
    }
}
