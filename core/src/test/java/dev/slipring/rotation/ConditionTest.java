package dev.slipring.rotation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipring.keyring.Mark;
import dev.slipring.keyring.ReplicaReport;
import dev.slipring.keyring.Stamp;
import dev.slipring.keyring.TimingParameter;
import dev.slipring.keyring.VersionState;
import dev.slipring.store.Emergency;
import dev.slipring.store.Phase;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Each condition is needed: in a situation where it alone is not met, leaving it out makes the protocol take a step
 * that must not be taken. A condition that is added without such a situation fails here.
 */
class ConditionTest {
    private static final Command ROTATE = new Command.Rotate("ada", "asked");
    private static final Command ROLLBACK = new Command.Rollback("ada", "worse than before");

    /** A situation, and the step that must not be taken in it. */
    private record Scene(String why, Walk walk, Class<? extends Step> forbidden) {}

    @ParameterizedTest
    @EnumSource
    void condition_leftOut_letsAForbiddenStepBeTaken(Condition condition) {
        List<Scene> scenes = scenes(condition);

        assertThat(scenes).as("scenes that show why %s is needed", condition).isNotEmpty();
        for (Scene scene : scenes) {
            assertThat(scene.walk.next()).as("guarded: " + scene.why).isNotInstanceOf(scene.forbidden);
            assertThat(scene.walk.next(Set.of(condition)))
                    .as("without " + condition + ": " + scene.why)
                    .isInstanceOf(scene.forbidden);
        }
    }

    @ParameterizedTest
    @EnumSource
    void condition_alone_stopsTheForbiddenStep(Condition condition) {
        for (Scene scene : scenes(condition)) {
            Set<Condition> others = Set.copyOf(EnumSet.complementOf(EnumSet.of(condition)));
            assertThat(scene.walk.next(others))
                    .as("with nothing but " + condition + ": " + scene.why)
                    .isNotInstanceOf(scene.forbidden);
        }
    }

