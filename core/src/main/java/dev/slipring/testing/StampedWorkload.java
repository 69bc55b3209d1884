package dev.slipring.testing;

import dev.slipring.keyring.Keyring;
import dev.slipring.keyring.SecretVersion;
import dev.slipring.keyring.Stamp;
import dev.slipring.keyring.Timing;
import dev.slipring.keyring.TimingParameter;
import dev.slipring.keyring.UsableVersion;
import dev.slipring.keyring.VersionState;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * The rules of session tokens without their cryptography.
 *
 * @param life from issue to expiry
 */
record StampedWorkload(Duration life) implements Workload<StampedWorkload.Token> {

    /** A token: who holds it claims that {@code version} issued it at {@code issuedAt}. */
    record Token(int version, Instant issuedAt, Instant expiresAt) {}

    @Override
    public Station<Token> open(Seat seat) {
        return new Signer(life, seat);
    }

    @Override
    public Instant goodUntil(Token token) {
        return token.expiresAt;
    }

    private record Signer(Duration life, Seat seat) implements Station<Token> {
        @Override
        public Token produce() {
            Instant now = seat.clock().instant();
            int version = seat.secret().primary().number();
            seat.secret().use(version).mark();
            return new Token(version, now, now.plus(life));
        }

        @Override
        public Verdict<Token> check(Token token) {
            Keyring keyring = seat.secret().keyring();
            Optional<SecretVersion> version = keyring.accepted(token.version).map(UsableVersion::version);
            Timing timing = keyring.edition().timing();
            Duration skew = timing.get(TimingParameter.SKEW);
            Instant now = seat.clock().instant();
            if (version.isEmpty()) {
                return Verdict.rejected("knows no version " + token.version);
            }
            if (token.issuedAt.isAfter(now.plus(skew))) {
                return Verdict.rejected("issued at " + token.issuedAt + ", in the future of " + now);
            }
            if (!token.expiresAt.isAfter(now.minus(skew))) {
                return Verdict.rejected("expired at " + token.expiresAt + ", in the past of " + now);
            }
            if (version.get().state() != VersionState.RETIRING) {
                return Verdict.accepted();
            }
            Instant retired = version.get().at(Stamp.RETIRING).orElse(Instant.MAX);
            if (retired.equals(Instant.MAX)) { // readmitted: what it makes now is good
                return Verdict.replaced(under(keyring, token));
            }
            if (token.issuedAt.isAfter(retired.plus(timing.horizon()))) {
                return Verdict.rejected("issued at " + token.issuedAt + " by a version that retired at " + retired);
            }
            boolean settled = token.issuedAt.isAfter(retired.plus(skew));
            return settled ? Verdict.accepted() : Verdict.replaced(under(keyring, token));
        }

        private static Token under(Keyring keyring, Token token) {
            return new Token(keyring.primary().number(), token.issuedAt, token.expiresAt);
        }
    }
}
