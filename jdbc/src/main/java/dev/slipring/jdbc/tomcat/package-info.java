/**
 * The Tomcat JDBC pool as the pool of a {@link dev.slipring.jdbc.RotatingDataSource}: start with
 * {@link dev.slipring.jdbc.tomcat.TomcatRotation}.
 *
 * <p>The only package that touches the types of that pool; nothing else of this module needs its jars.
 */
@NullMarked
package dev.slipring.jdbc.tomcat;

import org.jspecify.annotations.NullMarked;
