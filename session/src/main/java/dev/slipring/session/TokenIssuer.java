package dev.slipring.session;

import java.util.Arrays;

/** Signs with the primary version, within the room that browsers leave. Safe for use by several threads. */
final class TokenIssuer {
    private final SignerSettings settings;
    private final LiveKeys keys;
    private final byte[] use;
    private final int room;

    TokenIssuer(SignerSettings settings, LiveKeys keys) {
        this.settings = settings;
        this.keys = keys;
        use = settings.use();
        room = SessionCookie.MAX_LENGTH - settings.cookie().name().length();
    }

    /** A token that lives {@code life} seconds from now on. */
    String issue(byte[] payload, long life) {
        // A token is never shorter than its payload: what is far too long is not even signed.
        if (payload.length <= room) {
            String token = keys.producing().sign(Claims.issued(payload, settings.now(), life));
            if (token.length() <= room) {
                return token;
            }
        }
        long length = settings.cookie().name().length() + SignedToken.length(payload);
        throw new IllegalArgumentException("cookie " + settings.cookie().name() + ": a payload of " + payload.length
                + " bytes makes " + length + " characters of name and token, more than " + SessionCookie.MAX_LENGTH);
    }

    /** Whether {@code claims} can be signed now, and browsers would keep the token. */
    boolean canSign(Claims claims) {
        return keys.maySign() && SignedToken.length(claims.payload()) <= room;
    }

    /** Whether what {@code other} signs is valid here. */
    boolean signsLike(TokenIssuer other) {
        return Arrays.equals(use, other.use);
    }
}
