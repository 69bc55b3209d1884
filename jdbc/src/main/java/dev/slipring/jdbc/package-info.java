/**
 * A {@code DataSource} whose login rotates under load: start with {@link dev.slipring.jdbc.RotatingDataSource},
 * or with {@link dev.slipring.jdbc.hikari.HikariRotation}, {@link dev.slipring.jdbc.agroal.AgroalRotation},
 * {@link dev.slipring.jdbc.dbcp2.Dbcp2Rotation} or {@link dev.slipring.jdbc.tomcat.TomcatRotation} if that is the pool.
 *
 * <p>The application holds a {@link dev.slipring.jdbc.RotatingDataSource}. Behind it is any pool, seen through
 * {@link dev.slipring.jdbc.ConnectionPool}, and behind the pool a
 * {@link dev.slipring.jdbc.CredentialedDataSource}, which alone knows the login. A new version of the login is
 * tried first, then new connections use it, then the old ones are replaced one by one;
 * {@link dev.slipring.jdbc.ClientState} tells how far that is.
 */
@NullMarked
package dev.slipring.jdbc;

import org.jspecify.annotations.NullMarked;
