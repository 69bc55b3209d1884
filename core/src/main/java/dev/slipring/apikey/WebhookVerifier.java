package dev.slipring.apikey;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.slipring.apikey.WebhookFormat.Delivery;
import dev.slipring.apikey.WebhookVerification.Reason;
import dev.slipring.apikey.WebhookVerification.Rejected;
import dev.slipring.apikey.WebhookVerification.Valid;
import dev.slipring.keyring.AuthFailure;
import dev.slipring.keyring.RotatingSecret;
import dev.slipring.keyring.UsableVersion;
import dev.slipring.keyring.VersionUse;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Verifies that a webhook comes from who shares its secret, while that secret rotates: whatever version is accepted will
 * do, before the sender switches and after.
 *
 * <p>Of several signatures, as some senders make during a rotation, one has to be right, by a version that is not
 * compromised. The newest version that fits counts as used, so that a sender who signs with two does not hold back the
 * older one's retirement, and one who has not switched yet does. A replay that is refused counts for nothing.
 *
 * <p>Codes are compared in constant time. What is too large or not in time is refused before anything is computed. The
 * body is that of the request, byte for byte: parsed and printed again it is another one.
 *
 * <p>The secret stays the caller's. Safe for use by several threads.
 */
public final class WebhookVerifier {
    private static final Logger LOG = LoggerFactory.getLogger(WebhookVerifier.class);
    private static final String ALGORITHM = "HmacSHA256";
    private static final Comparator<UsableVersion> PREFERENCE = Comparator.comparing(WebhookVerifier::isCompromised)
            .thenComparing(UsableVersion::number, Comparator.reverseOrder());

    private final RotatingSecret secret;
    private final WebhookFormat format;
    private final InstantSource clock;
    private final long tolerance;
    private final int maxBody;
    private final @Nullable SeenDeliveries seen;
    private final Set<Integer> told = ConcurrentHashMap.newKeySet();

    private WebhookVerifier(Builder builder) {
        secret = builder.secret;
        format = builder.format;
        clock = builder.clock;
        tolerance = builder.tolerance.toSeconds();
        maxBody = builder.maxBody;
        seen = builder.replays == 0 ? null : new SeenDeliveries(builder.replayWindow, builder.replays);
    }

    /**
     * Verifies what Stripe sends: {@code Stripe-Signature: t=...,v1=...}. A version of {@code secret} is the text that
     * the dashboard shows, {@code whsec_...}, as it is.
     */
    public static Builder stripe(RotatingSecret secret) {
        return new Builder(secret, WebhookFormat.STRIPE, 1 << 20);
    }

    /**
     * Verifies what GitHub sends: {@code X-Hub-Signature-256: sha256=...}; the older {@code X-Hub-Signature} is never
     * looked at. Bodies have up to 25 MiB unless told otherwise, as GitHub's have. A version of {@code secret} is the
     * text that was typed in there, as UTF-8.
     */
    public static Builder github(RotatingSecret secret) {
        return new Builder(secret, WebhookFormat.GITHUB, 25 << 20);
    }

    /**
     * Verifies what is sent by the symmetric scheme of Standard Webhooks: {@code webhook-id}, {@code webhook-timestamp}
     * and {@code webhook-signature: v1,...}. A version of {@code secret} is the text {@code whsec_} and base64, or the
     * base64 alone.
     */
    public static Builder standard(RotatingSecret secret) {
        return new Builder(secret, WebhookFormat.STANDARD, 1 << 20);
    }

    /**
     * Verifies a delivery.
     *
     * @param headers the value of the header of a name, whatever its case; null if it is not there. For one that is
     *     there several times any of the values will do, since the signature decides
     * @param body the bytes of the request; stay the caller's
     * @throws IllegalStateException if the secret is closed
     */
    public WebhookVerification verify(Function<String, @Nullable String> headers, byte[] body) {
        WebhookFormat.Reading reading = format.read(headers);
        if (reading instanceof WebhookFormat.Refused refused) {
            return new Rejected(refused.reason());
        }
        Delivery delivery = (Delivery) reading;
        Instant now = clock.instant();
        Reason objection = objection(delivery, body, now);
        if (objection != null) {
            return new Rejected(objection);
        }
        UsableVersion signer = signer(delivery, body);
        if (signer == null) {
            secret.uses().failed(AuthFailure.SIGNATURE);
            secret.requestRefresh();
            return new Rejected(Reason.BAD_SIGNATURE);
        }
        VersionUse use = secret.use(signer.number());
        if (isCompromised(signer)) {
            use.refused();
            return new Rejected(Reason.COMPROMISED_SECRET);
        }
        if (seen != null && !seen.isNew(delivery.start().getBytes(US_ASCII), body, now)) {
            return new Rejected(Reason.REPLAYED);
        }
        use.mark(); // evidence that the sender still signs with it, which a replay is not
        use.accepted();
        return new Valid(signer.number(), sentAt(delivery), Optional.ofNullable(delivery.id()));
    }

    @Override
    public String toString() {
        return "WebhookVerifier[" + format + ", " + secret.keyring() + "]";
    }

    private @Nullable Reason objection(Delivery delivery, byte[] body, Instant now) {
        if (body.length > maxBody) {
            return Reason.TOO_LARGE;
        }
        if (!format.signsTime()) {
            return null;
        }
        long age = now.getEpochSecond() - delivery.seconds();
        return age > tolerance ? Reason.EXPIRED : age < -tolerance ? Reason.FUTURE : null;
    }

    private Optional<Instant> sentAt(Delivery delivery) {
        return format.signsTime() ? Optional.of(Instant.ofEpochSecond(delivery.seconds())) : Optional.empty();
    }

