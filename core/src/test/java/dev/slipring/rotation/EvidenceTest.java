package dev.slipring.rotation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipring.keyring.ReplicaReport;
import dev.slipring.keyring.Stamp;
import dev.slipring.keyring.TimingParameter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What the reports of replicas allow and forbid. */
class EvidenceTest {
    private static final Command ROTATE = new Command.Rotate("ada", "asked");
    private static final Command ROLLBACK = new Command.Rollback("ada", "worse than before");

    private static ReplicaReport report(String replica, long epoch, Instant leaseUntil, Map<Integer, Instant> uses) {
        return new ReplicaReport(replica, 1, epoch, leaseUntil, uses);
    }

    private static void alerts(Walk walk, String why) {
        assertThat(walk.next())
                .isInstanceOfSatisfying(
                        Step.Alert.class, alert -> assertThat(alert.why()).contains(why));
    }

    private static void waits(Walk walk, String why) {
        assertThat(walk.next())
                .isInstanceOfSatisfying(
                        Step.Wait.class, wait -> assertThat(wait.why()).contains(why));
    }

    @Nested
    class BeforeRevoking {
        private final Walk walk = retired();
        private final long epoch = walk.record().epoch();
        private final Instant late = walk.stamp(1, Stamp.RETIRING)
                .plus(walk.time(TimingParameter.OVERLAP).multipliedBy(3).dividedBy(2));

        private Walk retired() {
            Walk promoted = Walk.createdAmongReplicas(Kinds.COOKIE, Kinds.RANDOM)
                    .later(Duration.ofMinutes(1))
                    .asked(ROTATE)
                    .take(Step.Park.class);
            return promoted;
        }

        private Walk hearing(ReplicaReport... reports) {
            return walk.forgetting().knowing(e -> e.heard(List.of(reports)));
        }

        private ReplicaReport sound(String replica) {
            return report(replica, epoch, walk.now().plusSeconds(1), Map.of());
        }

        @Test
        void noReplicaEverReported_isNotWaitedFor() {
            walk.next(Step.AskReplicas.class);

            hearing().next(Step.Intend.class);
        }

        @Test
        void everyReplicaTookUpTheRecord_revokes() {
            hearing(sound("a"), sound("b")).next(Step.Intend.class);
        }

        @Test
        void oneReplicaBehind_waitsAndAlertsAfterHalfAnOverlapMore() {
            ReplicaReport behind = report("b", epoch - 1, late.plusSeconds(1), Map.of());

            waits(hearing(sound("a"), behind), "not every replica has left version 1: [b]");
            walk.at(late);
            alerts(hearing(sound("a"), behind), "not every replica has left version 1: [b]");
        }

        @Test
        void replicaGone_isWaitedForUntilItsLeaseEnds() {
            ReplicaReport gone = report("b", epoch - 1, walk.now().plusSeconds(9), Map.of());

            waits(hearing(sound("a"), gone), "[b]");
            walk.later(Duration.ofSeconds(9));
            hearing(sound("a"), gone).next(Step.Intend.class);
        }

        @Test
        void everyReplicaGone_isMissingEvidence() {
            waits(hearing(report("a", epoch, walk.now(), Map.of())), "no replica has a live lease");
            walk.at(late);
            alerts(hearing(report("a", epoch, walk.now(), Map.of())), "no replica has a live lease");
        }

        @Test
        void replicaOfAnotherIncarnation_hasNotTakenUpThisOne() {
            ReplicaReport ahead = new ReplicaReport("b", 2, 1, walk.now().plusSeconds(1), Map.of());

            hearing(sound("a"), ahead).next(Step.Intend.class);
            walk.edited(r -> r.reincarnated(0).reincarnated(0));
            waits(hearing(sound("a"), ahead), "[a, b]");
        }

        @Test
        void versionUsedAfterItRetired_waitsUntilItHasRestedForTheHorizon() {
            Instant used = walk.now();
            ReplicaReport using = report("a", epoch, late.plusSeconds(1), Map.of(1, used, 2, used));

            waits(hearing(using), "a replica still produces with version 1");
            walk.at(used.plus(walk.horizon()).minus(Walk.NANO));
            waits(hearing(using), "a replica still produces with version 1");
            walk.at(used.plus(walk.horizon()));
            hearing(using).next(Step.Intend.class);
        }

