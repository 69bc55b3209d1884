package dev.slipring.jdbc;

import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.Ticker;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * One circuit breaker per account, shared by all pools that use it, so that a dead credential costs few failed
 * logins and never locks an account: after a refusal the same version is tried again after 1 s, then 2 s,
 * then once a minute. Another version of the account starts afresh. Safe for use by several threads.
 */
final class LoginBreakers {
    /** Those of this process; entries exist only while an account is refused. */
    static final LoginBreakers PROCESS = new LoginBreakers(Ticker.system());

    private static final long[] DELAYS = {
        TimeUnit.SECONDS.toNanos(1), TimeUnit.SECONDS.toNanos(2), TimeUnit.SECONDS.toNanos(60)
    };

    private final Ticker ticker;
    private final Map<Account, Breaker> open = new HashMap<>();

    private record Account(Object database, String user) {}

    private record Breaker(SecretName secret, int generation, int refusals, long retryAt) {
        boolean concerns(Credential credential) {
            return generation == credential.generation() && secret.equals(credential.secret());
        }
    }

    LoginBreakers(Ticker ticker) {
        this.ticker = ticker;
    }

    /** Whether the credential may be tried now; if it was refused before, the answer is yes to one caller only. */
    synchronized boolean permits(Object database, Credential credential) {
        Account account = account(database, credential);
        Breaker breaker = open.get(account);
        if (breaker == null || !breaker.concerns(credential)) {
            return true;
        }
        if (ticker.nanos() - breaker.retryAt < 0) {
            return false;
        }
        open.put(account, trial(credential, breaker.refusals));
        return true;
    }

    /** Whether {@link #permits} would say no, without taking the permit. */
    synchronized boolean blocks(Object database, Credential credential) {
        Breaker breaker = open.get(account(database, credential));
        return breaker != null && breaker.concerns(credential) && ticker.nanos() - breaker.retryAt < 0;
    }

    synchronized void refused(Object database, Credential credential) {
        Breaker before = open.get(account(database, credential));
        int refusals = before != null && before.concerns(credential) ? before.refusals + 1 : 1;
        open.put(account(database, credential), trial(credential, refusals));
    }

    synchronized void accepted(Object database, Credential credential) {
        open.computeIfPresent(
                account(database, credential), (account, breaker) -> breaker.concerns(credential) ? null : breaker);
    }

    private Breaker trial(Credential credential, int refusals) {
        long delay = DELAYS[Math.min(refusals, DELAYS.length) - 1];
        return new Breaker(credential.secret(), credential.generation(), refusals, ticker.nanos() + delay);
    }

    private static Account account(Object database, Credential credential) {
        return new Account(database, credential.login().user());
    }
}
