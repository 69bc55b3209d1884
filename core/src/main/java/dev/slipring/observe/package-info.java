/**
 * How an application's secrets stand, told from what a replica holds already: start with {@link
 * dev.slipring.observe.Health}, which {@link dev.slipring.Slipring} makes.
 *
 * <p>Nothing here reads a store, asks an issuer or waits. Only metadata is shown: names, version numbers, states and
 * durations, never values, fingerprints, or the words of a failure.
 */
@NullMarked
package dev.slipring.observe;

import org.jspecify.annotations.NullMarked;
