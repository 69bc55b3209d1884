package dev.slipring.jdbc;

import dev.slipring.jdbc.login.ConnectionSource;
import dev.slipring.jdbc.login.Connector;
import dev.slipring.jdbc.login.LoginIssuer;
import dev.slipring.jdbc.login.PostgresLogins;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import io.zonky.test.db.postgres.embedded.PgBinaryResolver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * A real PostgreSQL, with SCRAM for everybody but {@code postgres}, logging every statement. Where it cannot run, tests
 * are skipped unless {@code -Drequire.db=true}.
 */
public final class PostgresProcess implements DatabaseProcess {
    /** An archive with the binaries of an older major version. */
    private static final String OLDER = "slipring.postgres.older";

    private static final int CREATEROLE_GRANTS_ITSELF = 16;

    /** Connections of a server that is to be filled. */
    static final int FEW = 60;

    private final Path binaries;
    private final int connections;
    private final Path directory;
    private EmbeddedPostgres server;

    private PostgresProcess(Path binaries, int connections) throws IOException {
        this.binaries = binaries;
        this.connections = connections;
        directory = Files.createTempDirectory("slipring-postgres-data");
        server = started(0);
        Runtime.getRuntime().addShutdownHook(new Thread(this::end));
    }

    /** One of the version on the class path, for so many connections; null if it cannot run. */
    public static PostgresProcess start(int connections) {
        return start(null, connections);
    }

    /** One of an older major version, whose rules for those who make roles are others; null if it cannot run. */
    public static PostgresProcess startOlder() {
        String archive = System.getProperty(OLDER, "");
        boolean there = !archive.isEmpty() && Files.exists(Path.of(archive));
        if (!there && Boolean.getBoolean("require.db")) {
            throw new IllegalStateException("no binaries of an older PostgreSQL: " + OLDER + " is '" + archive + "'");
        }
        return there ? start(Path.of(archive), FEW) : null;
    }

    private static PostgresProcess start(Path binaries, int connections) {
        try {
            return new PostgresProcess(binaries, connections);
        } catch (IOException | IllegalStateException e) {
            if (Boolean.getBoolean("require.db")) {
                throw new IllegalStateException("PostgreSQL did not start", e);
            }
            return null;
        }
    }

    /** {@code process}; skips the test if there is none. */
    public static PostgresProcess required(PostgresProcess process) {
        Assumptions.assumeTrue(process != null, "no PostgreSQL here");
        return process;
    }

    /** Number of the major version. */
    public int major() throws SQLException {
        return Integer.parseInt(query("SHOW server_version_num").get(0)) / 10_000;
    }

    /** {@code setupSql} as it is run here: the script marks what later versions alone know. */
    public String adapted(String setupSql) throws SQLException {
        return major() < CREATEROLE_GRANTS_ITSELF
                ? setupSql.replaceAll("(?m)^-- PostgreSQL 16 and later only:\\R.*$", "")
                : setupSql;
    }

    /** Runs the set-up SQL of an issuer whose rotator is {@code rotator}, and gives that role a password. */
    public ConnectionSource rotator(String setupSql, String rotator) throws SQLException {
        execute(adapted(setupSql));
        execute("ALTER ROLE " + rotator + " PASSWORD '" + PostgresServer.ROTATOR_PASSWORD + "'");
        return () -> connect(rotator, PostgresServer.ROTATOR_PASSWORD);
    }

