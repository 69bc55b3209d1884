/**
 * Zero-downtime rotation of an application's secrets, inside the process: start with
 * {@link dev.slipring.Slipring}.
 */
@NullMarked
package dev.slipring;

import org.jspecify.annotations.NullMarked;
