package dev.slipring.session;

import dev.slipring.session.Verification.Rejected;
import dev.slipring.session.Verification.Valid;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Judges what a request brings, and counts the results. Safe for use by several threads. */
final class TokenJudge {
    private final SignerSettings settings;
    private final LiveKeys keys;
    private final SignerUsage usage;
    private final TokenIssuer issuer;
    private final UnknownKeys unknown = new UnknownKeys();
    private final AtomicLong rejectedUntil = new AtomicLong(Long.MIN_VALUE);

    TokenJudge(SignerSettings settings, LiveKeys keys, SignerUsage usage, TokenIssuer issuer) {
        this.settings = settings;
        this.keys = keys;
        this.usage = usage;
        this.issuer = issuer;
    }

    Verification token(String token) {
        return counted(judge(token));
    }

    Optional<CookieVerification> cookies(RequestCookies cookies) {
        List<String> tokens = cookies.values(settings.cookie().name());
        int duplicates = Math.max(0, tokens.size() - 1);
        Verification best = null;
        for (int i = 0; i < tokens.size() && !(best instanceof Valid); i++) {
            best = better(best, judge(tokens.get(i)));
        }
        for (int i = 0; i < settings.formats().size() && !(best instanceof Valid); i++) {
            best = better(best, foreign(i, cookies));
        }
        usage.duplicates(duplicates);
        return best == null ? Optional.empty() : Optional.of(new CookieVerification(counted(best), duplicates));
    }

    /** Sessions that began by {@code instant} on any replica's clock; the bound never goes back. */
    void rejectIssuedBefore(Instant instant) {
        long bound = instant.getEpochSecond() + keys.present().acceptance().skew() + 1;
        rejectedUntil.accumulateAndGet(bound, Math::max);
    }

    private Verification judge(String token) {
        SignedToken parsed = SignedToken.parse(token);
        if (parsed == null) {
            return Rejected.of(RejectionReason.MALFORMED);
        }
        KeyTable table = keys.present();
        AcceptedKey key = table.find(parsed.keyId());
        if (key == null) {
            return unknown.isSettled(
                            parsed.keyId(), settings.now(), table.acceptance().completeUntil())
                    ? Rejected.of(RejectionReason.RETIRED_KEY)
                    : unknownKey();
        }
        Claims claims = parsed.claims();
        if (!parsed.isSigned(claims, key.key())) {
            return Rejected.of(RejectionReason.BAD_SIGNATURE);
        }
        return judge(claims, key.origin(), key.terms(), table);
    }

    /** Judges what is said by whoever knew a key of {@code origin}. */
    private Verification judge(Claims claims, Origin origin, Terms terms, KeyTable table) {
        long now = settings.now();
        RejectionReason objection = table.acceptance().objection(terms, claims, now);
        if (objection == RejectionReason.UNKNOWN_KEY) {
            return unknownKey();
        }
        if (objection == null && claims.issuedAt() <= rejectedUntil.get()) {
            objection = RejectionReason.ISSUED_TOO_EARLY;
        }
        if (objection != null) {
            if (terms.compromised()) {
                origin.refused();
            }
            return Rejected.of(objection);
        }
        origin.accepted(now);
        if (now >= terms.lateFrom()) {
            usage.late(origin, now, terms.overlapEnd());
        }
        AcceptedKey primary = table.primary();
        boolean resign = !primary.terms().compromised() && table.acceptance().shouldResign(terms, claims, now);
        return new Valid(issuer, claims, origin, resign ? primary : null);
    }

    /** What the foreign format at {@code index} makes of the cookies; null if none is for it. */
    private @Nullable Verification foreign(int index, RequestCookies cookies) {
        ForeignFormat format = settings.formats().get(index);
        if (settings.now() >= format.sunset().getEpochSecond()) {
            return null;
        }
        ForeignReading reading = format.read(cookies);
        if (reading instanceof ForeignReading.Found found) {
            Claims claims = Claims.moved(found, format.sunset());
            return claims == null
                    ? Rejected.of(RejectionReason.MALFORMED)
                    : judge(claims, usage.format(index), Terms.FOREIGN, keys.present());
        }
        return reading instanceof ForeignReading.Refused refused ? Rejected.of(refused.reason()) : null;
    }

    /** The better of two results, else the first: valid, unknown, any other reason, malformed, nothing. */
    private static @Nullable Verification better(@Nullable Verification first, @Nullable Verification second) {
        return rank(second) > rank(first) ? second : first;
    }

    private static int rank(@Nullable Verification verification) {
        if (verification instanceof Rejected rejected) {
            return switch (rejected.reason()) {
                case MALFORMED -> 1;
                case UNKNOWN_KEY -> 3;
                default -> 2;
            };
        }
        return verification == null ? 0 : 4;
    }

    private Verification counted(Verification verification) {
        if (verification instanceof Rejected rejected) {
            usage.rejected(rejected.reason());
        }
        return verification;
    }

    private Verification unknownKey() {
        keys.requestRefresh();
        return Rejected.of(RejectionReason.UNKNOWN_KEY);
    }
}
