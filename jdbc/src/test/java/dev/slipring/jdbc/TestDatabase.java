package dev.slipring.jdbc;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;

/**
 * A database of its own for one test, on each kind of server: a schema in PostgreSQL, a database in MariaDB, one in
 * memory in H2.
 */
public final class TestDatabase implements AutoCloseable {
    private static final AtomicInteger NUMBER = new AtomicInteger();

    /** The servers that tests run on. */
    public enum Server {
        H2,
        H2_AS_MYSQL,
        POSTGRES,
        MARIADB
    }

    private final Server server;
    private final String name;
    private final Connection keepsAlive;

    private TestDatabase(Server server) throws SQLException {
        this.server = server;
        name = "t" + NUMBER.incrementAndGet() + "_"
                + UUID.randomUUID().toString().replace("-", "").substring(0, 8);
        switch (server) {
            case POSTGRES -> PostgresServer.execute("CREATE SCHEMA " + name);
            case MARIADB -> MariaDbServer.execute("CREATE DATABASE " + name + " CHARACTER SET utf8mb4");
            default -> {}
        }
        keepsAlive = connect();
    }

    public static TestDatabase on(Server server) throws SQLException {
        return new TestDatabase(server);
    }

    public Server server() {
        return server;
    }

    /** The schema's name. */
    public String name() {
        return server == Server.H2 || server == Server.H2_AS_MYSQL ? "PUBLIC" : name;
    }

    public Connection connect() throws SQLException {
        return switch (server) {
            case H2 -> DriverManager.getConnection("jdbc:h2:mem:" + name + ";LOCK_TIMEOUT=20000", "sa", "");
            case H2_AS_MYSQL ->
                DriverManager.getConnection("jdbc:h2:mem:" + name + ";LOCK_TIMEOUT=20000;MODE=MySQL", "sa", "");
            case POSTGRES -> {
                Connection connection = PostgresServer.superuser();
                connection.setSchema(name);
                yield connection;
            }
            case MARIADB -> {
                Connection connection = MariaDbServer.superuser();
                connection.setCatalog(name);
                yield connection;
            }
        };
    }

    /** Opens a connection whenever it is asked for one. */
    public DataSource dataSource() {
        return new ConnectingDataSource(this::connect);
    }

    public void execute(String... sql) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            for (String one : sql) {
                statement.execute(one);
            }
        }
    }

    @Override
    public void close() throws SQLException {
        keepsAlive.close();
        switch (server) {
            case POSTGRES -> PostgresServer.execute("DROP SCHEMA " + name + " CASCADE");
            case MARIADB -> MariaDbServer.execute("DROP DATABASE " + name);
            default -> {}
        }
    }
}
