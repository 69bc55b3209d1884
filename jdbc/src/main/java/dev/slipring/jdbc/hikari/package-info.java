/**
 * HikariCP as the pool of a {@link dev.slipring.jdbc.RotatingDataSource}: start with
 * {@link dev.slipring.jdbc.hikari.HikariRotation}.
 *
 * <p>The only package that touches HikariCP's types; nothing else of this module needs its jar.
 */
@NullMarked
package dev.slipring.jdbc.hikari;

import org.jspecify.annotations.NullMarked;
