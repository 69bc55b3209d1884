package dev.slipring.bench.login;

import dev.slipring.jdbc.ClientState;
import dev.slipring.jdbc.RotatingDataSource;
import dev.slipring.jdbc.login.Login;
import dev.slipring.testing.FakeSecret;
import dev.slipring.testing.ManualClock;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import javax.sql.DataSource;

/** A rotating source over the stub driver, at rest or in a drain that does not end. Not thread-safe. */
final class StubLogin implements AutoCloseable {
    private final FakeSecret secret = FakeSecret.create("login", ManualClock.at(Instant.now()), login("a"));
    private final RotatingDataSource source;

    /** @param making tells the pool */
    StubLogin(Function<FakeSecret, RotatingDataSource.Builder> making) {
        source = making.apply(secret)
                .drainPace(Duration.ofHours(1))
                .drainDeadline(Duration.ofDays(1))
                .build();
    }

    DataSource source() {
        return source;
    }

    /** Promotes a second login while {@code connections} of the first are open, of which no more than one retires. */
    void drain(int connections) throws SQLException, InterruptedException {
        borrow(connections);
        secret.rotate(login("b"));
        while (!(source.state() instanceof ClientState.Draining)) {
            TimeUnit.MILLISECONDS.sleep(1);
        }
        borrow(connections); // whichever may retire at once has done so
        if (source.draining() < connections - 1) {
            throw new IllegalStateException("only " + source.draining() + " connections are left to drain");
        }
    }

    private void borrow(int connections) throws SQLException {
        List<Connection> borrowed = new ArrayList<>();
        for (int i = 0; i < connections; i++) {
            borrowed.add(source.getConnection());
        }
        for (Connection connection : borrowed) {
            connection.close();
        }
    }

    @Override
    public void close() {
        source.close();
        secret.close();
    }

    private static byte[] login(String user) {
        return Login.of(user, "stub".getBytes(StandardCharsets.US_ASCII))
                .toValue()
                .copyBytes();
    }
}
