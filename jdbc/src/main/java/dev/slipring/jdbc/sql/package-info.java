/**
 * What the packages of this module that keep tables share: start with {@link dev.slipring.jdbc.sql.Database}, which
 * runs transactions on a {@code DataSource} whatever its settings are. Not exported.
 */
@NullMarked
package dev.slipring.jdbc.sql;

import org.jspecify.annotations.NullMarked;
