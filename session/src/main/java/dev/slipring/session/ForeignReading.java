package dev.slipring.session;

import java.time.Instant;
import java.util.Objects;

/** What a {@link ForeignFormat} finds in a request. Immutable and safe for use by several threads. */
public sealed interface ForeignReading {

    /** No cookie of the request is for this format. */
    record Absent() implements ForeignReading {}

    /**
     * A cookie claims to be of this format and is not to be trusted.
     *
     * @param reason the first reason found
     */
    record Refused(RejectionReason reason) implements ForeignReading {
        /**
         * A cookie claims to be of this format and is not to be trusted.
         *
         * @param reason the first reason found
         */
        public Refused {
            Objects.requireNonNull(reason, "reason");
        }
    }

    /** A session that was signed by a holder of one of the format's secrets. Its string form leaves the payload out. */
    final class Found implements ForeignReading {
        private final byte[] payload;
        private final Instant issuedAt;
        private final Instant expiresAt;

        /**
         * A session whose signature is good.
         *
         * @param payload what was signed, copied
         * @param issuedAt when it began, or the latest moment at which it can have begun
         * @param expiresAt when it ends
         */
        public Found(byte[] payload, Instant issuedAt, Instant expiresAt) {
            this.payload = payload.clone();
            this.issuedAt = Objects.requireNonNull(issuedAt, "issuedAt");
            this.expiresAt = Objects.requireNonNull(expiresAt, "expiresAt");
        }

        /**
         * What was signed.
         *
         * @return a copy, the caller's
         */
        public byte[] payload() {
            return payload.clone();
        }

        /**
         * When the session began.
         *
         * @return as the format says, or as the application does
         */
        public Instant issuedAt() {
            return issuedAt;
        }

        /**
         * When the session ends by the rules of its format.
         *
         * @return a moment that may be past
         */
        public Instant expiresAt() {
            return expiresAt;
        }

        @Override
        public String toString() {
            return "Found[" + payload.length + " bytes, issued " + issuedAt + ", expires " + expiresAt + "]";
        }
    }
}