    @Override
    public String url(int port) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/postgres";
    }

    @Override
    public int port() {
        return server.getPort();
    }

    @Override
    public Connection superuser() throws SQLException {
        return connect("postgres", "unused");
    }

    @Override
    public String log() {
        try {
            return Files.readString(directory.resolve("log/server.log"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void kill() {
        try {
            String pid = Files.readAllLines(directory.resolve("postmaster.pid")).get(0);
            ProcessHandle postmaster = ProcessHandle.of(Long.parseLong(pid.strip()))
                    .orElseThrow(() -> new IllegalStateException("the server has ended by itself"));
            List<ProcessHandle> all = Stream.concat(Stream.of(postmaster), postmaster.descendants())
                    .toList();
            all.forEach(ProcessHandle::destroyForcibly);
            all.forEach(process -> process.onExit().join());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void restart() {
        int port = server.getPort();
        try {
            server.close();
            server = started(port);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void setUp(String stem) throws SQLException {
        String owner = stem + "_owner";
        String rotator = stem + "_rotator";
        rotator(
                PostgresLogins.alternating(this::superuser, owner)
                        .rotator(rotator)
                        .build()
                        .setupSql(),
                rotator);
        execute("CREATE TABLE " + stem + "_notes (note int); ALTER TABLE " + stem + "_notes OWNER TO " + owner);
    }

    @Override
    public ConnectionSource rotator(String stem, int port) {
        return () -> DriverManager.getConnection(url(port), stem + "_rotator", PostgresServer.ROTATOR_PASSWORD);
    }

    @Override
    public LoginIssuer issuer(ConnectionSource admin, String stem) {
        return PostgresLogins.alternating(admin, stem + "_owner")
                .loginTest(Connector.of(url()))
                .build();
    }

    @Override
    public void allow(String user, boolean mayLogIn) throws SQLException {
        execute("ALTER ROLE " + user + (mayLogIn ? " LOGIN" : " NOLOGIN"));
    }

    @Override
    public void limit(String user, int limit) throws SQLException {
        execute("ALTER ROLE " + user + " CONNECTION LIMIT " + limit);
    }

    @Override
    public void createUser(String user, String password) throws SQLException {
        execute("DROP ROLE IF EXISTS " + user);
        execute("CREATE ROLE " + user + " LOGIN IN ROLE pg_read_all_data, pg_write_all_data");
        password(user, password);
    }

    @Override
    public void password(String user, String password) throws SQLException {
        execute("ALTER ROLE " + user + " PASSWORD '" + password.replace("'", "''") + "'");
    }

    @Override
    public int sessions(String user) throws SQLException {
        return Integer.parseInt(query("SELECT count(*) FROM pg_stat_activity WHERE usename = '" + user + "'")
                .get(0));
    }

    private EmbeddedPostgres started(int port) throws IOException {
        EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder()
                .setDataDirectory(directory)
                .setCleanDataDirectory(false)
                .setRegisterShutdownHook(false)
                .setDataDirectoryCustomizer(made -> requireScram(made.toPath()))
                .setServerConfig("log_statement", "all")
                .setServerConfig("logging_collector", "on")
                .setServerConfig("log_filename", "server.log")
                .setServerConfig("max_connections", String.valueOf(connections))
                .setServerConfig("synchronous_commit", "on") // it is killed, but the machine is not
                .setServerConfig("fsync", "off");
        if (port != 0) {
            builder.setPort(port);
        }
        if (binaries != null) {
            builder.setPgBinaryResolver(resolver(binaries));
        }
        return builder.start();
    }

    /** The archive is one of this platform: there is one file in it. */
    private static PgBinaryResolver resolver(Path archive) {
        return (system, machine) -> {
            try (JarFile jar = new JarFile(archive.toFile())) {
                Optional<JarEntry> packed = jar.stream()
                        .filter(entry -> entry.getName().endsWith(".txz"))
                        .findFirst();
                if (packed.isEmpty()) {
                    throw new IOException("no binaries in " + archive);
                }
                try (InputStream in = jar.getInputStream(packed.get())) {
                    return new ByteArrayInputStream(in.readAllBytes());
                }
            }
        };
    }

    private static void requireScram(Path directory) {
        try {
            Files.writeString(directory.resolve("pg_hba.conf"), """
                    local all all trust
                    host all postgres 127.0.0.1/32 trust
                    host all postgres ::1/128 trust
                    host all all 127.0.0.1/32 scram-sha-256
                    host all all ::1/128 scram-sha-256
                    """);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void end() {
        try {
            server.close();
            MariaDbProcess.delete(directory);
        } catch (IOException e) {
            System.err.println("PostgreSQL's files are left in " + directory);
        }
    }
}
