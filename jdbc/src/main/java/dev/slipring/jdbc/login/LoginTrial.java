package dev.slipring.jdbc.login;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How logins are tried.
 *
 * @param connector where; null if they cannot be tried
 * @param rightsProbe a query that needs the application's rights
 */
record LoginTrial(@Nullable Connector connector, String rightsProbe, Duration timeout) {

    boolean possible() {
        return connector != null;
    }

    /** Why {@code login} did not work; empty if it did. */
    Optional<SQLException> failure(Login login) {
        if (connector == null) {
            throw new IllegalStateException("there is no login test");
        }
        try (Connection connection = connector.connect(login);
                Statement statement = connection.createStatement()) {
            statement.setQueryTimeout((int) Math.max(1, timeout.toSeconds()));
            statement.execute("SELECT 1");
            statement.execute(rightsProbe);
            return Optional.empty();
        } catch (SQLException e) {
            return Optional.of(e);
        }
    }
}