    private static List<Scene> scenes(Condition condition) {
        return switch (condition) {
            case DUE -> List.of(new Scene("a rotation that nobody wants yet", cookie(), Step.Begin.class));
            case RESTED -> List.of(new Scene("a rotation right after one was aborted", aborted(), Step.Begin.class));
            case NOT_FROZEN ->
                List.of(new Scene("a rotation in a freeze", frozen(cookie()).asked(ROTATE), Step.Begin.class));
            case NOT_CLOSING ->
                List.of(new Scene(
                        "a rotation of what is to go", closing(cookie()).asked(ROTATE), Step.Begin.class));
            case NO_ROTATION_UNDER_WAY ->
                List.of(new Scene(
                        "a second version on its way", promoted(cookie()).asked(ROTATE), Step.Begin.class));
            case SLOT_FREE ->
                List.of(new Scene(
                        "a login changed while statements for its last version may still run",
                        promoted(login()).take(Step.Park.class).asked(ROTATE),
                        Step.Begin.class));
            case VALUE_STORED ->
                List.of(
                        new Scene("a version without a value, accepted by nobody", begun(cookie()), Step.Publish.class),
                        new Scene(
                                "a rotation to a value that nobody has provided",
                                operator(true)
                                        .knowing(ConditionTest::lookedInVain)
                                        .asked(ROTATE),
                                Step.Begin.class));
            case INSTALLED ->
                List.of(
                        new Scene("a login that does not exist yet", minted(api()), Step.Publish.class),
                        new Scene(
                                "a switch not made",
                                afterP(published(webhook())).knowing(e -> e.probed(2, ProbeVerdict.ALIVE)),
                                Step.Promote.class),
                        new Scene(
                                "a switch not made back",
                                readmitted(webhook()).knowing(e -> e.probed(1, ProbeVerdict.ALIVE)),
                                Step.Swap.class));
            case EVERY_REPLICA_ACCEPTS ->
                List.of(new Scene("a key that a replica does not know yet", published(cookie()), Step.Promote.class));
            case PROBED_ALIVE ->
                List.of(
                        new Scene("a login that nobody has tried", afterP(published(api())), Step.Promote.class),
                        new Scene(
                                "a login that could not be tried",
                                afterP(published(api())).knowing(e -> e.probed(2, ProbeVerdict.INCONCLUSIVE)),
                                Step.Promote.class),
                        new Scene(
                                "a return to a login that is gone",
                                promoted(api()).asked(ROLLBACK).knowing(e -> e.probed(1, ProbeVerdict.DEAD)),
                                Step.Readmit.class),
                        new Scene(
                                "a login that died since it was readmitted",
                                readmitted(api()).knowing(e -> e.probed(1, ProbeVerdict.DEAD)),
                                Step.Swap.class));
            case OLD_VERSION_READMITTED ->
                List.of(new Scene(
                        "a key that a replica still holds bounded",
                        promoted(cookie()).asked(ROLLBACK).take(Step.Readmit.class),
                        Step.Swap.class));
            case NOT_COMPROMISED ->
                List.of(
                        new Scene(
                                "a return to a key that others have",
                                compromised(promoted(cookie())).asked(ROLLBACK),
                                Step.Readmit.class),
                        new Scene("a key that leaked meanwhile", compromised(readmitted(cookie())), Step.Swap.class));
            case OVERLAP_PASSED ->
                List.of(
                        new Scene("an overlap ended early", promoted(cookie()), Step.Park.class),
                        new Scene("a key revoked while tokens live", idle(promoted(cookie())), Step.Intend.class),
                        new Scene(
                                "a key revoked while an outage may hide its use",
                                idle(promoted(Walk.created(shortCensus(), Kinds.RANDOM)))
                                        .later(Duration.ofHours(2))
                                        .knowing(e -> e.with(Evidence.Kind.COUNTED, 1)
                                                .counted(1, new CensusCount(Walk.START.plus(Duration.ofHours(6)), 0))),
                                Step.Intend.class));
            case SLOT_GIVEN_BACK ->
                List.of(new Scene("a slot that the last version still has", overlapped(login()), Step.Park.class));
            case NOT_READMITTED ->
                List.of(new Scene(
                        "a rollback that is put off for ever",
                        promoted(cookie())
                                .asked(ROLLBACK)
                                .take(Step.Readmit.class)
                                .asked(ROLLBACK),
                        Step.Readmit.class));
            case NOT_HELD ->
                List.of(
                        new Scene("a held version revoked", held(overlapped(cookie())), Step.Intend.class),
                        new Scene(
                                "a held version revoked before it produced",
                                published(cookie())
                                        .asked(new Command.Hold(2, "ada", "examined"))
                                        .take(Step.Hold.class)
                                        .asked(new Command.Abort("ada", "not now")),
                                Step.Abort.class),
                        new Scene("a held value erased", held(soaked(cookie())), Step.Erase.class));
            case NO_OTHER_REVOKING ->
                List.of(
                        new Scene("two versions revoked at once", twoRetired(), Step.Intend.class),
                        new Scene(
                                "an abort while another version is revoked",
                                published(overlapped(cookie()).take(Step.Park.class))
                                        .edited(r -> r.with(1, v -> v.in(VersionState.REVOKING)))
                                        .asked(new Command.Abort("ada", "not now")),
                                Step.Abort.class));
            case IDLE_AT_ISSUER ->
                List.of(
                        new Scene(
                                "a login revoked while in use",
                                overlapped(login()).knowing(e -> e.reported(1, UseReport.IN_USE)),
                                Step.Intend.class),
                        new Scene(
                                "a login revoked on missing evidence",
                                overlapped(login()).knowing(e -> e.reported(1, UseReport.UNKNOWN)),
                                Step.Intend.class));
            case ACKNOWLEDGED ->
                List.of(
                        new Scene(
                                "a key revoked that a replica has not left",
                                idle(overlapped(reporting())).knowing(e -> e.heard(List.of(report(1, 99)))),
                                Step.Intend.class),
                        new Scene(
                                "a key revoked while no replica is heard of any more",
                                idle(overlapped(reporting())).knowing(e -> e.heard(List.of(report(99, -1)))),
                                Step.Intend.class));
            case IDLE_IN_REPLICAS -> {
                Walk walk = idle(overlapped(reporting()));
                yield List.of(new Scene(
                        "a key revoked with which a replica has just signed",
                        walk.knowing(e -> e.heard(List.of(report(99, 99, Map.of(1, walk.now(), 2, walk.now()))))),
                        Step.Intend.class));
            }
            case NEW_VERSION_IN_USE -> {
                Walk walk = idle(overlapped(reporting()));
                Instant before = walk.stamp(1, Stamp.RETIRING).minusSeconds(60);
                yield List.of(new Scene(
                        "a key revoked while nobody is known to use the next one",
                        walk.knowing(e -> e.heard(List.of(report(99, 99, Map.of(1, before.plusSeconds(61)))))),
                        Step.Intend.class));
            }
            case EVERY_MEMBER_REVOKED ->
                List.of(new Scene(
                        "an emergency ended before it is over",
                        declared(api()).take(Step.Revoke.class).knowing(e -> e.probed(1, ProbeVerdict.ALIVE)),
                        Step.Resolve.class));
            case NO_REPLICA_BEHIND ->
                List.of(new Scene(
                        "an emergency ended while a replica may still act on the old view",
                        declared(cookie()).take(Step.Done.class),
                        Step.Resolve.class));
            case NO_MINT_UNDER_WAY ->
                List.of(new Scene("a sweep while a mint may still land", published(orphaning()), Step.Sweep.class));
            case NOT_SWITCHED ->
                List.of(new Scene(
                        "a secret taken away that its sender may use already",
                        afterP(published(webhook())).asked(new Command.Abort("ada", "not now")),
                        Step.Abort.class));
            case NO_INSTALL_UNDER_WAY ->
                List.of(new Scene(
                        "a secret taken away that its sender may still be told to use",
                        withdrawn().knowing(e -> e.with(Evidence.Kind.INSTALLED, 1)),
                        Step.Retire.class));
            case CENSUS_ZERO ->
                List.of(
                        new Scene("a key revoked that rows still need", counted(3), Step.Intend.class),
                        new Scene(
                                "a key revoked without a census",
                                censusTime().knowing(e -> e.with(Evidence.Kind.COUNTED, 1)),
                                Step.Intend.class),
                        new Scene(
                                "the only key to rows from a backup erased",
                                destroying()
                                        .knowing(e -> e.with(Evidence.Kind.COUNTED, 1)
                                                .counted(1, new CensusCount(Walk.START, 1))),
                                Step.Erase.class),
                        new Scene(
                                "a key erased of which nobody knows what it opens",
                                destroying().knowing(e -> e.with(Evidence.Kind.COUNTED, 1)),
                                Step.Erase.class),
                        new Scene("a key erased on an old count", destroying(), Step.Erase.class));
            case CENSUS_LATE_ENOUGH ->
                List.of(new Scene(
                        "a key revoked on a count that others still add to",
                        censusTime()
                                .later(Walk.NANO.negated())
                                .knowing(e ->
                                        e.with(Evidence.Kind.COUNTED, 1).counted(1, new CensusCount(Walk.START, 0))),
                        Step.Intend.class));
            case REVOKED_AT_ISSUER ->
                List.of(new Scene(
                        "a key said to be revoked that is not",
                        intended(Walk.created(Kinds.LOGIN, unprobed())),
                        Step.Done.class));
            case PROBED_DEAD ->
                List.of(new Scene(
                        "a revoked login that still works",
                        intended(api()).take(Step.Revoke.class).knowing(e -> e.probed(1, ProbeVerdict.ALIVE)),
                        Step.Done.class));
            case SOAK_PASSED ->
                List.of(new Scene(
                        "a value erased at once", promoted(cookie()).take(Step.Done.class), Step.Erase.class));
            case OPERATOR_ASKED ->
                List.of(
                        new Scene(
                                "the only key to old backups erased by itself",
                                soaked(kek()).knowing(e -> e.counted(1, new CensusCount(Walk.START, 0))),
                                Step.Erase.class),
                        new Scene(
                                "an API key called revoked that nobody has expired",
                                intended(operator(false)),
                                Step.Done.class));
            case ERASED ->
                List.of(new Scene("a value said to be erased that is not", soaked(cookie()), Step.Destroy.class));
        };
    }

