package dev.slipring.rotation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipring.keyring.SecretVersion;
import dev.slipring.keyring.Stamp;
import dev.slipring.keyring.TimingParameter;
import dev.slipring.keyring.VersionState;
import dev.slipring.store.Emergency;
import dev.slipring.store.Phase;
import dev.slipring.store.SecretRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Compromises, in every phase and of every version, up to where the last member is revoked. */
class EmergencyTest {
    private static final Command ROTATE = new Command.Rotate("ada", "asked");

    /** A way to use a secret. */
    private enum Kind {
        COOKIE(Kinds.COOKIE, Kinds.RANDOM),
        KEK(Kinds.KEK, Kinds.RANDOM),
        LOGIN(Kinds.LOGIN, Kinds.TWO_LOGINS),
        API(Kinds.LOGIN, Kinds.API),
        WEBHOOK(Kinds.WEBHOOK, Kinds.SENDER);

        private final RotationPolicy policy;
        private final IssuerTraits traits;

        Kind(RotationPolicy policy, IssuerTraits traits) {
            this.policy = policy;
            this.traits = traits;
        }

        Walk created() {
            return Walk.created(policy, traits).later(Duration.ofMinutes(1));
        }
    }

    /** How far a secret has come when the compromise is found. */
    private enum Moment {
        IDLE(walk -> walk),
        MINTING(walk -> begun(walk)),
        PUBLISHED(walk -> begun(walk).take(Step.Publish.class)),
        OVERLAP(walk -> begun(walk).take(Step.Promote.class)),
        READMITTED(walk -> begun(walk)
                .take(Step.Promote.class)
                .asked(new Command.Rollback("ada", "worse"))
                .take(Step.Readmit.class)),
        ABORTING(walk -> begun(walk)
                .take(Step.Publish.class)
                .asked(new Command.Abort("ada", "not now"))
                .take(Step.Abort.class)),
        PARKED_WHILE_RETIRING(walk -> begun(walk).take(Step.Promote.class).edited(r -> r.then(Phase.IDLE))),
        REVOKING(walk -> begun(walk).take(Step.Promote.class).take(Step.Intend.class));

        private final UnaryOperator<Walk> way;

        Moment(UnaryOperator<Walk> way) {
            this.way = way;
        }
    }

    /** One cell of the table, for one kind and one plan. */
    record Cell(Kind kind, Moment moment, int version, Emergency.Plan plan) {}

    static Stream<Cell> cells() {
        List<Cell> cells = new ArrayList<>();
        for (Kind kind : Kind.values()) {
            for (Moment moment : Moment.values()) {
                int versions = moment == Moment.IDLE ? 1 : 2;
                for (int version = 0; version <= versions; version++) {
                    for (Emergency.Plan plan : Emergency.Plan.values()) {
                        cells.add(new Cell(kind, moment, version, plan));
                    }
                }
            }
        }
        return cells.stream();
    }

    @ParameterizedTest
    @MethodSource("cells")
    void compromise_inEveryPhase_endsWithEveryMemberRevokedAndASoundPrimary(Cell cell) {
        Walk walk = cell.moment.way.apply(cell.kind.created());
        SecretRecord before = walk.record();
        Set<Integer> named = cell.version == 0 ? Set.of() : Set.of(cell.version);

        walk.asked(new Command.Compromise(named, cell.plan, cell.kind == Kind.KEK, "ada", "laptop stolen"))
                .take(Step.Compromise.class);
        Emergency emergency = walk.record().orders().emergency().orElseThrow();
        int written = walk.written().size();
        walk.take(Step.Resolve.class);
        List<String> writes = walk.written().subList(written, walk.written().size());
        if (emergency.versions().size() == 1) {
            followsTheTable(walk, before, emergency.versions().iterator().next(), writes);
        }

        assertThat(emergency.versions()).isEqualTo(named.isEmpty() ? valid(before) : named);
        for (int member : emergency.versions()) {
            SecretVersion version = walk.version(member);
            assertThat(version.state()).as("version %d", member).isGreaterThanOrEqualTo(VersionState.REVOKED);
            assertThat(version.compromised()).as("version %d", member).isPresent();
        }
        assertThat(walk.record().versions().stream().filter(v -> v.state() == VersionState.PRIMARY))
                .singleElement()
                .satisfies(primary -> assertThat(primary.compromised()).isEmpty());
        assertThat(walk.record().orders().emergency()).isEmpty();
        if (walk.record().phase() == Phase.IDLE) {
            walk.later(cell.kind.traits.statementDeadline().plusMinutes(1))
                    .asked(ROTATE)
                    .take(Step.Promote.class);
        }
    }

