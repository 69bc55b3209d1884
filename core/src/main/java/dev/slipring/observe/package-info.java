/**
 * How an application's secrets stand, told from what a replica holds already: start with {@link
 * dev.slipring.observe.Health}, which {@link dev.slipring.Slipring} makes. It reads no store, asks no issuer and waits
 * for nothing.
 *
 * <p>What was done with them: {@link dev.slipring.observe.AuditTrail} keeps it in files that {@link
 * dev.slipring.observe.TrailCheck} shows to be whole, and {@link dev.slipring.observe.EmergencyRecord} tells an
 * emergency from it.
 *
 * <p>What there is, who answers for it and what comes next: {@link dev.slipring.observe.Inventory}, for people and for
 * programs.
 *
 * <p>Only metadata is shown, never values or the words of a failure; fingerprints in the audit trail alone.
 */
@NullMarked
package dev.slipring.observe;

import org.jspecify.annotations.NullMarked;
