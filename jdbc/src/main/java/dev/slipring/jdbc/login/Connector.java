package dev.slipring.jdbc.login;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Properties;
import javax.sql.DataSource;

/** Opens physical connections to one database with whatever login it is given. Implementations are thread-safe. */
@FunctionalInterface
public interface Connector {
    /** A new connection that is logged in as {@code login}. */
    Connection connect(Login login) throws SQLException;

    /** What tells this database from others, so that failed logins are counted per account: equal objects, one database. */
    default Object database() {
        return this;
    }

    /**
     * Connects through the driver that accepts {@code url}.
     *
     * @throws IllegalArgumentException if no driver accepts the URL, or if it holds a credential, which would
     *     silently beat the rotated one; the message names the URL without the credential
     */
    static Connector of(String url) {
        return of(url, new Properties());
    }

    /**
     * Connects through the driver that accepts {@code url}, with further properties for the driver.
     *
     * @throws IllegalArgumentException as {@link #of(String)}; also if the properties hold a credential
     */
    static Connector of(String url, Properties properties) {
        return UrlConnector.of(url, properties);
    }

    /** Connects through {@link DataSource#getConnection(String, String)}. */
    static Connector of(DataSource source) {
        return login -> source.getConnection(login.user(), login.revealPassword());
    }
}
