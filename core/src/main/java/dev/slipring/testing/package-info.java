/**
 * Fakes for applications' own tests, part of the product: start with {@link dev.slipring.testing.FakeSecret}
 * to test code that uses a secret, with {@link dev.slipring.testing.ManualClock} and
 * {@link dev.slipring.testing.ManualScheduler} to move time by hand, and with
 * {@link dev.slipring.testing.FaultInjectingStore} to see what a bad store does.
 *
 * <p>Nothing here sleeps, reads a real clock or touches the network, so tests are fast and repeatable.
 */
@NullMarked
package dev.slipring.testing;

import org.jspecify.annotations.NullMarked;
