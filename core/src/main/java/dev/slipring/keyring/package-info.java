/**
 * What one replica knows of a secret: start with {@link dev.slipring.keyring.RotatingSecret}.
 *
 * <p>A {@link dev.slipring.keyring.Keyring} is an immutable snapshot: the versions of one secret with
 * the values that this replica may use. A {@link dev.slipring.keyring.RotatingSecret} is the live view:
 * it swaps snapshots in the background, so that reading one costs a single volatile load.
 *
 * <p>Secret bytes live in {@link dev.slipring.keyring.SecretValue} only; everything else here is
 * metadata and may be printed. This package depends on no other package of Slipring.
 */
@NullMarked
package dev.slipring.keyring;

import org.jspecify.annotations.NullMarked;
