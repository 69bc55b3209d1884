package dev.slipring.session;

import java.time.Instant;
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
        /**
         * The token is not to be trusted.
         *
         * @param reason the first reason found
         */
        public Rejected {
            Objects.requireNonNull(reason, "reason");
        }
    }

    /**
     * The token was signed by a holder of the secret and is in force. Its string form leaves the payload out, which
     * may be personal. Two objects are equal only if they are the same.
     */
    final class Valid implements Verification {
        private final SessionSigner signer;
        private final Claims claims;
        private final int version;
        private final @Nullable AcceptedKey successor;

        /** {@code successor} is the key to re-sign with, or null if that is not due. */
        Valid(SessionSigner signer, Claims claims, int version, @Nullable AcceptedKey successor) {
            this.signer = signer;
            this.claims = claims;
            this.version = version;
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
         * @return its number
         */
        public int version() {
            return version;
        }

        /**
         * The token to send back in the place of this one, if its version retires: the same payload, issue and
         * expiry under the version that was primary at the verification. Every replica makes the same bytes of it,
         * so replicas that answer at once do not disturb each other. Computed at each call.
         *
         * <p>Empty under any other version, in the last {@code skew} of the token's life, while the primary version
         * is compromised, and for a token issued more than {@code skew} after its version retired, which is good
         * to its end anyway: so whatever left a version for a newer key was issued by then, and
         * is rejected with that version if it turns out to be compromised. Empty also while nothing may be signed: the
         * token that came is good as it is, and a later request moves it.
         *
         * @return the re-signed token, if there is cause to send it
         */
        public Optional<String> resign() {
            return successor == null || !signer.maySign() ? Optional.empty() : Optional.of(successor.sign(claims));
        }

        boolean isFrom(SessionSigner other) {
            return signer.signsLike(other);
        }

        Claims claims() {
            return claims;
        }

        @Override
        public String toString() {
            return "Valid[version " + version + ", " + claims + "]";
        }
    }
}
