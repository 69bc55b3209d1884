package dev.slipring.rotation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipring.keyring.Keyring;
import dev.slipring.keyring.RotatingSecret;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretVersion;
import dev.slipring.keyring.Stamp;
import dev.slipring.keyring.TimingParameter;
import dev.slipring.keyring.UsableVersion;
import dev.slipring.keyring.VersionState;
import dev.slipring.store.InMemorySecretStore;
import dev.slipring.store.KeyringReader;
import dev.slipring.store.Phase;
import dev.slipring.store.SecretRecord;
import dev.slipring.store.WriteWindow;
import dev.slipring.testing.FaultInjectingStore;
import dev.slipring.testing.ManualClock;
import dev.slipring.testing.ManualScheduler;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Three replicas of one session key, second by second. One knows everything at once, one is as badly off as a live
 * replica can be: at a transition it reads the store as it was D before, then hears nothing for L, and takes A to adopt what it
 * has read. Whatever a live replica makes must be accepted by every live replica.
 */
class RotationSafetyTest {
    private static final SecretName NAME = SecretName.of("session");
    private static final Duration TICK = Duration.ofSeconds(1);
    private static final Duration LIFE = Duration.ofMinutes(20);

    /** As tight as a policy gets: P = g, O = g + T. */
    private static final RotationPolicy TIGHT = RotationPolicy.builder(SecretKind.SELF, Duration.ofDays(90))
            .publishDelay(Duration.ofSeconds(1000))
            .lifetime(LIFE)
            .longestOutage(Duration.ofMinutes(1))
            .trafficCycle(Duration.ofMinutes(1))
            .build();

    private static final Duration G = TIGHT.timing().horizon();
    private static final Duration L = TIGHT.timing().get(TimingParameter.STALENESS);
    private static final Duration D = TIGHT.timing().get(TimingParameter.LAG);
    private static final Duration R = TIGHT.timing().get(TimingParameter.REFRESH);
    private static final Duration A = TIGHT.timing().get(TimingParameter.ADOPTION);
    private static final Duration C = TIGHT.timing().get(TimingParameter.WRITE_WINDOW);
    private static final Duration E = TIGHT.timing().get(TimingParameter.SKEW);

