package dev.slipring.jdbc.login;

import java.sql.Connection;
import java.sql.SQLException;

/**
 * Where an issuer gets its own, privileged connections: {@code dataSource::getConnection}, or
 * {@code () -> connector.connect(rotatorLogin)}. Each connection is closed by whoever asked for it.
 */
@FunctionalInterface
public interface ConnectionSource {
    /** A connection in auto-commit mode. */
    Connection open() throws SQLException;
}
