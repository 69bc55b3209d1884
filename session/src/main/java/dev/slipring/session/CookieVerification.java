package dev.slipring.session;

import java.util.Objects;

/**
 * What the cookies of one request say of its session.
 *
 * @param verification of the first valid cookie; or, if none is, {@link RejectionReason#UNKNOWN_KEY} if that is why one
 *     of them was rejected, since another replica may know better, else why the first one was that is no
 *     {@link RejectionReason#MALFORMED}
 * @param duplicates how many cookies beyond one have the session's name: a sign of a cookie that was set for
 *     another path or domain, by accident or by a neighbour
 */
public record CookieVerification(Verification verification, int duplicates) {
    /**
     * What the cookies of one request say of its session.
     *
     * @param verification of the first valid cookie, or why none is
     * @param duplicates not negative
     */
    public CookieVerification {
        Objects.requireNonNull(verification, "verification");
        if (duplicates < 0) {
            throw new IllegalArgumentException("a number of duplicates is not negative: " + duplicates);
        }
    }
}
