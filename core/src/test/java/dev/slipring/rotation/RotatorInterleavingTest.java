package dev.slipring.rotation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipring.keyring.VersionState;
import dev.slipring.store.SecretRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Several rotators on one store and one issuer, which take turns at every single call, in an order that a seed
 * decides. Nobody coordinates them but the compare-and-set.
 */
@Timeout(120)
class RotatorInterleavingTest {
    /** Lets one of several threads run at a time, and another one at each call. */
    private static final class Turns {
        private final Random random;
        private final Semaphore back = new Semaphore(0);
        private final List<Player> players = new ArrayList<>();

        Turns(long seed) {
            random = new Random(seed);
        }

        private static final class Player {
            private final Semaphore go = new Semaphore(0);
            private volatile boolean done;
            private volatile Throwable failure;
        }

        private final ThreadLocal<Player> self = new ThreadLocal<>();

        void pause() {
            Player player = self.get();
            if (player != null) {
                back.release();
                player.go.acquireUninterruptibly();
            }
        }

        /** Runs all of {@code bodies} to their end. */
        void play(List<Runnable> bodies) {
            players.clear();
            for (Runnable body : bodies) {
                Player player = new Player();
                players.add(player);
                Thread thread = new Thread(() -> {
                    self.set(player);
                    player.go.acquireUninterruptibly();
                    try {
                        body.run();
                    } catch (Throwable e) {
                        player.failure = e;
                    } finally {
                        player.done = true;
                        back.release();
                    }
                });
                thread.setDaemon(true);
                thread.start();
            }
            for (List<Player> left = left(); !left.isEmpty(); left = left()) {
                left.get(random.nextInt(left.size())).go.release();
                back.acquireUninterruptibly();
            }
            for (Player player : players) {
                assertThat(player.failure).isNull();
            }
        }

        private List<Player> left() {
            return players.stream().filter(player -> !player.done).toList();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "COOKIE, 2", "API, 2", "TWO_LOGINS, 2", "WEBHOOK, 2",
        "COOKIE, 3", "API, 3", "TWO_LOGINS, 3", "WEBHOOK, 3"
    })
    void rotators_takingTurnsAtEveryCall_makeEachTransitionOnce(RotatorCrashTest.Kind kind, int count) {
        for (long seed = 0; seed < 15; seed++) {
            Bench bench = new Bench(kind.policy, kind.traits);
            Turns turns = new Turns(seed);
            List<Long> epochs = new ArrayList<>();
            List<Rotator> rotators = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                rotators.add(bench.builder(call -> turns.pause())
                        .listener((step, before, after) -> epochs.add(after.epoch()))
                        .build());
            }
            play(bench, turns, rotators);

            SecretRecord record = bench.record();
            assertThat(epochs)
                    .as("seed %d: each epoch is written, and told, once", seed)
                    .containsExactlyInAnyOrderElementsOf(
                            LongStream.rangeClosed(1, record.epoch()).boxed().toList());
            assertThat(record.rotation().sequence()).as("seed %d", seed).isEqualTo(3);
            assertThat(bench.state(3)).isEqualTo(VersionState.PRIMARY);
        }
    }

    /** One rotation asked of all at once, a rollback asked of all at once, and another rotation. */
    private static void play(Bench bench, Turns turns, List<Rotator> rotators) {
        turns.play(passes(rotators));
        all(turns, rotators, Bench.ROTATE);
        settle(bench, turns, rotators, 2, VersionState.PRIMARY);
        all(turns, rotators, Bench.ROLLBACK);
        settle(bench, turns, rotators, 1, VersionState.PRIMARY);
        settle(bench, turns, rotators, 2, VersionState.DESTROYED);
        all(turns, rotators, Bench.ROTATE);
        settle(bench, turns, rotators, 3, VersionState.PRIMARY);
        settle(bench, turns, rotators, 1, VersionState.DESTROYED);
    }

    private static void all(Turns turns, List<Rotator> rotators, Command command) {
        List<Answer> answers = new ArrayList<>();
        turns.play(rotators.stream()
                .<Runnable>map(rotator -> () -> answers.add(rotator.command(command)))
                .toList());
        assertThat(answers.stream().filter(Answer.Accepted.class::isInstance))
                .as("of equal commands one is carried out: %s", answers)
                .hasSize(1);
    }

    private static List<Runnable> passes(List<Rotator> rotators) {
        return rotators.stream().<Runnable>map(rotator -> rotator::run).toList();
    }

    private static void settle(Bench bench, Turns turns, List<Rotator> rotators, int version, VersionState state) {
        for (int i = 0; i < 100; i++) {
            turns.play(passes(rotators));
            bench.check();
            if (bench.state(version) == state) {
                return;
            }
            bench.moveTo(bench.rotator().run());
        }
        throw new AssertionError("not settled: " + bench.record());
    }
}
