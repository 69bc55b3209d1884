/**
 * Fakes for applications' own tests, part of the product: start with {@link dev.slipring.testing.FakeSecret}
 * to test code that uses a secret, with {@link dev.slipring.testing.ManualClock} and
 * {@link dev.slipring.testing.ManualScheduler} to move time by hand, and with
 * {@link dev.slipring.testing.FaultInjectingStore} to see what a bad store does. A
 * {@link dev.slipring.testing.FleetSimulator} lets a fleet rotate a secret under a policy, as slow as that allows,
 * and looks for anything that one replica made and another rejects.
 *
 * <p>Nothing here sleeps, reads a real clock or touches the network, so tests are fast and repeatable.
 */
@NullMarked
package dev.slipring.testing;

import org.jspecify.annotations.NullMarked;
