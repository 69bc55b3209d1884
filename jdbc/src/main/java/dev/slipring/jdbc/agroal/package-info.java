/**
 * Agroal as the pool of a {@link dev.slipring.jdbc.RotatingDataSource}: start with
 * {@link dev.slipring.jdbc.agroal.AgroalRotation}.
 *
 * <p>The only package that touches Agroal's types; nothing else of this module needs its jars.
 */
@NullMarked
package dev.slipring.jdbc.agroal;

import org.jspecify.annotations.NullMarked;
