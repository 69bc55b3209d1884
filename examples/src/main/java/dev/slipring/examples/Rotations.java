package dev.slipring.examples;

import dev.slipring.keyring.SlipringException;
import dev.slipring.keyring.VersionState;
import dev.slipring.rotation.Answer;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Rotates every secret a number of times by command, all secrets at once, each rotation as soon as the one before is
 * over. Used by one thread.
 */
final class Rotations {
    static final List<String> SECRETS = List.of(Replica.SESSION, Replica.KEK, Replica.LOGIN, Replica.API_KEY);

    private static final long POLL_MILLIS = 100;

    private final Replica replica;
    private final Timeline timeline;
    private final RunClock clock;
    private final int times;
    private final Map<String, Integer> begun = new HashMap<>();

    /** Commands each secret of {@code replica} to rotate {@code times} times. */
    Rotations(Replica replica, Timeline timeline, RunClock clock, int times) {
        this.replica = replica;
        this.timeline = timeline;
        this.clock = clock;
        this.times = times;
    }

    /** How many there are to be. */
    int wanted() {
        return times * SECRETS.size();
    }

    /** How many were completed. */
    int completed() {
        return SECRETS.stream().mapToInt(timeline::completed).sum();
    }

    /**
     * Runs until all are completed and every old version is revoked, or the time is over.
     *
     * @return the reason why the last rotation that was asked for did not begin, empty if all did
     */
    String run(Duration limit) throws InterruptedException {
        long end = clock.millis() + limit.toMillis();
        String refusal = "";
        while (clock.millis() < end && !over()) {
            for (String secret : SECRETS) {
                if (begun.getOrDefault(secret, 0) < times && !timeline.rotating(secret)) {
                    refusal = begin(secret);
                }
            }
            Thread.sleep(POLL_MILLIS);
        }
        return refusal;
    }

    private String begin(String secret) {
        try {
            if (replica.rotate(secret) instanceof Answer.Refused refused) {
                return refused.why(); // the slot of the login before is not free yet, for one
            }
            begun.merge(secret, 1, Integer::sum);
            return "";
        } catch (SlipringException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private boolean over() {
        return completed() >= wanted()
                && SECRETS.stream()
                        .noneMatch(secret -> timeline.has(secret, VersionState.RETIRING)
                                || timeline.has(secret, VersionState.REVOKING));
    }
}
