package dev.slipring.session;

import java.time.Instant;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a {@link SessionSigner} says of a token. Immutable and safe for use by several threads. */
public sealed interface Verification {

    /**
     * The token is not to be trusted.
     *
     * @param reason the first reason found
     */
    record Rejected(RejectionReason reason) implements Verification {
        private static final Map<RejectionReason, Rejected> ALL = new EnumMap<>(RejectionReason.class);

        static {
            EnumSet.allOf(RejectionReason.class).forEach(reason -> ALL.put(reason, new Rejected(reason)));
        }

        /**
         * The token is not to be trusted.
         *
         * @param reason the first reason found
         */
        public Rejected {
            Objects.requireNonNull(reason, "reason");
        }

        /** The one object that says so: refusing what costs nothing to send should allocate next to nothing. */
        static Rejected of(RejectionReason reason) {
            return Objects.requireNonNull(ALL.get(reason));
        }
    }

    /**
     * The token was signed by a holder of the secret and is in force. Its string form leaves the payload out, which
     * may be personal. Two objects are equal only if they are the same.
     */
    final class Valid implements Verification {
        private final TokenIssuer issuer;
        private final Claims claims;
        private final Origin origin;
        private final @Nullable AcceptedKey successor;

        /** {@code successor} is the key to re-sign with, or null if that is not due. */
        Valid(TokenIssuer issuer, Claims claims, Origin origin, @Nullable AcceptedKey successor) {
            this.issuer = issuer;
            this.claims = claims;
            this.origin = origin;
            this.successor = successor;
        }

        /**
         * What was signed.
         *
         * @return a copy, the caller's
         */
        public byte[] payload() {
            return claims.payload().clone();
        }

        /**
         * What was signed, as text.
         *
         * @return the payload, decoded as UTF-8
         * @throws IllegalStateException if the payload is not UTF-8
         */
        public String text() {
            return Utf8.decode(claims.payload());
        }

        /**
         * When the session began; survives re-signing.
         *
         * @return a whole second
         */
        public Instant issuedAt() {
            return Instant.ofEpochSecond(claims.issuedAt());
        }

        /**
         * When the session ends; survives re-signing.
         *
         * @return a whole second
         */
        public Instant expiresAt() {
            return Instant.ofEpochSecond(claims.expiresAt());
        }

        /**
         * Which version of the secret the token is signed with.
         *
         * @return its number; 0 for a session in a foreign format
         */
        public int version() {
            return origin.version();
        }

        /**
         * In which foreign format the session came.
         *
         * @return the format's name; empty for a token of this signer's own
         */
        public Optional<String> format() {
            return Optional.ofNullable(origin.format());
        }

        /**
         * The token to send back in the place of this one, if its version retires or its format is a foreign one: the
         * same payload, issue and expiry under the version that was primary at the verification. Every replica makes
         * the same bytes of it, so replicas that answer at once do not disturb each other. Computed at each call.
         *
         * <p>Empty under any other version, in the last {@code skew} of the token's life, while the primary version
         * is compromised, and for a token issued more than {@code skew} after its version retired, which is good
         * to its end anyway: so whatever left a version for a newer key was issued by then, and
         * is rejected with that version if it turns out to be compromised. Empty also while nothing may be signed: the
         * token that came is good as it is, and a later request moves it. A foreign session stays as it is where it
         * began before a compromise that would have it rejected after the move, and where its token would be too long.
         *
         * @return the re-signed token, if there is cause to send it
         */
        public Optional<String> resign() {
            if (successor == null || !issuer.canSign(claims)) {
                return Optional.empty();
            }
            origin.resigned();
            return Optional.of(successor.sign(claims));
        }

        /** Whether it comes from a signer of the same cookie and purpose as {@code other}. */
        boolean isLike(TokenIssuer other) {
            return issuer.signsLike(other);
        }

        Claims claims() {
            return claims;
        }

        @Override
        public String toString() {
            return "Valid[" + origin + ", " + claims + "]";
        }
    }
}