    /** The newest accepted version that made one of the signatures, a compromised one if no other did; or null. */
    private @Nullable UsableVersion signer(Delivery delivery, byte[] body) {
        List<byte[]> signatures = delivery.signatures().stream()
                .map(text -> text.getBytes(US_ASCII))
                .toList();
        byte[] start = delivery.start().getBytes(US_ASCII);
        return secret.keyring().accepted().stream()
                .sorted(PREFERENCE)
                .filter(version -> made(signatures, version, start, body))
                .findFirst()
                .orElse(null);
    }

    private static boolean isCompromised(UsableVersion version) {
        return version.version().compromised().isPresent();
    }

    private boolean made(List<byte[]> signatures, UsableVersion version, byte[] start, byte[] body) {
        byte[] expected = signature(version, start, body);
        boolean found = false;
        for (byte[] signature : signatures) {
            found |= MessageDigest.isEqual(expected, signature);
        }
        return found;
    }

    /** The signature by {@code version}; nobody's if its value is no secret of this format. */
    private byte[] signature(UsableVersion version, byte[] start, byte[] body) {
        return version.value().reveal(value -> {
            byte[] key;
            try {
                key = format.key(value);
            } catch (IllegalArgumentException e) {
                if (told.add(version.number())) {
                    LOG.atError()
                            .addKeyValue("secret", secret.name())
                            .addKeyValue("version", version.number())
                            .log("a webhook secret {}: nothing verifies with it", e.getMessage());
                }
                return new byte[0];
            }
            try {
                Mac mac = Mac.getInstance(ALGORITHM);
                mac.init(new SecretKeySpec(key, ALGORITHM));
                mac.update(start);
                return format.spelling(mac.doFinal(body)).getBytes(US_ASCII);
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("this Java platform lacks " + ALGORITHM, e);
            } finally {
                Arrays.fill(key, (byte) 0);
            }
        });
    }

    /** What a verifier is made of. Not thread-safe. */
    public static final class Builder {
        private static final Duration LONGEST = Duration.ofDays(1);
        private static final int MOST_REPLAYS = 1 << 20;

        private final RotatingSecret secret;
        private final WebhookFormat format;
        private InstantSource clock = InstantSource.system();
        private Duration tolerance = Duration.ofMinutes(5);
        private int maxBody;
        private Duration replayWindow = Duration.ZERO;
        private int replays;

        private Builder(RotatingSecret secret, WebhookFormat format, int maxBody) {
            this.secret = Objects.requireNonNull(secret, "secret");
            this.format = format;
            this.maxBody = maxBody;
        }

        /** The clock by which deliveries are in time; the system's unless told. */
        public Builder clock(InstantSource value) {
            clock = Objects.requireNonNull(value, "clock");
            return this;
        }

        /**
         * How far the time of signing may be from this clock, either way: 300 s unless told; 1 s to 1 day, in whole
         * seconds. Of no effect where the sender signs no time, as GitHub.
         */
        public Builder tolerance(Duration value) {
            if (value.compareTo(Duration.ofSeconds(1)) < 0 || value.compareTo(LONGEST) > 0) {
                throw new IllegalArgumentException("tolerance " + value + " is not in 1 s .. " + LONGEST);
            }
            tolerance = value;
            return this;
        }

        /** The longest body, in bytes: 1 MiB unless told, 25 MiB from GitHub; from 1 to 256 MiB. */
        public Builder maxBody(int value) {
            if (value < 1 || value > 256 << 20) {
                throw new IllegalArgumentException("a body limit of " + value + " bytes is not in 1 .. 256 MiB");
            }
            maxBody = value;
            return this;
        }

        /**
         * Refuses what was valid within {@code window} already, in this replica; nothing is remembered unless told. The
         * sender's own next attempt is signed anew, at another time, and is none; where no time is signed, as
         * by GitHub, a delivery that somebody asks for once more is one.
         *
         * @param window at least twice the tolerance where the time is signed, at most 2 days
         * @param most how many deliveries are remembered, about 150 bytes each, from 1 to 1 048 576; beyond that the
         *     oldest are forgotten
         */
        public Builder refuseReplays(Duration window, int most) {
            if (window.isNegative() || window.isZero() || window.compareTo(LONGEST.multipliedBy(2)) > 0) {
                throw new IllegalArgumentException("replay window " + window + " is not above zero and up to 2 days");
            }
            if (most < 1 || most > MOST_REPLAYS) {
                throw new IllegalArgumentException(
                        "a memory of " + most + " deliveries is not in 1 .. " + MOST_REPLAYS);
            }
            replayWindow = window;
            replays = most;
            return this;
        }

        /**
         * The verifier.
         *
         * @throws IllegalArgumentException if a replay would be in time for longer than it is remembered, or an accepted
         *     version of the secret is not spelled as this format's are
         */
        public WebhookVerifier build() {
            if (replays > 0 && format.signsTime() && replayWindow.compareTo(tolerance.multipliedBy(2)) < 0) {
                throw new IllegalArgumentException("a replay window of " + replayWindow
                        + " is below twice the tolerance of " + tolerance + ": what it forgets is still in time");
            }
            for (UsableVersion version : secret.keyring().accepted()) {
                version.value().reveal(value -> check(version, value));
            }
            return new WebhookVerifier(this);
        }

        private boolean check(UsableVersion version, byte[] value) {
            try {
                Arrays.fill(format.key(value), (byte) 0);
                return true;
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(
                        "secret " + secret.name() + " version " + version.number() + " " + e.getMessage(), e);
            }
        }
    }
}