    @Test
    void rotations_underATightPolicy_neverLockAnybodyOut() {
        assertThat(TIGHT.timing().get(TimingParameter.PUBLISH)).isEqualTo(G);
        assertThat(TIGHT.timing().get(TimingParameter.OVERLAP)).isEqualTo(G.plus(LIFE));
        for (long seed = 0; seed < 3; seed++) {
            Fleet fleet = new Fleet(seed, Optional.empty(), Duration.ZERO);

            fleet.run();

            assertThat(fleet.violations).as("seed %d", seed).isEmpty();
            assertThat(fleet.record().rotation().sequence()).isEqualTo(6);
            assertThat(fleet.rolledBack).isTrue();
            assertThat(fleet.hidden)
                    .as("how often the third replica was left behind")
                    .isGreaterThan(10);
            assertThat(fleet.oldest).as("its age, while live").isBetween(L.minus(TICK.multipliedBy(2)), L);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {60, 900, 930})
    void promotion_beforeEveryLiveReplicaAccepts_isCaught(int seconds) {
        assertThat(Duration.ofSeconds(seconds)).isLessThan(D.plus(L).plus(A));
        Fleet fleet = new Fleet(1, Optional.of(Condition.EVERY_REPLICA_ACCEPTS), Duration.ofSeconds(seconds));

        fleet.run();

        assertThat(fleet.violations).first().asString().startsWith("NoEarlyUse").contains("rejects version 2 ");
    }

    /**
     * The wait of D + R + A that an acknowledged rollback could do with is not enough without acknowledgements: a
     * replica that is live, but has heard nothing since before the readmission, holds what the old version makes now
     * for made after its retirement. So a rollback waits g.
     */
    @Test
    void swap_afterLagRefreshAndAdoptionOnly_isCaught() {
        Fleet fleet = new Fleet(
                1, Optional.of(Condition.OLD_VERSION_READMITTED), D.plus(R).plus(A));

        fleet.run();

        assertThat(fleet.rolledBack).isTrue();
        assertThat(fleet.violations).first().asString().startsWith("NoEarlyUse: replica 2 rejects version 3");
    }

    @Test
    void swap_afterLagStalenessAndAdoptionLessAFewSeconds_isCaught() {
        Duration shorter = D.plus(L).plus(A).minus(C).minusSeconds(5);
        Fleet fleet = new Fleet(1, Optional.of(Condition.OLD_VERSION_READMITTED), shorter);

        fleet.run();

        assertThat(fleet.violations).first().asString().startsWith("NoEarlyUse: replica 2 rejects version 3");
    }

    @Test
    void intent_beforeTheOverlapIsOver_isCaught() {
        Fleet fleet = new Fleet(1, Optional.of(Condition.OVERLAP_PASSED), LIFE);

        fleet.run();

        assertThat(fleet.violations).first().asString().startsWith("NoRevokeInUse: replica 0 rejects version 1");
    }

    /** One live view of the secret, as its replica's threads see it. */
    private static final class Replica {
        private final int id;
        private final Duration skew;
        private final Duration adoption;
        private final ManualClock clock;
        private final FaultInjectingStore lagging;
        private final FaultInjectingStore reachable;
        private final RotatingSecret secret;
        private final Deque<Adopted> views = new ArrayDeque<>();

        private record Adopted(Keyring keyring, Instant from) {}

        Replica(int id, Duration skew, Duration adoption, Fleet fleet, long seed) {
            this.id = id;
            this.skew = skew;
            this.adoption = adoption;
            this.clock = fleet.clock;
            lagging = FaultInjectingStore.around(fleet.store, clock);
            reachable = FaultInjectingStore.around(lagging, clock);
            secret = RotatingSecret.builder(NAME, KeyringReader.of(reachable, NAME), fleet.scheduler)
                    .ticker(clock)
                    .random(new SplittableRandom(seed))
                    .build();
            views.add(new Adopted(secret.keyring(), clock.instant()));
        }

        /** Takes up what was read at least one adoption time ago. */
        void look() {
            lagging.read(NAME); // lag is counted from when a change is first seen
            if (views.getLast().keyring != secret.keyring()) {
                views.add(new Adopted(secret.keyring(), clock.instant().plus(adoption)));
            }
            while (views.size() > 1 && !second().from.isAfter(clock.instant())) {
                views.removeFirst();
            }
        }

        private Adopted second() {
            return views.stream().skip(1).findFirst().orElseThrow();
        }

        boolean live() {
            return !secret.stale();
        }

        Token produce() {
            UsableVersion primary = views.getFirst().keyring.primary();
            return new Token(primary.number(), clock.instant().plus(skew));
        }

        /** As a session token is judged: what a retiring version made is bounded by its retirement and g. */
        boolean accepts(Token token) {
            Keyring keyring = views.getFirst().keyring;
            Optional<SecretVersion> version = keyring.accepted(token.version).map(UsableVersion::version);
            return version.isPresent()
                    && (version.get().state() != VersionState.RETIRING
                            || version.get()
                                    .at(Stamp.RETIRING)
                                    .map(at -> !token.issuedAt.isAfter(at.plus(G)))
                                    .orElse(true));
        }
    }

    private record Token(int version, Instant issuedAt) {}

    private static final class Fleet {
        private final ManualClock clock = ManualClock.at("2030-01-01T00:00:00Z");
        private final InMemorySecretStore store = InMemorySecretStore.create(clock);
        private final ManualScheduler scheduler = ManualScheduler.on(clock);
        private final List<Rotator> rotators = new ArrayList<>();
        private final List<Replica> replicas = new ArrayList<>();
        private final Optional<Condition> waived;
        private final Duration instead;
        private final Map<Integer, Token> newest = new TreeMap<>();
        private final List<String> violations = new ArrayList<>();
        private Optional<Instant> changed = Optional.empty();
        private boolean hiding;
        private int hidden;
        private Duration oldest = Duration.ZERO;
        private boolean rolledBack;

        /** With {@code waived}, its guard is replaced by a wait of {@code instead}. */
        Fleet(long seed, Optional<Condition> waived, Duration instead) {
            this.waived = waived;
            this.instead = instead;
            for (int i = 0; i < 3; i++) {
                rotators.add(Rotator.builder(NAME, store, RandomIssuer.bytes(32), TIGHT)
                        .ticker(clock)
                        .listener((step, before, after) -> changed = Optional.of(clock.instant()))
                        .build());
            }
            rotators.get(0).run();
            replicas.add(new Replica(0, E, Duration.ZERO, this, seed));
            replicas.add(new Replica(1, E.negated(), A, this, seed + 100));
            replicas.add(new Replica(2, Duration.ZERO, A, this, seed + 200));
            replicas.get(1).lagging.lag(D);
            replicas.get(2).lagging.lag(D);
            changed = Optional.empty();
        }

        SecretRecord record() {
            return store.read(NAME).record().orElseThrow();
        }

        /** Five rotations, the third with a rollback; ends early at the first violation. */
        void run() {
            for (int second = 0; second < 40_000 && violations.isEmpty(); second++) {
                if (record().rotation().sequence() == 6 && record().phase() == Phase.IDLE && retired()) {
                    return;
                }
                operate();
                hurry();
                rotators.forEach(Rotator::run);
                replicas.get(0).secret.refresh(); // always the first to know
                replicas.forEach(Replica::look);
                leaveBehind(replicas.get(2));
                replicas.forEach(Replica::look);
                check();
                scheduler.advance(TICK);
            }
            assertThat(violations).as("came to no end: %s", record()).isNotEmpty();
        }

        private boolean retired() {
            return record().versions().stream().noneMatch(v -> v.state() == VersionState.RETIRING);
        }

        private void operate() {
            SecretRecord record = record();
            if (record.phase() == Phase.IDLE && retired()) {
                rotators.get(1).command(new Command.Rotate("ada", "asked"));
            } else if (record.phase() == Phase.OVERLAP && record.rotation().sequence() == 4 && !rolledBack) {
                Instant retiring = stamp(3, Stamp.RETIRING);
                if (clock.instant().isAfter(retiring.plus(G).plusSeconds(500))) {
                    rolledBack =
                            rotators.get(2).command(new Command.Rollback("ada", "worse")) instanceof Answer.Accepted;
                }
            }
        }

        private Instant stamp(int version, Stamp stamp) {
            return record().version(version).flatMap(v -> v.at(stamp)).orElse(Instant.MAX);
        }

        /** Does what a rotator would do without the waived condition, once the shorter wait is over. */
        private void hurry() {
            if (waived.isEmpty()) {
                return;
            }
            SecretRecord record = record();
            int last = record.versions().get(record.versions().size() - 1).number();
            Instant since = switch (waived.get()) {
                case EVERY_REPLICA_ACCEPTS -> stamp(last, Stamp.PUBLISHED);
                case OLD_VERSION_READMITTED -> stamp(3, Stamp.READMITTED);
                default -> stamp(last - 1, Stamp.RETIRING);
            };
            if (since.equals(Instant.MAX) || clock.instant().isBefore(since.plus(instead))) {
                return;
            }
            Step step = new RotationProtocol(TIGHT, IssuerTraits.NONE, conjunct -> conjunct.condition() == waived.get())
                    .next(record, Evidence.none("hurried", 1), clock.instant());
            if (step instanceof Step.Write write && !(write instanceof Step.Begin)) {
                RecordRules.check(record, write.after());
                assertThat(store.compareAndSet(write.after(), WriteWindow.open(clock, C)))
                        .isTrue();
                changed = Optional.of(clock.instant());
            }
        }

        /** A last read that just still shows the record before the change, then silence for as long as one lives. */
        private void leaveBehind(Replica replica) {
            if (hiding && replica.secret.staleness().plus(TICK).compareTo(L) >= 0) {
                oldest = replica.secret.staleness();
                hiding = false;
                changed = Optional.empty();
                replica.reachable.down(false);
                replica.secret.refresh();
            } else if (!hiding
                    && changed.isPresent()
                    && !clock.instant().isBefore(changed.get().plus(D).minus(TICK))) {
                replica.secret.refresh();
                hiding = true;
                hidden++;
                replica.reachable.down(true);
            }
        }

        private void check() {
            for (Replica maker : replicas) {
                if (maker.live()) {
                    Token token = maker.produce();
                    newest.merge(token.version, token, (a, b) -> a.issuedAt.isAfter(b.issuedAt) ? a : b);
                    expectAccepted(token, "NoEarlyUse");
                }
            }
            for (Token token : newest.values()) {
                if (token.issuedAt.plus(LIFE).isAfter(clock.instant())) {
                    expectAccepted(token, "NoRevokeInUse");
                }
            }
        }

        private void expectAccepted(Token token, String invariant) {
            for (Replica replica : replicas) {
                if (replica.live() && !replica.accepts(token)) {
                    violations.add(invariant + ": replica " + replica.id + " rejects version " + token.version
                            + " made at " + token.issuedAt + ", at " + clock.instant() + " in " + record().phase());
                }
            }
        }
    }
}
