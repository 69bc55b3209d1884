package dev.slipring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipring.CrashEvent.Kind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Several virtual machines share one store in files and one issuer, use two secrets all the time and rotate them,
 * while they are killed and replaced. In real time, with a policy of some hundred milliseconds.
 *
 * <p>{@code -Dslipring.crash.rotations} says how often each secret is rotated, {@code -Dslipring.crash.seed} when to
 * kill whom; what runs in between is up to the machine, so a seed makes a run alike, not equal.
 */
class ProcessCrashTest {
    /**
     * After so many rotations a run goes on in another place: a record names all versions there ever were, and
     * one of decades takes processes that just started longer to read than this policy gives them.
     */
    private static final int ROTATIONS_IN_ONE_PLACE = 40;

    /** Far more than a rotation of both secrets takes, on a machine that is busy with other things. */
    private static final Duration LIMIT_PER_ROTATION = Duration.ofSeconds(20);

    /** The logs stay where a failure is to be understood. */
    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path temp;

    private int kills;

    @Test
    void processes_killedWhileTheyRotate_breakNoInvariant() throws Exception {
        int rotations = Integer.getInteger("slipring.crash.rotations", 20);
        long seed =
                Long.getLong("slipring.crash.seed", ThreadLocalRandom.current().nextLong());
        for (int done = 0; done < rotations; done += ROTATIONS_IN_ONE_PLACE) {
            CrashPlace place = new CrashPlace(temp.resolve("after-" + done)).create();
            rotateAndCheck(place, Math.min(ROTATIONS_IN_ONE_PLACE, rotations - done), seed + done);
        }
        System.out.printf("crash rotations: %d, kills: %d, seed: %d%n", rotations, kills, seed);
    }

    private void rotateAndCheck(CrashPlace place, int rotations, long seed) throws Exception {
        Duration limit = LIMIT_PER_ROTATION.multipliedBy(rotations);
        try (CrashFleet fleet = CrashFleet.start(place, rotations, seed)) {
            fleet.killUntil(() -> place.rotated() >= rotations, limit);
            fleet.await(place::atRest, limit);
            fleet.stop();
            kills += fleet.kills();
        }
        CrashLog log = CrashLog.of(place.events());
        String summary = summary(log);
        System.out.printf("crash log: seed %d, %s%n", seed, summary);

        assertThat(CrashInvariant.broken(log))
                .as("seed %d, %s, logs in %s", seed, summary, place.root())
                .isEmpty();
        for (String secret : log.secrets()) {
            assertThat(log.last(secret).versions()).as(secret).hasSizeGreaterThan(rotations);
            assertThat(used(log, secret)).as("%s was used", secret).isGreaterThan(10L * rotations);
        }
    }

    /** What shows that a run was worth something. */
    private static String summary(CrashLog log) {
        long records = log.all(Kind.RECORD).size();
        long told = log.all(Kind.WROTE).size();
        return String.format(
                "%d records, %d of them by a process that was killed before it could say so;"
                        + " %d tokens accepted, %d logins let in, %d tokens or logins refused; %d steps failed",
                records,
                records - told,
                used(log, CrashPlace.SIGNING.value()),
                used(log, CrashPlace.LOGIN.value()),
                log.all(Kind.REJECTED).size() + log.all(Kind.DENIED).size(),
                log.all(Kind.FAILED).size());
    }

    private static long used(CrashLog log, String secret) {
        return log.all(Kind.USED, secret).stream()
                .mapToLong(event -> event.number("count"))
                .sum();
    }
}