        @Test
        void newVersionUnused_waitsWhereTheOldOneWasUsedLately() {
            Instant lately = walk.stamp(1, Stamp.RETIRING).plusSeconds(1);
            ReplicaReport silent = report("a", epoch, late.plusSeconds(1), Map.of(1, lately));

            waits(hearing(silent), "nobody is known to produce with the version after 1");
            walk.at(lately.plus(walk.time(TimingParameter.OVERLAP)));
            hearing(silent).next(Step.Intend.class);
        }

        @Test
        void newVersionUsedByAnyReplica_isProof() {
            Instant lately = walk.stamp(1, Stamp.RETIRING).plusSeconds(1);
            ReplicaReport silent = report("a", epoch, late, Map.of(1, lately));
            ReplicaReport using = report("b", epoch, late, Map.of(2, lately.plusSeconds(5)));

            hearing(silent, using).next(Step.Intend.class);
        }
    }

    @Nested
    class InsistedOn {
        private Walk retired(EvidenceKind kind) {
            RotationPolicy policy = RotationPolicy.builder(SecretKind.SELF, Duration.ofDays(90))
                    .evidence(kind)
                    .build();
            return Walk.createdAmongReplicas(policy, Kinds.RANDOM)
                    .later(Duration.ofMinutes(1))
                    .asked(ROTATE)
                    .take(Step.Park.class)
                    .knowing(e -> e.heard(List.of()));
        }

        @Test
        void acknowledgements_withoutAnyReplica_areMissing() {
            waits(retired(EvidenceKind.ACKNOWLEDGEMENTS), "no replica has a live lease");
        }

        @Test
        void useOfTheNewVersion_withoutAnyUse_isMissing() {
            waits(retired(EvidenceKind.NEW_VERSION_USE), "nobody is known to produce with the version after 1");
        }
    }

    @Nested
    class InsteadOfWaiting {
        private final RotationPolicy hurried = RotationPolicy.builder(SecretKind.SELF, Duration.ofDays(90))
                .lifetime(Duration.ofHours(12))
                .promoteOnAcknowledgement()
                .build();
        private final Walk walk = Walk.createdAmongReplicas(hurried, Kinds.RANDOM)
                .later(Duration.ofMinutes(1))
                .asked(ROTATE)
                .take(Step.Publish.class);

        private Duration urgent() {
            return walk.time(TimingParameter.LAG)
                    .plus(walk.time(TimingParameter.REFRESH))
                    .plus(walk.time(TimingParameter.ADOPTION));
        }

        private Walk hearing(long epoch) {
            return walk.forgetting()
                    .knowing(e -> e.heard(List.of(report("a", epoch, walk.now().plusSeconds(1), Map.of()))));
        }

        @Test
        void promotion_acknowledged_comesAfterTheUrgentWaitAndTwoSkews() {
            Instant earliest = walk.stamp(2, Stamp.PUBLISHED)
                    .plus(urgent())
                    .plus(walk.time(TimingParameter.SKEW).multipliedBy(2));
            long epoch = walk.record().epoch();

            walk.at(earliest.minus(Walk.NANO));
            waits(hearing(epoch), "every replica learns version 2");
            walk.at(earliest).forgetting().next(Step.AskReplicas.class);
            waits(hearing(epoch - 1), "every replica learns version 2");
            hearing(epoch).next(Step.Promote.class);
        }

        @Test
        void promotion_notAcknowledged_comesAfterP() {
            Instant latest = walk.stamp(2, Stamp.PUBLISHED).plus(walk.time(TimingParameter.PUBLISH));

            walk.at(latest.minus(Walk.NANO));
            waits(hearing(1), "every replica learns version 2");
            walk.at(latest);
            hearing(1).next(Step.Promote.class);
        }

        @Test
        void rollback_acknowledged_comesAfterTheUrgentWait() {
            walk.take(Step.Promote.class).asked(ROLLBACK).take(Step.Readmit.class);
            Instant earliest = walk.stamp(1, Stamp.READMITTED).plus(urgent());
            long epoch = walk.record().epoch();

            walk.at(earliest.minus(Walk.NANO));
            waits(hearing(epoch), "is readmitted");
            walk.at(earliest);
            hearing(epoch).next(Step.Swap.class);
        }
    }
}
