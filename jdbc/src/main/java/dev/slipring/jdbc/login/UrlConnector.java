package dev.slipring.jdbc.login;

import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;

/** Connects through a driver and a URL without credentials. Equal if the URLs are, parameters apart. */
final class UrlConnector implements Connector {
    private final JdbcUrl url;
    private final Driver driver;
    private final Properties properties;

    private UrlConnector(JdbcUrl url, Driver driver, Properties properties) {
        this.url = url;
        this.driver = driver;
        this.properties = properties;
    }

    static UrlConnector of(String text, Properties properties) {
        JdbcUrl url = JdbcUrl.withoutCredentials(text);
        Properties copy = new Properties();
        for (String name : properties.stringPropertyNames()) {
            if (JdbcUrl.namesCredential(name)) {
                throw new IllegalArgumentException("the driver property \"" + name + "\" for " + url
                        + " would compete with the rotated login; remove it");
            }
            copy.setProperty(name, properties.getProperty(name));
        }
        try {
            return new UrlConnector(url, DriverManager.getDriver(text), copy);
        } catch (SQLException e) {
            throw new IllegalArgumentException(
                    "no JDBC driver accepts the URL " + url + ": is it spelled right, and is the driver present?", e);
        }
    }

    @Override
    public Connection connect(Login login) throws SQLException {
        Properties full = new Properties();
        full.putAll(properties);
        full.setProperty("user", login.user());
        full.setProperty("password", login.revealPassword());
        Connection connection = driver.connect(url.text(), full);
        if (connection == null) {
            throw new SQLException("the JDBC driver no longer accepts the URL " + url, "08001");
        }
        return connection;
    }

    @Override
    public Object database() {
        return url.database();
    }

    @Override
    public String toString() {
        return "Connector[" + url + "]";
    }
}