    /** Whether what was written is what the table says of the one version that is compromised. */
    private static void followsTheTable(Walk walk, SecretRecord before, int member, List<String> writes) {
        VersionState state = before.version(member).orElseThrow().state();
        EmergencyResponse response = EmergencyResponse.to(before.phase(), state);
        boolean revokedSince = before.version(member).orElseThrow().state().compareTo(VersionState.REVOKING) < 0;
        assertThat(writes.contains("Intend") || writes.contains("Abort"))
                .as("%s: %s", response, writes)
                .isEqualTo(revokedSince);
        switch (response) {
            case ABORT -> assertThat(writes).startsWith("Abort", "Done").doesNotContain("Begin", "Promote");
            case REPLACE -> assertThat(writes).containsSubsequence("Begin", "Publish", "Promote", "Intend", "Done");
            case HURRY -> assertThat(writes).doesNotContain("Begin").containsSubsequence("Promote", "Intend", "Done");
            case PARK_AND_REPLACE ->
                assertThat(writes.contains("Swap") || writes.indexOf("Park") < writes.indexOf("Begin"))
                        .as("%s: %s", response, writes)
                        .isTrue();
            case REPLACE_AFTER_ABORT -> assertThat(writes).startsWith("Done", "Begin");
            case REVOKE_EARLY -> assertThat(writes).doesNotContain("Begin");
            case GO_ON -> assertThat(writes).doesNotContain("Begin", "Intend").contains("Done");
            case MARK -> assertThat(walk.version(member).compromised()).isPresent();
        }
    }

    private static Set<Integer> valid(SecretRecord record) {
        Set<Integer> numbers = new TreeSet<>();
        record.versions().stream()
                .filter(v -> v.state().compareTo(VersionState.REVOKED) < 0)
                .forEach(v -> numbers.add(v.number()));
        return numbers;
    }

    @Test
    void cookieKey_overlapFirst_takesOverInOneWriteAfterAnUrgentWait() {
        Walk walk = declared(Kind.COOKIE, Emergency.Plan.OVERLAP_FIRST);
        Instant declared = walk.now();

        walk.to(Step.Promote.class);
        Instant published = walk.stamp(2, Stamp.PUBLISHED);
        assertThat(walk.version(1).compromised())
                .as("still signs, so still counts")
                .isEmpty();
        walk.take(Step.Promote.class);

        assertThat(walk.now()).isEqualTo(published.plus(urgency(walk)));
        assertThat(Duration.between(declared, walk.now())).isLessThan(walk.time(TimingParameter.PUBLISH));
        assertThat(walk.version(1).compromised())
                .as("rejected from this write on")
                .isPresent();
        walk.next(Step.Intend.class);
    }

    @Test
    void apiKey_overlapFirst_isRevokedOnceReplicasHaveLeftIt() {
        Walk walk = declared(Kind.API, Emergency.Plan.OVERLAP_FIRST);

        walk.take(Step.Promote.class);
        Instant retired = walk.stamp(1, Stamp.RETIRING);
        walk.to(Step.Intend.class);

        assertThat(walk.now()).isEqualTo(retired.plus(urgency(walk)));
    }

    @ParameterizedTest
    @EnumSource
    void revokeFirst_ofEveryKindButKeysOnCensus_waitsForNothing(Kind kind) {
        if (kind == Kind.KEK || kind == Kind.LOGIN) {
            return; // one waits for a census, the other for its slot's statements
        }
        Walk walk = declared(kind, Emergency.Plan.REVOKE_FIRST);
        Instant declared = walk.now();

        walk.take(Step.Done.class);

        assertThat(walk.now()).isEqualTo(declared);
        assertThat(walk.state(1)).isEqualTo(VersionState.REVOKED);
    }

