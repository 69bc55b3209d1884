package dev.slipring.bench;

import io.jsonwebtoken.Claims;
import io.jsonwebtoken.JwtParser;
import io.jsonwebtoken.Jwts;
import io.jsonwebtoken.ProtectedHeader;
import java.util.Date;
import java.util.Map;
import javax.crypto.SecretKey;

/** A peer: signed JWTs by jjwt, HS256, with the payload as the subject. */
final class JjwtTokens {
    private static final long LIFE = 12 * 60 * 60 * 1000L;

    private final Map<String, SecretKey> keys =
            Map.of("0", Jwts.SIG.HS256.key().build(), "1", Jwts.SIG.HS256.key().build());
    private final JwtParser parser = Jwts.parser()
            .keyLocator(header -> keys.get(((ProtectedHeader) header).getKeyId()))
            .clockSkewSeconds(30)
            .build();

    /** A token under the current key, "0", or the one before, "1". */
    String sign(String key, String payload) {
        long now = System.currentTimeMillis();
        return Jwts.builder()
                .header()
                .keyId(key)
                .and()
                .subject(payload)
                .issuedAt(new Date(now))
                .expiration(new Date(now + LIFE))
                .signWith(keys.get(key), Jwts.SIG.HS256)
                .compact();
    }

    /** What the token says. */
    Claims verify(String token) {
        return parser.parseSignedClaims(token).getPayload();
    }
}
