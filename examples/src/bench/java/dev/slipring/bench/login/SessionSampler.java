package dev.slipring.bench.login;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Asks the server about every 2 ms how many sessions the contender has, and keeps the most. */
final class SessionSampler implements AutoCloseable {
    private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(2);

    private final Connection connection;
    private final Thread thread = new Thread(this::sample, "sessions");
    private volatile int peak;
    private volatile boolean stopped;

    SessionSampler(LoginServer server) throws SQLException {
        connection = server.superuser();
        thread.start();
    }

    /** The most so far. */
    int peak() {
        return peak;
    }

    private void sample() {
        try (PreparedStatement count = connection.prepareStatement(
                "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'contender'")) {
            while (!stopped) {
                try (ResultSet row = count.executeQuery()) {
                    row.next();
                    peak = Math.max(peak, row.getInt(1));
                }
                LockSupport.parkNanos(PAUSE);
            }
        } catch (SQLException e) {
            throw new IllegalStateException("sessions cannot be counted", e);
        }
    }

    @Override
    public void close() throws SQLException, InterruptedException {
        stopped = true;
        thread.join();
        connection.close();
    }
}
