/**
 * {@link dev.slipring.guard.SecretText} is the form in which a value leaves and comes back: scanners find it, and slips in
 * copying it are told.
 */
@NullMarked
package dev.slipring.guard;

import org.jspecify.annotations.NullMarked;
