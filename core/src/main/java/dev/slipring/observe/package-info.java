/**
 * How an application's secrets stand, told from what a replica holds already: start with {@link
 * dev.slipring.observe.Health}, which {@link dev.slipring.Slipring} makes. It reads no store, asks no issuer and waits
 * for nothing. {@link dev.slipring.observe.UseDetector} finds what is unusual about their use.
 *
 * <p>What there is and what comes next is in {@code inventory}, what was done in {@code audit}; monitoring systems have a
 * package each. Only metadata is shown, never values or the words of a failure.
 */
@NullMarked
package dev.slipring.observe;

import org.jspecify.annotations.NullMarked;
