package dev.slipring.examples;

import com.zaxxer.hikari.HikariConfig;
import dev.slipring.jdbc.login.Connector;
import dev.slipring.jdbc.login.Login;
import dev.slipring.jdbc.login.LoginIssuer;
import dev.slipring.jdbc.login.PostgresLogins;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.postgresql.util.PasswordUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The database as its administrator sees it: makes what the application and its rotator need, counts connections,
 * and takes it all away again. Safe for use by several threads.
 */
final class Postgres implements AutoCloseable {
    /** Everything that the demo makes in a database begins with this. */
    static final String SCHEMA = "slipring_demo";

    private static final String OWNER = SCHEMA + "_owner";
    private static final String ROTATOR = SCHEMA + "_rotator";

    private static final Logger LOG = LoggerFactory.getLogger(Postgres.class);

    private final String url;
    private final Connector connector;
    private final Login admin;
    private final Login rotator;
    private final Optional<EmbeddedPostgres> own;
    private final boolean keep;

    private Postgres(String url, Login admin, Optional<EmbeddedPostgres> own, boolean keep) {
        this.url = url;
        this.connector = connector(url);
        this.admin = admin;
        this.own = own;
        this.keep = keep;
        byte[] password = new byte[24];
        new SecureRandom().nextBytes(password);
        rotator = Login.of(ROTATOR, HexFormat.of().formatHex(password).getBytes(StandardCharsets.US_ASCII));
    }

    /**
     * Starts a server of our own, whose files all lie in {@code directory}. Only its administrator gets in without a
     * password, and only from this machine.
     *
     * @throws CannotRunException if it does not start
     */
    static Postgres embedded(Path directory) {
        return embedded(directory, Map.of());
    }

    /** The same with more settings of the server, by their names. */
    static Postgres embedded(Path directory, Map<String, String> settings) {
        try {
            EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder()
                    .setOverrideWorkingDirectory(directory.toFile())
                    .setDataDirectory(directory.resolve("data"))
                    .setDataDirectoryCustomizer(data -> demandPasswords(data.toPath()))
                    .setRegisterShutdownHook(false)
                    .setPGStartupWait(Duration.ofSeconds(30))
                    .setServerConfig("max_connections", "100")
                    .setServerConfig("fsync", "off");
            settings.forEach(builder::setServerConfig);
            EmbeddedPostgres server = builder.start();
            String url = "jdbc:postgresql://127.0.0.1:" + server.getPort() + "/postgres";
            return ready(new Postgres(url, login("postgres", "trusted"), Optional.of(server), true));
        } catch (IOException | RuntimeException e) {
            if (e instanceof CannotRunException cannotRun) {
                throw cannotRun;
            }
            throw new CannotRunException(
                    "the embedded PostgreSQL did not start: " + e.getMessage()
                            + "; in a container run as an ordinary user, or give --jdbc-url of an existing server",
                    e);
        }
    }

    /**
     * Uses an existing server.
     *
     * @param password of {@code user}; a server without one is none to rotate logins on
     * @param keep leave there what was made, since a store remembers it
     * @throws CannotRunException if the URL is wrong, or the server does not let us do what we need
     */
    static Postgres existing(String url, String user, Optional<String> password, boolean keep) {
        connector(url); // a wrong URL is the first thing to tell
        Login admin = password.filter(text -> !text.isEmpty())
                .map(text -> login(user, text))
                .orElseThrow(() -> new CannotRunException("the environment variable " + DemoOptions.PASSWORD_VARIABLE
                        + " must hold the password of " + user));
        return ready(new Postgres(url, admin, Optional.empty(), keep));
    }

    private static Postgres ready(Postgres postgres) {
        try {
            postgres.prepare();
            return postgres;
        } catch (RuntimeException e) {
            postgres.own.ifPresent(Postgres::stop);
            throw e;
        }
    }

    /** Where the application connects to. */
    String url() {
        return url;
    }

    /**
     * The two logins that take turns.
     *
     * @param connections how many connections each may have
     */
    LoginIssuer logins(int connections) {
        return PostgresLogins.alternating(() -> connector.connect(rotator), OWNER)
                .rotator(ROTATOR)
                .connectionLimit(connections)
                .loginTest(connector)
                .rightsProbe(Notes.RIGHTS_PROBE)
                .statementDeadline(Duration.ofSeconds(2))
                .build();
    }

