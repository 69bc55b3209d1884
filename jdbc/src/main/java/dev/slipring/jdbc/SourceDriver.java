package dev.slipring.jdbc;

import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.Objects;
import java.util.Properties;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A driver that connects through a {@code DataSource}, for pools that take a driver, or the class of one, but no
 * {@code DataSource}. It is not registered with the {@code DriverManager}. Safe for use by several threads.
 */
public final class SourceDriver implements Driver {
    private static final String SOURCE = "dev.slipring.source";

    private final @Nullable DataSource source;

    private SourceDriver(@Nullable DataSource source) {
        this.source = source;
    }

    /** For a pool that makes the instance: the source is among the properties, see {@link #through}. */
    public SourceDriver() {
        this(null);
    }

    /** A driver whose connections are those of {@code source}. */
    public static SourceDriver of(DataSource source) {
        return new SourceDriver(Objects.requireNonNull(source, "source"));
    }

    /** The properties with which any instance connects through {@code source}. */
    public static Properties through(DataSource source) {
        Properties properties = new Properties();
        properties.put(SOURCE, source);
        return properties;
    }

    /**
     * A connection from the source, whatever the URL is.
     *
     * @return null, which is how a driver says that it is not concerned, if there is no source
     */
    @Override
    public @Nullable Connection connect(@Nullable String url, Properties properties) throws SQLException {
        if (source != null) {
            return source.getConnection();
        }
        return properties.get(SOURCE) instanceof DataSource given ? given.getConnection() : null;
    }

    @Override
    public boolean acceptsURL(@Nullable String url) {
        return true;
    }

    @Override
    public DriverPropertyInfo[] getPropertyInfo(String url, Properties properties) {
        return new DriverPropertyInfo[0];
    }

    @Override
    public int getMajorVersion() {
        return 1;
    }

    @Override
    public int getMinorVersion() {
        return 0;
    }

    @Override
    public boolean jdbcCompliant() {
        return false;
    }

    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
        throw new SQLFeatureNotSupportedException("logging goes through SLF4J");
    }
}
