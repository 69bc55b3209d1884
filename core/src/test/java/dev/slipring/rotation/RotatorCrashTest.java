package dev.slipring.rotation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipring.keyring.Stamp;
import dev.slipring.keyring.VersionState;
import dev.slipring.store.Phase;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A replica that is killed right before or right after any call that changes something or tells it something. Another
 * one goes on from what is in the store and must come to the same end.
 */
class RotatorCrashTest {
    private static final Set<String> READS = Set.of("before read", "after read", "before value", "after value");

    enum Story {
        ROTATION {
            @Override
            boolean ended(Bench bench) {
                return bench.idleWith(1, VersionState.DESTROYED);
            }
        },
        ROLLBACK {
            @Override
            boolean ended(Bench bench) {
                return bench.idleWith(2, VersionState.DESTROYED);
            }
        },
        ABORT {
            @Override
            boolean ended(Bench bench) {
                return bench.idleWith(2, VersionState.DESTROYED);
            }
        };

        abstract boolean ended(Bench bench);

        /** What the operator asks next, who looks at the record and asks again if need be. */
        Command asked(Bench bench) {
            if (bench.record().version(2).isEmpty()) {
                return Bench.ROTATE;
            }
            Phase phase = bench.record().phase();
            boolean readmitted =
                    bench.record().version(1).orElseThrow().at(Stamp.READMITTED).isPresent();
            if (this == ROLLBACK && phase == Phase.OVERLAP && bench.state(2) == VersionState.PRIMARY && !readmitted) {
                return Bench.ROLLBACK;
            }
            return this == ABORT && phase == Phase.PUBLISHED ? Bench.ABORT : null;
        }
    }

    enum Kind {
        COOKIE(Kinds.COOKIE, Kinds.RANDOM),
        API(Kinds.LOGIN, Kinds.API),
        TWO_LOGINS(Kinds.LOGIN, Kinds.TWO_LOGINS),
        WEBHOOK(Kinds.WEBHOOK, Kinds.SENDER);

        final RotationPolicy policy;
        final IssuerTraits traits;

        Kind(RotationPolicy policy, IssuerTraits traits) {
            this.policy = policy;
            this.traits = traits;
        }
    }

    private static final class Crash extends Error {}

    /** Kills at the {@code k}-th moment, once. */
    private static final class Fuse implements Consumer<String> {
        private final int k;
        private int moments;
        private boolean blown;

        Fuse(int k) {
            this.k = k;
        }

        @Override
        public void accept(String call) {
            if (!READS.contains(call) && moments++ == k) {
                blown = true;
                throw new Crash();
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "ROTATION, COOKIE", "ROTATION, API", "ROTATION, TWO_LOGINS", "ROTATION, WEBHOOK",
        "ROLLBACK, COOKIE", "ROLLBACK, API", "ROLLBACK, TWO_LOGINS", "ROLLBACK, WEBHOOK",
        "ABORT, COOKIE", "ABORT, API", "ABORT, TWO_LOGINS", "ABORT, WEBHOOK"
    })
    void replica_killedAnywhere_isFollowedByOneThatComesToTheSameEnd(Story story, Kind kind) {
        List<String> undisturbed = play(story, kind, new Fuse(-1));
        Fuse fuse;
        int k = 0;
        do {
            fuse = new Fuse(k);
            assertThat(play(story, kind, fuse)).as("killed at moment %d", k).isEqualTo(undisturbed);
            k++;
        } while (fuse.blown);
        assertThat(k).as("moments").isGreaterThan(15);
    }

    private static List<String> play(Story story, Kind kind, Fuse fuse) {
        Bench bench = new Bench(kind.policy, kind.traits);
        Rotator rotator = bench.rotator(fuse);
        for (int i = 0; i < 300; i++) {
            try {
                Step.Rest rest = rotator.run();
                bench.check();
                if (bench.record().version(2).isPresent() && story.ended(bench)) {
                    assertThat(bench.record().rotation().sequence()).isEqualTo(2);
                    assertThat(bench.issuer.calls().stream().filter("mint 2"::equals))
                            .hasSizeBetween(1, 2);
                    return bench.states();
                }
                Command command = story.asked(bench);
                if (command == null) {
                    bench.moveTo(rest);
                } else {
                    rotator.command(command);
                }
            } catch (Crash e) {
                bench.check();
                rotator = bench.rotator(fuse);
            }
        }
        throw new AssertionError("came to no end: " + bench.record());
    }
}
