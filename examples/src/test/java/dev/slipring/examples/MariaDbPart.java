package dev.slipring.examples;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.slipring.Slipring;
import dev.slipring.crypto.EnvelopeEncryptor;
import dev.slipring.crypto.EnvelopeValueSealer;
import dev.slipring.crypto.RootKey;
import dev.slipring.jdbc.MariaDbProcess;
import dev.slipring.jdbc.RotatingDataSource;
import dev.slipring.jdbc.hikari.HikariRotation;
import dev.slipring.jdbc.login.ConnectionSource;
import dev.slipring.jdbc.login.Connector;
import dev.slipring.jdbc.login.Login;
import dev.slipring.jdbc.login.LoginIssuer;
import dev.slipring.jdbc.login.MariaDbLogins;
import dev.slipring.jdbc.store.JdbcSecretStore;
import dev.slipring.keyring.RotatingSecret;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretValue;
import dev.slipring.rotation.RandomIssuer;
import dev.slipring.rotation.RotationPolicy;
import dev.slipring.session.SessionSigner;
import dev.slipring.store.SecretStore;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;

/** Logins of a MariaDB in each way they are rotated there, and a sealed store in its tables; then it goes away. */
final class MariaDbPart {
    private static final Duration QUARTER = Duration.ofMinutes(15);
    private static final RotationPolicy LOGINS = RotationPolicy.logins(Duration.ofDays(30));
    private static final RotationPolicy SESSIONS = RotationPolicy.sessions(Duration.ofDays(8), Duration.ofHours(1));

    /** By the account, or the role of the accounts, that each is about. */
    private static final Map<String, BiFunction<ConnectionSource, String, LoginIssuer.Builder>> WAYS = Map.of(
            "leak_dual", MariaDbLogins::dualPassword,
            "leak_single", MariaDbLogins::singleUser,
            "leak_role", MariaDbLogins::alternating);

    private final LeakWorld world;
    private final MariaDbProcess server;
    private final String unknown;

    private MariaDbPart(LeakWorld world, MariaDbProcess server) {
        this.world = world;
        this.server = server;
        unknown = LeakWorld.text(world.secret("password that MariaDB does not know"));
    }

    /** A {@link LeakPart}; empty where the server does not run. */
    static void in(LeakWorld world) throws SQLException {
        Optional<MariaDbLog> log = world.servers.mariaDb();
        if (log.isPresent()) {
            MariaDbPart part = new MariaDbPart(world, log.get().server());
            for (String account : WAYS.keySet()) {
                part.rotateLogin(account);
            }
            part.keepSecrets();
        }
    }

    private void rotateLogin(String account) throws SQLException {
        String rotator = account + "_rotator";
        Login administrator = login(rotator);
        Connector noDatabase = Connector.of(server.url().replace("/test", "/"));
        LoginIssuer issuer = WAYS.get(account)
                .apply(() -> noDatabase.connect(administrator), account)
                .rotator(rotator)
                .loginTest(Connector.of(server.url()))
                .build();
        server.script(issuer.setupSql());
        server.execute(
                "ALTER USER " + rotator + " " + identified(administrator) + " ACCOUNT UNLOCK",
                "GRANT SELECT ON test.* TO " + account);
        String secret = account.replace('_', '-');
        RotatingSecret login = world.watched(world.slipring.secret(secret, issuer, LOGINS), issuer);
        RotatingDataSource pool = world.with(HikariRotation.builder(login, config())
                .scheduler(world.scheduler)
                .ticker(world.clock)
                .build());
        world.objects.add(pool);
        for (boolean allowed : List.of(true, false, true)) {
            server.allow(rotator, allowed);
            rotate(secret, pool);
        }
        String user = Login.parse(login.primary().value()).user();
        world.evidence.thrown(
                "login of MariaDB", () -> Connector.of(server.url()).connect(Login.of(user, unknown.getBytes(UTF_8))));
        world.evidence.thrown(
                "login of MariaDB by the driver", () -> DriverManager.getConnection(server.url(), user, unknown));
    }

    private void rotate(String secret, RotatingDataSource pool) throws SQLException {
        world.objects.add(world.slipring.rotate(secret, "alice", "exercise"));
        for (int i = 0; i < 4; i++) {
            world.scheduler.advance(QUARTER);
            pool.getConnection().close();
        }
    }

    private HikariConfig config() {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(server.url());
        config.setMaximumPoolSize(2);
        return config;
    }

    /** In tables, sealed; then the server is lost with a secret in hand. */
    private void keepSecrets() throws SQLException {
        Login owner = login("leak_store");
        server.execute("CREATE USER leak_store " + identified(owner), "GRANT ALL ON test.* TO leak_store");
        HikariConfig config = config();
        config.setUsername(owner.user());
        config.setPassword(owner.revealPassword());
        config.setConnectionTimeout(250);
        RotatingSecret root = world.with(RootKey.of("root", Map.of(1, world.binary("root key of tables")), 1)
                .follow(world.scheduler));
        EnvelopeEncryptor sealer =
                world.with(EnvelopeEncryptor.builder(root).ticker(world.clock).build());
        SecretStore store = JdbcSecretStore.builder(world.with(new HikariDataSource(config)))
                .timeout(Duration.ofSeconds(2))
                .createTables()
                .sealedBy(EnvelopeValueSealer.of(sealer));
        Slipring replica = world.replica(new StoreOnClock(store, world.clock));
        RandomIssuer issuer = SessionSigner.issuer();
        world.watched(replica.adopt("tables", world.secret("first key in tables"), issuer, SESSIONS), issuer);
        world.objects.add(replica.rotate("tables", "alice", "exercise"));
        for (int i = 0; i < 4; i++) {
            world.scheduler.advance(QUARTER);
        }
        server.kill();
        SecretName lost = SecretName.of("lost");
        SecretValue value = world.secret("value on its way to lost tables");
        world.evidence.thrown("value of lost tables", () -> store.value(SecretName.of("tables"), 1));
        world.evidence.thrown("value to lost tables", () -> store.putValueIfAbsent(lost, 1, value));
        world.evidence.thrown("secret in lost tables", () -> replica.adopt("lost", value, issuer, SESSIONS));
        world.scheduler.advance(QUARTER);
        server.restart();
        world.scheduler.advance(QUARTER);
    }

    private Login login(String user) {
        return Login.of(user, world.secret("password of " + user).copyBytes());
    }

    /** By the hash that the server keeps: it logs statements as they are, with passwords in the clear. */
    private static String identified(Login login) {
        try {
            MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
            byte[] hash = sha1.digest(sha1.digest(login.copyPassword()));
            return "IDENTIFIED VIA mysql_native_password USING '*"
                    + HexFormat.of().withUpperCase().formatHex(hash) + "'";
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
