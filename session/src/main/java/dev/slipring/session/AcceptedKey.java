package dev.slipring.session;

import dev.slipring.keyring.VersionUse;

/**
 * One accepted version: its key, and what its metadata allow.
 *
 * @param version number of the version
 * @param key prints no material
 * @param use where it is noted that something was signed with it
 * @param compromised whether everything under it is rejected
 * @param lastIssue the last second in which a live replica may have signed with it
 * @param lastResign what was issued by then moves to the primary version
 */
record AcceptedKey(int version, SessionKey key, VersionUse use, boolean compromised, long lastIssue, long lastResign) {

    /** The token that says {@code claims}, signed with this key. */
    String sign(Claims claims) {
        String token = SignedToken.write(claims, key);
        use.mark();
        return token;
    }
}
