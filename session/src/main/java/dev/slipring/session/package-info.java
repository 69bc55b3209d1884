/**
 * Session tokens whose signing key rotates without logging anybody out: start with
 * {@link dev.slipring.session.SessionSigner}.
 *
 * <p>A token is signed with the primary version of a {@link dev.slipring.keyring.RotatingSecret} and verified
 * with whichever accepted version it names. What comes of it is a {@link dev.slipring.session.Verification}:
 * valid, with the same token under the present key where that is due, or rejected for one
 * {@link dev.slipring.session.RejectionReason}.
 *
 * <p>Tokens are signed, not encrypted: whoever holds one can read its payload.
 */
@NullMarked
package dev.slipring.session;

import org.jspecify.annotations.NullMarked;