    private static Walk cookie() {
        return Walk.created(Kinds.COOKIE, Kinds.RANDOM).later(Duration.ofMinutes(1));
    }

    /** A cookie key whose replicas report. */
    private static Walk reporting() {
        return Walk.createdAmongReplicas(Kinds.COOKIE, Kinds.RANDOM).later(Duration.ofMinutes(1));
    }

    /** What a replica with this epoch says, {@code lease} seconds before its lease ends. */
    private static ReplicaReport report(long epoch, long lease) {
        return report(epoch, lease, Map.of());
    }

    private static ReplicaReport report(long epoch, long lease, Map<Integer, Instant> uses) {
        return new ReplicaReport("r", 1, epoch, Walk.START.plus(Duration.ofDays(lease)), uses);
    }

    private static Walk withdrawn() {
        return afterP(published(webhook()))
                .asked(new Command.Abort("ada", "not now"))
                .take(Step.Withdraw.class);
    }

    private static Walk orphaning() {
        return Walk.created(
                        Kinds.LOGIN,
                        new IssuerTraits(Install.BEFORE_PUBLISH, List.of(), true, false, Duration.ofMinutes(2), true))
                .later(Duration.ofMinutes(3))
                .rest();
    }

    private static Walk frozen(Walk walk) {
        return walk.asked(new Command.Freeze(walk.now(), walk.now().plusSeconds(60), "ada", "holidays"))
                .take(Step.Order.class);
    }

    private static Walk closing(Walk walk) {
        return walk.asked(new Command.Close("ada", "no longer used")).take(Step.Order.class);
    }

    private static Walk declared(Walk walk) {
        return walk.asked(new Command.Compromise(Set.of(), Emergency.Plan.REVOKE_FIRST, false, "ada", "leaked"))
                .take(Step.Compromise.class);
    }

