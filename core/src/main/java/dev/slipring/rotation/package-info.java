/**
 * How a secret is rotated: start with {@link dev.slipring.rotation.RotationPolicy}, which says when and under
 * which timing, and {@link dev.slipring.rotation.SecretIssuer}, which makes values valid and invalid.
 *
 * <p>{@link dev.slipring.rotation.RotationProtocol} decides: a pure function of record, evidence and time.
 * {@link dev.slipring.rotation.Rotator} acts: it reads, asks the protocol, performs the
 * {@link dev.slipring.rotation.Step}, and writes by compare-and-set. Any number of replicas may run a
 * rotator for the same secret.
 */
@NullMarked
package dev.slipring.rotation;

import org.jspecify.annotations.NullMarked;
