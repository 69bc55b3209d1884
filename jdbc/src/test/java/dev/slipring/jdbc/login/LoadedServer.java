package dev.slipring.jdbc.login;

import dev.slipring.jdbc.MariaDbServer;
import dev.slipring.jdbc.PostgresServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.function.BiFunction;

/** What a real server says of the sessions of one secret's logins, and how they put work on it. */
abstract class LoadedServer {
    private final LoginIssuerContract.World world;
    private final String stem;

    private LoadedServer(LoginIssuerContract.World world, String stem) {
        this.world = world;
        this.stem = stem;
    }

    /** PostgreSQL, with a table that the roles of {@code strategy} may use. */
    static LoadedServer postgres(BiFunction<ConnectionSource, String, LoginIssuer.Builder> strategy, String owner)
            throws SQLException {
        return new Postgres(PostgresWorld.of(PostgresServer.shared(), strategy), owner);
    }

    /** MariaDB, with a table that the accounts of {@code strategy} may use. */
    static LoadedServer mariaDb(BiFunction<ConnectionSource, String, LoginIssuer.Builder> strategy, String privileged)
            throws SQLException {
        return new MariaDb(MariaDbWorld.of(strategy), privileged);
    }

    /** Counts sessions again and again over one connection. */
    interface Sessions extends AutoCloseable {
        int count() throws SQLException;

        @Override
        void close() throws SQLException;
    }

    String stem() {
        return stem;
    }

    String table() {
        return stem + "_work";
    }

    LoginIssuer issuer() {
        return world.issuer(world.admin());
    }

    abstract String url();

    /** Inserts a thread's row after so many seconds. */
    abstract String slowInsert();

    /** Tells sessions that are there by now from those that begin later. */
    abstract String mark() throws SQLException;

    abstract int sessionsBefore(String mark) throws SQLException;

    abstract Sessions sessions() throws SQLException;

    abstract long rows() throws SQLException;

    /** Does something to the logins, which the server logs. */
    void administering(Runnable work) {
        work.run();
    }

    private static Sessions sessions(Connection connection, String query) throws SQLException {
        PreparedStatement count = connection.prepareStatement(query);
        return new Sessions() {
            @Override
            public int count() throws SQLException {
                try (ResultSet row = count.executeQuery()) {
                    row.next();
                    return row.getInt(1);
                }
            }

            @Override
            public void close() throws SQLException {
                connection.close();
            }
        };
    }

    /** Works in a database of its own, in which only what changes logins is logged: the work itself is too much. */
    private static final class Postgres extends LoadedServer {
        private static final String DATABASE = "load";

        Postgres(PostgresWorld world, String owner) throws SQLException {
            super(world, world.stem());
            String role = owner.replace("*", world.stem());
            if (PostgresServer.query("SELECT 1 FROM pg_database WHERE datname = '" + DATABASE + "'")
                    .isEmpty()) {
                PostgresServer.execute("CREATE DATABASE " + DATABASE);
                PostgresServer.execute("ALTER DATABASE " + DATABASE + " SET log_statement = 'ddl'");
            }
            try (Connection connection = superuser();
                    Statement statement = connection.createStatement()) {
                statement.execute("CREATE TABLE " + table() + " (thread int, slept boolean)");
                statement.execute("ALTER TABLE " + table() + " OWNER TO " + role);
                statement.execute("GRANT USAGE ON SCHEMA public TO " + role);
            }
        }

        @Override
        String url() {
            return inDatabase() + "?ApplicationName=" + stem();
        }

        @Override
        String slowInsert() {
            return "INSERT INTO " + table() + " SELECT ?, pg_sleep(?) IS NULL";
        }

        @Override
        String mark() throws SQLException {
            return PostgresServer.query("SELECT clock_timestamp()").get(0);
        }

        @Override
        int sessionsBefore(String mark) throws SQLException {
            return Integer.parseInt(
                    PostgresServer.query("SELECT count(*) FROM pg_stat_activity WHERE application_name = '" + stem()
                                    + "' AND backend_start <= '" + mark + "'")
                            .get(0));
        }

        @Override
        Sessions sessions() throws SQLException {
            return LoadedServer.sessions(
                    PostgresServer.superuser(),
                    "SELECT count(*) FROM pg_stat_activity WHERE application_name = '" + stem() + "'");
        }

        @Override
        long rows() throws SQLException {
            try (Connection connection = superuser();
                    Sessions rows = LoadedServer.sessions(connection, "SELECT count(*) FROM " + table())) {
                return rows.count();
            }
        }

        private static String inDatabase() {
            return PostgresServer.url().replaceAll("/postgres$", "/" + DATABASE);
        }

        private static Connection superuser() throws SQLException {
            return DriverManager.getConnection(inDatabase(), "postgres", "unused");
        }
    }

    /** Has no log of some statements: all are logged while somebody changes logins, and none meanwhile. */
    private static final class MariaDb extends LoadedServer {
        private static int administrators;

        MariaDb(MariaDbWorld world, String privileged) throws SQLException {
            super(world, world.stem());
            MariaDbServer.execute(
                    "CREATE TABLE " + table() + " (thread int, slept int)",
                    "GRANT SELECT, INSERT ON test.* TO " + privileged.replace("*", world.stem()));
        }

        @Override
        String url() {
            return MariaDbServer.url();
        }

        @Override
        String slowInsert() {
            return "INSERT INTO " + table() + " SELECT ?, SLEEP(?)";
        }

        @Override
        String mark() throws SQLException {
            return MariaDbServer.query("SELECT CONNECTION_ID()").get(0);
        }

        @Override
        int sessionsBefore(String mark) throws SQLException {
            return Integer.parseInt(
                    MariaDbServer.query(count() + " AND ID <= " + mark).get(0));
        }

        @Override
        Sessions sessions() throws SQLException {
            return LoadedServer.sessions(MariaDbServer.superuser(), count());
        }

        @Override
        long rows() throws SQLException {
            return Long.parseLong(
                    MariaDbServer.query("SELECT COUNT(*) FROM " + table()).get(0));
        }

        @Override
        void administering(Runnable work) {
            log(1);
            try {
                work.run();
            } finally {
                log(-1);
            }
        }

        private String count() {
            return "SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE USER IN ('" + stem() + "', '" + stem()
                    + "_a', '" + stem() + "_b')";
        }

        private static void log(int more) {
            synchronized (MariaDb.class) {
                administrators += more;
                try {
                    MariaDbServer.execute("SET GLOBAL general_log = " + (administrators > 0 ? "ON" : "OFF"));
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            }
        }
    }
}