    private static Walk kek() {
        return Walk.created(Kinds.KEK, Kinds.RANDOM).later(Duration.ofMinutes(1));
    }

    private static Walk login() {
        return Walk.created(Kinds.LOGIN, Kinds.TWO_LOGINS).later(Duration.ofMinutes(1));
    }

    private static Walk api() {
        return Walk.created(Kinds.LOGIN, Kinds.API).later(Duration.ofMinutes(1));
    }

    private static Walk webhook() {
        return Walk.created(Kinds.WEBHOOK, Kinds.SENDER).later(Duration.ofMinutes(1));
    }

    private static IssuerTraits unprobed() {
        return new IssuerTraits(Install.BEFORE_PUBLISH, List.of(), false, false, Duration.ZERO);
    }

    private static RotationPolicy shortCensus() {
        return RotationPolicy.encryptionKeys(Duration.ofDays(180));
    }

    private static Walk operator(boolean probes) {
        return Walk.created(RotationPolicy.apiKeys(Duration.ofDays(90)), IssuerTraits.operator(probes));
    }

    private static Evidence lookedInVain(Evidence evidence) {
        return evidence.failed(new Step.Mint(new Issuance(Walk.NAME, 2, Optional.empty(), "looked", 2, 1)));
    }

    private static Walk begun(Walk walk) {
        return walk.asked(ROTATE).take(Step.Begin.class);
    }

    private static Walk minted(Walk walk) {
        return begun(walk).take(Step.Mint.class);
    }

    private static Walk published(Walk walk) {
        return begun(walk).take(Step.Publish.class);
    }

    private static Walk afterP(Walk walk) {
        return walk.at(walk.stamp(2, Stamp.PUBLISHED).plus(walk.time(TimingParameter.PUBLISH)));
    }

    private static Walk promoted(Walk walk) {
        return published(walk).take(Step.Promote.class);
    }

    /** O has passed since version 1 retired. */
    private static Walk overlapped(Walk walk) {
        promoted(walk);
        return walk.at(walk.stamp(1, Stamp.RETIRING).plus(walk.time(TimingParameter.OVERLAP)));
    }

    private static Walk readmitted(Walk walk) {
        promoted(walk).asked(ROLLBACK).take(Step.Readmit.class);
        return walk.at(walk.stamp(1, Stamp.READMITTED).plus(walk.horizon()));
    }

    private static Walk compromised(Walk walk) {
        return walk.edited(r -> r.with(1, v -> v.compromised(new Mark(walk.now(), "ada", "leaked"))));
    }

    private static Walk idle(Walk walk) {
        return walk.edited(r -> r.then(Phase.IDLE));
    }

    private static Walk held(Walk walk) {
        return idle(walk).edited(r -> r.with(1, v -> v.held(Optional.of(new Mark(walk.now(), "ada", "why")))));
    }

    private static Walk intended(Walk walk) {
        return promoted(walk).take(Step.Intend.class);
    }

    private static Walk soaked(Walk walk) {
        promoted(walk).take(Step.Done.class).rest();
        return idle(walk).at(walk.stamp(1, Stamp.REVOKED).plus(walk.time(TimingParameter.SOAK)));
    }

    /** Versions 1 and 2 have retired long enough, and 1 cannot be shown to be revoked. */
    private static Walk twoRetired() {
        Walk walk = idle(intended(api())).asked(ROTATE).take(Step.Begin.class);
        walk.edited(r -> r.with(2, v -> v.in(VersionState.RETIRING).stamped(Stamp.RETIRING, Walk.START))
                .with(3, v -> v.in(VersionState.PRIMARY).stamped(Stamp.PRIMARY, walk.now())));
        return idle(walk).knowing(e -> e.with(Evidence.Kind.REVOKED, 1).probed(1, ProbeVerdict.INCONCLUSIVE));
    }

    private static Walk aborted() {
        Walk walk = cookie();
        walk.at(walk.stamp(1, Stamp.PRIMARY).plus(Kinds.COOKIE.beginAfter()));
        return walk.take(Step.Begin.class)
                .asked(new Command.Abort("ada", "not now"))
                .take(Step.Done.class);
    }

    private static Walk censusTime() {
        Walk walk = promoted(kek()).take(Step.Park.class);
        return walk.at(walk.stamp(1, Stamp.RETIRING).plus(walk.horizon()).plus(Kinds.KEK.cachedKeyLife()));
    }

    private static Walk destroying() {
        return soaked(kek()).asked(new Command.Destroy(1, "ada", "backups are gone"));
    }

    private static Walk counted(long remaining) {
        Walk walk = censusTime();
        return walk.knowing(e -> e.with(Evidence.Kind.COUNTED, 1).counted(1, new CensusCount(walk.now(), remaining)));
    }
}
