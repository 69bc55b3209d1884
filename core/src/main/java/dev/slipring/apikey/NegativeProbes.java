package dev.slipring.apikey;

import dev.slipring.keyring.Ticker;
import dev.slipring.rotation.Issuance;
import dev.slipring.rotation.ProbeVerdict;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Judges the probes of versions that were revoked. A service of many machines may refuse a revoked key and answer it
 * again a moment later, so one refusal is not believed: only {@value #REFUSALS}, spread over the revocation delay, with
 * no answer among them. What is counted is this process's; another one counts for itself. Safe for use by several
 * threads.
 */
final class NegativeProbes {
    /** So many refusals show that a key is dead. */
    static final int REFUSALS = 5;

    /** More versions than are ever being revoked at once. */
    private static final int MOST = 64;

    private final Duration delay;
    private final Ticker ticker;
    private final Map<Issuance, Refusals> revoked = new LinkedHashMap<>();

    private record Refusals(int count, long since) {}

    NegativeProbes(Duration delay, Ticker ticker) {
        this.delay = delay;
        this.ticker = ticker;
    }

    /** From now on {@code issuance} is to be shown dead. */
    synchronized void begin(Issuance issuance) {
        if (revoked.size() >= MOST && !revoked.containsKey(issuance)) {
            revoked.remove(revoked.keySet().iterator().next());
        }
        revoked.putIfAbsent(issuance, new Refusals(0, 0));
    }

    /** What {@code seen} shows of {@code issuance}. */
    synchronized ProbeVerdict judged(Issuance issuance, ProbeVerdict seen) {
        Refusals before = revoked.get(issuance);
        if (before == null || seen == ProbeVerdict.INCONCLUSIVE) {
            return seen;
        } else if (seen == ProbeVerdict.ALIVE) {
            revoked.put(issuance, new Refusals(0, 0));
            return seen;
        }
        long now = ticker.nanos();
        Refusals after = new Refusals(before.count + 1, before.count == 0 ? now : before.since);
        revoked.put(issuance, after);
        boolean shown = delay.isZero() || (after.count >= REFUSALS && now - after.since >= delay.toNanos());
        return shown ? ProbeVerdict.DEAD : ProbeVerdict.INCONCLUSIVE;
    }
}
