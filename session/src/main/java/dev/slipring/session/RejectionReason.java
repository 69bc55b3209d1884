package dev.slipring.session;

import dev.slipring.keyring.AuthFailure;
import java.util.Optional;

/**
 * Why a token is not valid, in the order in which it is found out. No reason alone is cause to clear a cookie:
 * another replica may know better.
 */
public enum RejectionReason {
    /**
     * Not the one legal spelling of a token: wrong length, prefix or alphabet, a payload spelled otherwise than
     * a signer would, or an expiry that is not after the issue.
     */
    MALFORMED,
    /**
     * Names a key that this replica does not know, or not yet: it has asked for a refresh. Never clear the cookie.
     * Once the record was read again, long enough after the key was first named here, and still lacks it, the reason is
     * {@link #RETIRED_KEY}.
     */
    UNKNOWN_KEY,
    /** Names a known key, and was not signed with it. */
    BAD_SIGNATURE,
    /** Lives longer than this signer allows. */
    TOO_LONG_LIVED,
    /** Signed with a compromised version, or issued while one might have been used by others. */
    COMPROMISED_KEY,
    /**
     * Issued after every live replica had stopped signing with this version, or signed with a key that is not, or no
     * longer, one of the secret's: a fresh look would not change that.
     */
    RETIRED_KEY,
    /** Issued in the future, by more than the clocks may differ. */
    NOT_YET_VALID,
    /** Past its life, by more than the clocks may differ. */
    EXPIRED,
    /** Issued at or before the moment up to which the secret's record rejects everything. */
    ISSUED_TOO_EARLY;

    /** What it is a failure of, for whoever watches for attacks; empty where the token was once a good one. */
    Optional<AuthFailure> authFailure() {
        return switch (this) {
            case MALFORMED -> Optional.of(AuthFailure.OTHER);
            case UNKNOWN_KEY, RETIRED_KEY -> Optional.of(AuthFailure.UNKNOWN_KEY);
            case BAD_SIGNATURE -> Optional.of(AuthFailure.SIGNATURE);
            default -> Optional.empty();
        };
    }
}
