/**
 * What was done with secrets: {@link dev.slipring.observe.audit.AuditTrail} keeps it in files that {@link
 * dev.slipring.observe.audit.TrailCheck} shows to be whole, and {@link dev.slipring.observe.audit.EmergencyRecord} tells
 * an emergency from it. Metadata only, with fingerprints, never values or the words of a failure.
 */
@NullMarked
package dev.slipring.observe.audit;

import org.jspecify.annotations.NullMarked;