    @Test
    void encryptionKey_compromised_stopsProducingAtOnceAndOpensOnUntilACensus() {
        Walk walk = declared(Kind.KEK, Emergency.Plan.REVOKE_FIRST);
        Instant declared = walk.now();

        walk.take(Step.Promote.class);
        assertThat(walk.now()).isEqualTo(declared);
        assertThat(walk.state(1).accepts()).isTrue();
        assertThat(walk.version(1).compromised()).isPresent();

        walk.to(Step.Count.class);
        assertThat(Duration.between(declared, walk.now())).isGreaterThan(Kinds.KEK.cachedKeyLife());
    }

    @Test
    void heldVersion_compromised_staysUntilItIsReleasedAndSomebodyIsTold() {
        Walk walk = Kind.COOKIE.created();
        walk.asked(new Command.Hold(1, "bea", "court order")).take(Step.Hold.class);
        walk.asked(new Command.Compromise(Set.of(1), Emergency.Plan.REVOKE_FIRST, false, "ada", "leaked"))
                .take(Step.Compromise.class)
                .take(Step.Promote.class)
                .rest();

        assertThat(walk.later(Duration.ofDays(30)).rest().next())
                .isInstanceOfSatisfying(
                        Step.Alert.class,
                        alert -> assertThat(alert.why())
                                .contains("emergency since", "declared by ada (leaked)", "version 1 is RETIRING"));
        walk.asked(new Command.Release(1, "bea", "over")).take(Step.Hold.class).take(Step.Resolve.class);
    }

    @Test
    void emergency_open_remindsEachQuarterOfAnHour() {
        Walk walk = declared(Kind.LOGIN, Emergency.Plan.OVERLAP_FIRST).take(Step.Promote.class);
        walk.take(Step.Revoke.class).knowing(e -> e.probed(1, ProbeVerdict.INCONCLUSIVE));

        Step step = walk.next();

        assertThat(step)
                .isInstanceOfSatisfying(
                        Step.Alert.class,
                        alert -> assertThat(alert.until())
                                .isBeforeOrEqualTo(walk.now().plus(EmergencyPart.REMINDER)));
    }

    @Test
    void emergency_joinedByAnother_concernsAllUnderTheHarsherPlan() {
        Walk walk = declared(Kind.COOKIE, Emergency.Plan.REVOKE_FIRST).take(Step.Promote.class);
        walk.asked(new Command.Compromise(Set.of(2), Emergency.Plan.OVERLAP_FIRST, false, "bea", "again"))
                .take(Step.Compromise.class);

        Emergency joined = walk.record().orders().emergency().orElseThrow();
        assertThat(joined.versions()).containsExactly(1, 2);
        assertThat(joined.plan()).isEqualTo(Emergency.Plan.REVOKE_FIRST);
        walk.take(Step.Resolve.class);
        assertThat(walk.state(3)).isEqualTo(VersionState.PRIMARY);
    }

    @Test
    void compromise_ofAnUnknownVersion_isRefused() {
        Walk walk = Kind.COOKIE
                .created()
                .asked(new Command.Compromise(Set.of(7), Emergency.Plan.REVOKE_FIRST, false, "ada", "leaked"));

        assertThat(walk.next())
                .isInstanceOfSatisfying(
                        Step.Refuse.class, refuse -> assertThat(refuse.why()).contains("no version 7"));
    }

    private static Walk declared(Kind kind, Emergency.Plan plan) {
        return kind.created()
                .asked(new Command.Compromise(Set.of(), plan, false, "ada", "laptop stolen"))
                .take(Step.Compromise.class);
    }

    private static Walk begun(Walk walk) {
        return walk.asked(ROTATE).take(Step.Begin.class);
    }

    private static Duration urgency(Walk walk) {
        return walk.time(TimingParameter.LAG)
                .plus(walk.time(TimingParameter.REFRESH))
                .plus(walk.time(TimingParameter.ADOPTION));
    }
}
