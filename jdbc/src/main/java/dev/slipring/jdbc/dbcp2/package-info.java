/**
 * Apache Commons DBCP 2 as the pool of a {@link dev.slipring.jdbc.RotatingDataSource}: start with
 * {@link dev.slipring.jdbc.dbcp2.Dbcp2Rotation}.
 *
 * <p>The only package that touches DBCP's types; nothing else of this module needs its jars.
 */
@NullMarked
package dev.slipring.jdbc.dbcp2;

import org.jspecify.annotations.NullMarked;
