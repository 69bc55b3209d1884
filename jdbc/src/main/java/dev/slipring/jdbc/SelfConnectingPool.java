package dev.slipring.jdbc;

import dev.slipring.jdbc.login.Login;

/**
 * A pool that runs already and opens its connections by itself: what {@link RotatingDataSource#adopting} needs of
 * it. Implementations are thread-safe.
 */
public interface SelfConnectingPool extends ConnectionPool {
    /** Opens every later connection with {@code login}, which stays the caller's, who wipes it. */
    void use(Login login);

    /** How many connections the pool has, borrowed or not. */
    int size();

    /**
     * Whether the pool may have one connection more than {@link #maximum()}, which does not change by it, and should
     * keep one more idle. Saying it again changes nothing.
     */
    void extend(boolean byOne);
}