    /** What a pool of the administrator's connections begins with. */
    HikariConfig administration() {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url);
        config.setUsername(admin.user());
        config.setPassword(admin.revealPassword());
        return config;
    }

    /** How many connections the server has of each login of the application, by its name. */
    Map<String, Integer> connections() throws SQLException {
        try (Session session = session()) {
            return session.connections();
        }
    }

    /** A connection of the administrator's that counts more than once. */
    Session session() throws SQLException {
        return new Session(connector.connect(admin));
    }

    /** What an administrator should never do: locks {@code login} out and ends its sessions at once. */
    void lockOut(String login) throws SQLException {
        try (Connection connection = connector.connect(admin);
                Statement statement = connection.createStatement()) {
            statement.execute("ALTER ROLE \"" + login.replace("\"", "\"\"") + "\" NOLOGIN");
            try (PreparedStatement kill = connection.prepareStatement(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = ?")) {
                kill.setString(1, login);
                kill.execute();
            }
        }
    }

    @Override
    public void close() {
        boolean interrupted = Thread.interrupted(); // stopping a server waits for its process
        try {
            if (!keep) {
                remove();
            }
            own.ifPresent(Postgres::stop);
        } finally {
            admin.wipe();
            rotator.wipe();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void prepare() {
        try (Connection connection = connector.connect(admin);
                Statement statement = connection.createStatement()) {
            try (ResultSet row = statement.executeQuery("SELECT to_regrole('" + OWNER + "') IS NULL")) {
                row.next();
                if (row.getBoolean(1)) {
                    statement.execute(logins(1).setupSql());
                }
            }
            // as a verifier: what a statement says may be logged
            String verifier =
                    PasswordUtil.encodeScramSha256(rotator.revealPassword().toCharArray());
            statement.execute("ALTER ROLE " + ROTATOR + " PASSWORD '" + verifier + "'");
            statement.execute("CREATE SCHEMA IF NOT EXISTS " + SCHEMA);
            statement.execute(Notes.TABLE);
            statement.execute("ALTER TABLE " + Notes.NAME + " OWNER TO " + OWNER);
            statement.execute("GRANT USAGE ON SCHEMA " + SCHEMA + " TO " + OWNER);
            logins(1).checkSetup();
        } catch (SQLException e) {
            throw new CannotRunException(
                    "the database " + url + " cannot be used as " + admin.user() + ": " + oneLine(e), e);
        }
    }

    private void remove() {
        try (Connection connection = connector.connect(admin);
                Statement statement = connection.createStatement()) {
            statement.execute("DROP SCHEMA IF EXISTS " + SCHEMA + " CASCADE");
            for (String role : new String[] {SCHEMA + "_a", SCHEMA + "_b", ROTATOR, OWNER}) {
                statement.execute("DROP ROLE IF EXISTS " + role);
            }
        } catch (SQLException e) {
            throw new CannotRunException(
                    "schema and roles " + SCHEMA + "* are left behind in " + url + ": " + oneLine(e), e);
        }
    }

    private static void stop(EmbeddedPostgres server) {
        try {
            server.close();
        } catch (IOException e) {
            throw new CannotRunException("the embedded PostgreSQL did not stop: " + e.getMessage(), e);
        }
    }

    private static Connector connector(String url) {
        try {
            return Connector.of(url);
        } catch (IllegalArgumentException e) {
            throw new CannotRunException(String.valueOf(e.getMessage()), e);
        }
    }

    private static Login login(String user, String password) {
        return Login.of(user, password.getBytes(StandardCharsets.UTF_8));
    }

    private static void demandPasswords(Path data) {
        try {
            Files.writeString(data.resolve("pg_hba.conf"), """
                    host all postgres 127.0.0.1/32 trust
                    host all postgres ::1/128      trust
                    host all all      127.0.0.1/32 scram-sha-256
                    """);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String oneLine(SQLException e) {
        return String.valueOf(e.getMessage()).replaceAll("\\s*\\R\\s*", "; ");
    }

    /** Counts over one connection. Not thread-safe. */
    static final class Session implements AutoCloseable {
        private final Connection connection;

        private Session(Connection connection) {
            this.connection = connection;
        }

        /** How many connections the server has of each login of the application, by its name. */
        Map<String, Integer> connections() throws SQLException {
            Map<String, Integer> counts = new TreeMap<>();
            try (PreparedStatement query = connection.prepareStatement(
                    "SELECT usename, count(*) FROM pg_stat_activity WHERE usename IN (?, ?) GROUP BY usename")) {
                query.setString(1, SCHEMA + "_a");
                query.setString(2, SCHEMA + "_b");
                try (ResultSet rows = query.executeQuery()) {
                    while (rows.next()) {
                        counts.put(rows.getString(1), rows.getInt(2));
                    }
                }
            }
            return counts;
        }

        /** A connection that cannot even be closed is as good as closed. */
        @Override
        public void close() {
            try {
                connection.close();
            } catch (SQLException e) {
                LOG.debug("closing the counting connection failed", e);
            }
        }
    }
}
