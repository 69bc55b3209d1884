package dev.slipring.bench;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.text.ParseException;
import java.util.Arrays;
import java.util.Date;
import java.util.HashMap;
import java.util.Map;

/** A peer: signed JWTs by Nimbus, HS256, with the payload as the subject. */
final class NimbusTokens {
    private static final long LIFE = 12 * 60 * 60 * 1000L;
    private static final long SKEW = 30 * 1000L;

    private final Map<String, JWSHeader> headers = new HashMap<>();
    private final Map<String, MACSigner> signers = new HashMap<>();
    private final Map<String, MACVerifier> verifiers = new HashMap<>();

    NimbusTokens() throws JOSEException {
        for (String key : new String[] {"0", "1"}) {
            byte[] bytes = new byte[32];
            Arrays.fill(bytes, (byte) key.charAt(0));
            headers.put(
                    key, new JWSHeader.Builder(JWSAlgorithm.HS256).keyID(key).build());
            signers.put(key, new MACSigner(bytes));
            verifiers.put(key, new MACVerifier(bytes));
        }
    }

    /** A token under the current key, "0", or the one before, "1". */
    String sign(String key, String payload) throws JOSEException {
        long now = System.currentTimeMillis();
        SignedJWT jwt = new SignedJWT(
                headers.get(key),
                new JWTClaimsSet.Builder()
                        .subject(payload)
                        .issueTime(new Date(now))
                        .expirationTime(new Date(now + LIFE))
                        .build());
        jwt.sign(signers.get(key));
        return jwt.serialize();
    }

    /** What the token says, or null. */
    JWTClaimsSet verify(String token) throws ParseException, JOSEException {
        SignedJWT jwt = SignedJWT.parse(token);
        if (!jwt.verify(verifiers.get(jwt.getHeader().getKeyID()))) {
            return null;
        }
        JWTClaimsSet claims = jwt.getJWTClaimsSet();
        long now = System.currentTimeMillis();
        boolean inForce = claims.getIssueTime().getTime() <= now + SKEW
                && claims.getExpirationTime().getTime() > now - SKEW;
        return inForce ? claims : null;
    }
}
