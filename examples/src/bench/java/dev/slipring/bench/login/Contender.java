package dev.slipring.bench.login;

import java.sql.SQLException;
import javax.sql.DataSource;

/** An application's access to the database, which follows a login in its own way. */
interface Contender extends AutoCloseable {
    /** Largest size of every pool. */
    int POOL = 10;

    /** What the application asks for connections. */
    DataSource source();

    /** The login of {@code role} that was just installed is on its way: the application may know it. */
    default void announce(AlternatingRole role) {}

    /** The login of {@code role} that was just installed is the one to use; returns once the contender knows. */
    void follow(AlternatingRole role) throws SQLException;

    /** Whether the contender knows that the old login is not needed any more; never, if it cannot tell. */
    boolean done();

    /** The login before was revoked. */
    default void revoked() {}

    @Override
    void close();
}
