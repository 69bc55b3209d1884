package dev.slipring.session;

import dev.slipring.session.Verification.Rejected;
import dev.slipring.session.Verification.Valid;
import dev.slipring.testing.Workload;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * The real signer in a simulated fleet: every request verifies a cookie, and sends back what replaces it. Every other
 * user stays, so that the session is renewed in the second half of its life; the others' sessions end.
 *
 * @param life of a session
 */
record SessionWorkload(Duration life) implements Workload<SessionWorkload.Cookie> {

    /** What a browser holds, and until when it is to be good. */
    record Cookie(int user, String token, Instant expiresAt) {}

    @Override
    public Station<Cookie> open(Seat seat) {
        SessionSigner signer = SessionSigner.builder(seat.secret())
                .cookie("__Host-sid")
                .maxLife(life)
                .clock(seat.clock())
                .build();
        return new Replica(signer, seat, life);
    }

    @Override
    public Instant goodUntil(Cookie cookie) {
        return cookie.expiresAt;
    }

    private static final class Replica implements Station<Cookie> {
        private final SessionSigner signer;
        private final Seat seat;
        private final Duration life;
        private int users;

        Replica(SessionSigner signer, Seat seat, Duration life) {
            this.signer = signer;
            this.seat = seat;
            this.life = life;
        }

        @Override
        public Cookie produce() {
            int user = users++;
            return new Cookie(user, signer.sign("user-" + user), expiry());
        }

        @Override
        public Verdict<Cookie> check(Cookie cookie) {
            Verification verification = signer.verify(cookie.token);
            if (verification instanceof Rejected rejected) {
                return Verdict.rejected(rejected.reason().name());
            }
            Valid valid = (Valid) verification;
            if (!valid.text().equals("user-" + cookie.user)
                    || !valid.expiresAt().equals(cookie.expiresAt)) {
                return Verdict.rejected("it says something else: " + valid);
            }
            boolean old = seat.clock().instant().isAfter(cookie.expiresAt.minus(life.dividedBy(2)));
            if (old && cookie.user % 2 == 0) {
                return Verdict.replaced(new Cookie(cookie.user, signer.renew(valid), expiry()));
            }
            Optional<String> resigned = valid.resign();
            return resigned.<Verdict<Cookie>>map(
                            token -> Verdict.replaced(new Cookie(cookie.user, token, cookie.expiresAt)))
                    .orElseGet(Verdict::accepted);
        }

        private Instant expiry() {
            return Instant.ofEpochSecond(seat.clock().instant().getEpochSecond())
                    .plus(life);
        }
    }
}
