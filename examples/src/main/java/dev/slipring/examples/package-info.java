/**
 * The demo: start with {@link dev.slipring.examples.Demo}.
 *
 * <p>Three replicas of a small web application run in one process, as three processes would: they share a store
 * directory and a database and nothing else. Under load all their secrets are rotated, and whatever a user or the
 * application lost by it is counted.
 *
 * <p>{@link dev.slipring.examples.Replica} shows how an application puts the library together.
 */
@NullMarked
package dev.slipring.examples;

import org.jspecify.annotations.NullMarked;
