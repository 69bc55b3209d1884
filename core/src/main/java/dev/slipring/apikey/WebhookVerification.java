package dev.slipring.apikey;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/** What a {@link WebhookVerifier} says of a delivery. Immutable. */
public sealed interface WebhookVerification {

    /**
     * The body was signed by a holder of the secret, and is in time.
     *
     * @param version number of the secret's version that it is signed with
     * @param sentAt when the sender signed it, a whole second; empty where the format does not say
     * @param id what the sender calls the message, the same in each attempt to deliver it; empty where the format does
     *     not sign one
     */
    record Valid(int version, Optional<Instant> sentAt, Optional<String> id) implements WebhookVerification {
        /** See the class. */
        public Valid {
            Objects.requireNonNull(sentAt, "sentAt");
            Objects.requireNonNull(id, "id");
        }
    }

    /**
     * The delivery is not to be trusted.
     *
     * @param reason the first reason found
     */
    record Rejected(Reason reason) implements WebhookVerification {
        /** See the class. */
        public Rejected {
            Objects.requireNonNull(reason, "reason");
        }
    }

    /** Why a delivery is not valid, in the order in which it is found out. */
    enum Reason {
        /** A header that the format needs is not there. */
        MISSING_HEADER,
        /** A header is not spelled as the format says, or is longer than any sender makes it. */
        MALFORMED,
        /** The body is longer than the verifier allows. */
        TOO_LARGE,
        /** Signed longer ago than the tolerance. */
        EXPIRED,
        /** Signed in the future, by more than the tolerance. */
        FUTURE,
        /**
         * Signed with no accepted version of the secret, or not this body; the secret is being read anew. Senders
         * deliver again, so one that took up a version before this replica did is heard then.
         */
        BAD_SIGNATURE,
        /** Signed with a version that is compromised: anybody may have signed it. */
        COMPROMISED_SECRET,
        /** The very same delivery was valid before. */
        REPLAYED
    }
}
