package dev.slipring.examples;

import dev.slipring.session.CookieVerification;
import dev.slipring.session.RejectionReason;
import dev.slipring.session.RequestCookies;
import dev.slipring.session.SessionCookie;
import dev.slipring.session.SessionSigner;
import dev.slipring.session.Verification;
import dev.slipring.session.Verification.Rejected;
import dev.slipring.session.Verification.Valid;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who is logged in, by the signed cookie alone. A session whose life is half over begins a new one; one under a
 * retiring key is signed anew. Safe for use by several threads.
 */
final class Sessions {
    /** The demo speaks plain HTTP, over which a browser takes no {@code __Host-} cookie; an application should. */
    static final SessionCookie COOKIE = SessionCookie.named("sid").insecure().build();

    private static final Logger LOG = LoggerFactory.getLogger(Sessions.class);

    private final SessionSigner signer;
    private final Duration life;
    private final Tally tally;

    /** What a request's cookie says. */
    sealed interface Visitor {
        /**
         * Somebody who is logged in.
         *
         * @param user the name
         * @param keyVersion the version under which the cookie was signed
         * @param cookie the cookie to send back, if there is cause
         */
        record Known(String user, int keyVersion, Optional<String> cookie) implements Visitor {}

        /** Nobody is logged in. */
        record Unknown() implements Visitor {}

        /** Another replica may know: come back in a moment, cookie and all. */
        record Undecided() implements Visitor {}
    }

    Sessions(SessionSigner signer, Duration life, Tally tally) {
        this.signer = signer;
        this.life = life;
        this.tally = tally;
    }

    /** The cookie of a new session of {@code user}. */
    String open(String user) {
        return signer.setCookie(signer.sign(user));
    }

    /** The cookie that ends a session, in this browser: asked for by its user, never sent for any other reason. */
    static String end() {
        return COOKIE.end();
    }

    /** Who sent {@code cookies}, the values of the request's Cookie headers. */
    Visitor visitor(List<String> cookies) {
        Optional<CookieVerification> found = signer.verifyCookies(RequestCookies.parse(cookies));
        if (found.isEmpty()) {
            return new Visitor.Unknown();
        }
        Verification verification = found.get().verification();
        if (verification instanceof Valid valid) {
            return new Visitor.Known(valid.text(), valid.version(), replacement(valid));
        }
        RejectionReason reason = ((Rejected) verification).reason();
        if (reason == RejectionReason.UNKNOWN_KEY) {
            tally.unknownKeys.increment();
            return new Visitor.Undecided();
        }
        LOG.atWarn().addKeyValue("reason", reason).log("a session cookie was rejected");
        return new Visitor.Unknown();
    }

    private Optional<String> replacement(Valid valid) {
        Duration left = Duration.between(Instant.now(), valid.expiresAt());
        if (left.compareTo(life.dividedBy(2)) < 0) {
            tally.renewed.increment();
            return Optional.of(signer.setCookie(signer.renew(valid)));
        }
        return valid.resign().map(token -> {
            tally.resigned.increment();
            return signer.setCookie(token);
        });
    }
}
