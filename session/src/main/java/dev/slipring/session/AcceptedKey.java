package dev.slipring.session;

/**
 * One accepted version: its key, and what its metadata allow.
 *
 * @param origin the version, and where its use is counted
 * @param key prints no material
 * @param terms what its tokens may say
 */
record AcceptedKey(Origin origin, SessionKey key, Terms terms) {

    int version() {
        return origin.version();
    }

    /** The token that says {@code claims}, signed with this key. */
    String sign(Claims claims) {
        String token = SignedToken.write(claims, key);
        origin.signed();
        return token;
    }
}
