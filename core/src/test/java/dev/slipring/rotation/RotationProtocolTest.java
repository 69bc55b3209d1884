package dev.slipring.rotation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipring.keyring.Mark;
import dev.slipring.keyring.SecretVersion;
import dev.slipring.keyring.Stamp;
import dev.slipring.keyring.Timing;
import dev.slipring.keyring.TimingParameter;
import dev.slipring.keyring.VersionState;
import dev.slipring.store.Phase;
import dev.slipring.store.SecretRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The decisions of the protocol, row by row of its table: what comes next in one situation. */
class RotationProtocolTest {
    private static final Duration C = Duration.ofSeconds(5);
    private static final Duration ACTIVE = Duration.ofMinutes(1);
    private static final Command ROTATE = new Command.Rotate("ada", "asked");
    private static final Command ROLLBACK = new Command.Rollback("ada", "worse than before");
    private static final Command ABORT = new Command.Abort("ada", "not now");

    private static Walk cookie() {
        return Walk.created(Kinds.COOKIE, Kinds.RANDOM);
    }

    private static Walk login() {
        return Walk.created(Kinds.LOGIN, Kinds.TWO_LOGINS);
    }

    private static Walk webhook() {
        return Walk.created(Kinds.WEBHOOK, Kinds.SENDER);
    }

    private static Walk kek() {
        return Walk.created(Kinds.KEK, Kinds.RANDOM);
    }

    private static Walk api() {
        return Walk.created(Kinds.LOGIN, Kinds.API);
    }

    /** Begun by command, so that no test waits for a due date. */
    private static Walk begun(Walk walk) {
        return walk.later(ACTIVE).asked(ROTATE).take(Step.Begin.class);
    }

    private static Walk published(Walk walk) {
        return begun(walk).take(Step.Publish.class);
    }

    private static Walk promoted(Walk walk) {
        return published(walk).take(Step.Promote.class);
    }

    private static SecretRecord marked(SecretRecord record, int version) {
        return record.with(version, v -> v.compromised(new Mark(Walk.START, "ada", "leaked")));
    }

    private static void waitsUntil(Step step, Instant until) {
        assertThat(step)
                .isInstanceOfSatisfying(
                        Step.Wait.class,
                        wait -> assertThat(wait.until()).as(wait.why()).isEqualTo(until));
    }

    private static void refuses(Step step, String why) {
        assertThat(step)
                .isInstanceOfSatisfying(
                        Step.Refuse.class, refuse -> assertThat(refuse.why()).contains(why));
    }

    private static void alerts(Step step, String why) {
        assertThat(step)
                .isInstanceOfSatisfying(
                        Step.Alert.class, alert -> assertThat(alert.why()).contains(why));
    }

    private static void steps(Step step, Class<? extends Step> type, int version) {
        assertThat(step).isInstanceOf(type);
        int concerned = step instanceof Step.Effect effect
                ? effect.issuance().version()
                : step instanceof Step.Intend intend ? intend.version() : ((Step.Abort) step).version();
        assertThat(concerned).isEqualTo(version);
    }

    @Nested
    class Create {
        @Test
        void create_noValueStored_mintsTheOneAllReplicasName() {
            Walk one = Walk.from(Kinds.LOGIN, Kinds.TWO_LOGINS);
            Walk other = Walk.from(Kinds.LOGIN, Kinds.TWO_LOGINS).forgetting();

            Step.Mint mint = one.next(Step.Mint.class);

            assertThat(mint.issuance()).isEqualTo(new Issuance(Walk.NAME, 1, Optional.of("a"), "creation", 1, 1));
            assertThat(other.next()).isEqualTo(mint);
        }

        @Test
        void create_valueStored_installsThenProbesThenWrites() {
            Walk walk = Walk.from(Kinds.LOGIN, Kinds.TWO_LOGINS);

            walk.perform(walk.next(Step.Mint.class));
            walk.perform(walk.next(Step.Install.class));
            walk.perform(walk.next(Step.Probe.class));

            walk.next(Step.Create.class);
        }

        @Test
        void create_issuerOfNothing_writesOncePublishedAndPrimary() {
            SecretRecord record = cookie().record();

            SecretVersion first = record.version(1).orElseThrow();
            assertThat(record.epoch()).isEqualTo(1);
            assertThat(record.phase()).isEqualTo(Phase.IDLE);
            assertThat(record.ringId()).isEqualTo(7);
            assertThat(record.rotation().sequence()).isEqualTo(1);
            assertThat(record.rotation().timing()).isEqualTo(Kinds.COOKIE.timing());
            assertThat(first.state()).isEqualTo(VersionState.PRIMARY);
            assertThat(first.stamps())
                    .containsOnly(
                            Map.entry(Stamp.PUBLISHED, Walk.START.plus(C)),
                            Map.entry(Stamp.PRIMARY, Walk.START.plus(C)));
            assertThat(first.fingerprint()).contains("f1");
            assertThat(first.attributes()).containsEntry("account", "user1");
        }

        @Test
        void create_switchingIssuer_installsAtOnce() {
            Walk walk = Walk.from(Kinds.WEBHOOK, Kinds.SENDER);
            walk.perform(walk.next(Step.Mint.class));

            walk.next(Step.Install.class);
        }

        @ParameterizedTest
        @EnumSource(names = {"DEAD", "INCONCLUSIVE"})
        void create_firstValueDoesNotProbeAlive_alerts(ProbeVerdict verdict) {
            Walk walk = Walk.from(Kinds.LOGIN, Kinds.TWO_LOGINS);
            walk.to(Step.Probe.class);

            alerts(walk.knowing(e -> e.probed(1, verdict)).next(), "first value probes " + verdict);
        }
    }

    @Nested
    class Begin {
        @Test
        void begin_oneNanosecondBeforeItIsDue_waits() {
            Walk walk = cookie();
            Instant due = Kinds.COOKIE.beginAt(Walk.NAME, walk.version(1));
            Instant latest = walk.stamp(1, Stamp.PRIMARY).plus(Kinds.COOKIE.beginAfter());
            assertThat(due).isBetween(latest.minus(Kinds.COOKIE.jitter()), latest);

            waitsUntil(walk.at(due.minus(Walk.NANO)).next(), due);
        }

        @Test
        void begin_due_reservesNumberAndRotation() {
            Walk walk = cookie();
            walk.at(walk.stamp(1, Stamp.PRIMARY).plus(Kinds.COOKIE.beginAfter()));

            walk.perform(walk.next(Step.Begin.class));

            SecretRecord record = walk.record();
            assertThat(record.phase()).isEqualTo(Phase.MINTING);
            assertThat(record.epoch()).isEqualTo(2);
            assertThat(record.rotation().sequence()).isEqualTo(2);
            assertThat(walk.state(1)).isEqualTo(VersionState.PRIMARY);
            assertThat(walk.version(2).state()).isEqualTo(VersionState.STAGED);
            assertThat(walk.version(2).origin())
                    .isEqualTo(new SecretVersion.Origin(record.rotation().id(), 2, 1));
            assertThat(walk.version(2).fingerprint()).isEmpty();
        }

        @Test
        void begin_asked_needsNoDueDate() {
            cookie().asked(ROTATE).next(Step.Begin.class);
        }

        @Test
        void begin_askedWhileAnotherIsUnderWay_isRefused() {
            refuses(begun(cookie()).asked(ROTATE).next(), "rotation 2 is under way, phase MINTING");
            refuses(published(cookie()).asked(ROTATE).next(), "phase PUBLISHED");
            refuses(promoted(cookie()).asked(ROTATE).next(), "phase OVERLAP");
        }

        @Test
        void begin_afterAnAbort_restsForAWhile() {
            Walk walk = cookie();
            walk.at(walk.stamp(1, Stamp.PRIMARY).plus(Kinds.COOKIE.beginAfter()))
                    .take(Step.Begin.class)
                    .asked(ABORT)
                    .take(Step.Abort.class)
                    .take(Step.Done.class);
            Instant rested = walk.stamp(2, Stamp.REVOKED).plus(ForwardPart.ABORT_BACK_OFF);

            waitsUntil(walk.next(), rested);
            waitsUntil(walk.at(rested.minus(Walk.NANO)).next(), rested);
            walk.at(rested).next(Step.Begin.class);
        }

        @Test
        void begin_afterAnAbortButAsked_doesNotRest() {
            Walk walk = begun(cookie()).asked(ABORT).take(Step.Abort.class).take(Step.Done.class);

            walk.asked(ROTATE).next(Step.Begin.class);
        }

        @Test
        void begin_withTwoSlots_takesTheOther() {
            Walk walk = begun(login());

            assertThat(walk.version(1).slot()).contains("a");
            assertThat(walk.version(2).slot()).contains("b");
        }

        @Test
        void begin_slotOfTheLastVersionNotPastItsDeadline_waits() {
            Walk walk = promoted(login()).take(Step.Park.class);
            Instant free = walk.stamp(1, Stamp.REVOKED)
                    .plus(walk.time(TimingParameter.LAG))
                    .plus(walk.time(TimingParameter.SKEW))
                    .plus(Kinds.TWO_LOGINS.statementDeadline());

            refuses(walk.asked(ROTATE).at(free.minus(Walk.NANO)).next(), "no slot is free");
            walk.at(free).take(Step.Begin.class);

            assertThat(walk.version(3).slot()).contains("a");
        }

        @Test
        void begin_dueWithoutAFreeSlot_looksAgainSoon() {
            Walk walk = promoted(login()).take(Step.Park.class);
            walk.edited(r -> r.with(1, v -> v.stamped(Stamp.REVOKED, walk.now().plus(Duration.ofDays(60)))));
            walk.at(walk.stamp(2, Stamp.PRIMARY).plus(Kinds.LOGIN.beginAfter()));

            waitsUntil(walk.next(), walk.now().plus(Duration.ofSeconds(60)));
        }

        @Test
        void begin_oldVersionStillRetiring_keepsTheTimingInForce() {
            RotationPolicy longer = RotationPolicy.builder(SecretKind.SELF, Kinds.KEK.maxAge())
                    .retirement(Retirement.ON_CENSUS)
                    .skew(Duration.ofMinutes(1))
                    .build();
            Walk large = Walk.created(longer, Kinds.RANDOM);
            promoted(large).take(Step.Park.class);

            Walk walk = large.under(Kinds.KEK).asked(ROTATE).take(Step.Begin.class);

            assertThat(walk.state(1)).isEqualTo(VersionState.RETIRING);
            assertThat(walk.time(TimingParameter.SKEW)).isEqualTo(Duration.ofMinutes(1));
        }

        @Test
        void begin_afterALongerTiming_keepsItSinceViewsFromBeforeCountAsLiveByIt() {
            RotationPolicy longer = RotationPolicy.builder(SecretKind.SELF, Kinds.COOKIE.maxAge())
                    .skew(Duration.ofMinutes(1))
                    .build();

            Walk walk = Walk.created(longer, Kinds.RANDOM)
                    .under(Kinds.COOKIE)
                    .asked(new Command.Hold(1, "ada", "raise first"))
                    .take(Step.Raise.class);
            walk.asked(ROTATE).take(Step.Begin.class);

            assertThat(walk.record().rotation().timing())
                    .isEqualTo(longer.timing().raisedTo(Kinds.COOKIE.timing()));
        }
    }

    @Nested
    class MintAndPublish {
        @Test
        void mint_noValueKnown_comesFirst() {
            Walk walk = begun(login());

            steps(walk.next(), Step.Mint.class, 2);
            assertThat(walk.next(Step.Mint.class).issuance().slot()).contains("b");
        }

        @Test
        void install_beforePublish_precedesPublish() {
            Walk walk = begun(login());
            walk.perform(walk.next(Step.Mint.class));

            steps(walk.next(), Step.Install.class, 2);
            walk.perform(walk.next());
            walk.next(Step.Publish.class);
        }

        @Test
        void install_ofASwitchingIssuer_isNotYetDoneAtPublish() {
            Walk walk = begun(webhook());
            walk.perform(walk.next(Step.Mint.class));

            walk.next(Step.Publish.class);
        }

        @Test
        void publish_written_namesTheValueAndTheTime() {
            Walk walk = begun(cookie());
            Instant written = walk.now();
            walk.take(Step.Publish.class);

            assertThat(walk.record().phase()).isEqualTo(Phase.PUBLISHED);
            assertThat(walk.state(1)).isEqualTo(VersionState.PRIMARY);
            assertThat(walk.state(2)).isEqualTo(VersionState.PUBLISHED);
            assertThat(walk.stamp(2, Stamp.PUBLISHED)).isEqualTo(written.plus(C));
            assertThat(walk.version(2).fingerprint()).contains("f2");
            assertThat(walk.version(2).attributes()).containsEntry("account", "user2");
        }

        @Test
        void minting_withoutAVersionUnderWay_alerts() {
            Walk walk = cookie().edited(r -> r.then(Phase.MINTING));

            alerts(walk.next(), "phase MINTING without a version under way");
        }
    }

    @Nested
    class Promote {
        private Instant known(Walk walk) {
            return walk.stamp(2, Stamp.PUBLISHED).plus(walk.time(TimingParameter.PUBLISH));
        }

        @Test
        void promote_oneNanosecondBeforeP_waits() {
            Walk walk = published(cookie());

            waitsUntil(walk.at(known(walk).minus(Walk.NANO)).next(), known(walk));
        }

        @Test
        void promote_pPassed_swapsTheRoles() {
            Walk walk = published(cookie());
            walk.at(known(walk));

            walk.perform(walk.next(Step.Promote.class));

            assertThat(walk.record().phase()).isEqualTo(Phase.OVERLAP);
            assertThat(walk.state(2)).isEqualTo(VersionState.PRIMARY);
            assertThat(walk.stamp(2, Stamp.PRIMARY)).isEqualTo(walk.now().plus(C));
            assertThat(walk.state(1)).isEqualTo(VersionState.RETIRING);
            assertThat(walk.stamp(1, Stamp.RETIRING)).isEqualTo(walk.now().plus(C));
        }

        @Test
        void promote_ofASwitchingIssuer_installsAndProbesAfterP() {
            Walk walk = published(webhook());

            waitsUntil(walk.at(known(walk).minus(Walk.NANO)).next(), known(walk));
            walk.at(known(walk));
            steps(walk.next(), Step.Install.class, 2);
            walk.perform(walk.next());
            steps(walk.next(), Step.Probe.class, 2);
            walk.perform(walk.next());
            walk.next(Step.Promote.class);
        }

        @Test
        void promote_probeAlive_isAllowed() {
            Walk walk = published(api());
            walk.at(known(walk));

            steps(walk.next(), Step.Probe.class, 2);
            walk.knowing(e -> e.probed(2, ProbeVerdict.ALIVE)).next(Step.Promote.class);
        }

        @Test
        void promote_probeInconclusive_alertsAndLooksAgain() {
            Walk walk = published(api());
            walk.at(known(walk)).knowing(e -> e.probed(2, ProbeVerdict.INCONCLUSIVE));

            alerts(walk.next(), "version 2 probes INCONCLUSIVE");
            assertThat(walk.next(Step.Alert.class).until()).isEqualTo(walk.now().plusSeconds(60));
        }

        @Test
        void promote_probeDead_abortsInstead() {
            Walk walk = published(api());
            walk.at(known(walk)).knowing(e -> e.probed(2, ProbeVerdict.DEAD));

            steps(walk.next(), Step.Abort.class, 2);
        }

        @Test
        void promote_probeOfASwitchingIssuerDead_alertsSinceTheSwitchIsMade() {
            Walk walk = published(webhook());
            walk.at(known(walk)).perform(walk.next(Step.Install.class));

            alerts(walk.knowing(e -> e.probed(2, ProbeVerdict.DEAD)).next(), "version 2 probes DEAD");
        }
    }

    @Nested
    class Rollback {
        @Test
        void rollback_duringOverlap_readmitsFirst() {
            Walk walk = promoted(cookie()).later(ACTIVE).asked(ROLLBACK);

            walk.perform(walk.next(Step.Readmit.class));

            assertThat(walk.record().phase()).isEqualTo(Phase.OVERLAP);
            assertThat(walk.state(1)).isEqualTo(VersionState.RETIRING);
            assertThat(walk.version(1).at(Stamp.RETIRING)).isEmpty();
            assertThat(walk.stamp(1, Stamp.READMITTED)).isEqualTo(walk.now().plus(C));
            assertThat(walk.state(2)).isEqualTo(VersionState.PRIMARY);
        }

        @Test
        void swap_oneNanosecondBeforeTheHorizon_waits() {
            Walk walk = promoted(cookie()).asked(ROLLBACK).take(Step.Readmit.class);
            Instant known = walk.stamp(1, Stamp.READMITTED).plus(walk.horizon());

            waitsUntil(walk.at(known.minus(Walk.NANO)).next(), known);
        }

        @Test
        void swap_horizonPassed_swapsTheRoles() {
            Walk walk = promoted(cookie()).asked(ROLLBACK).take(Step.Readmit.class);
            walk.at(walk.stamp(1, Stamp.READMITTED).plus(walk.horizon()));

            walk.perform(walk.next(Step.Swap.class));

            assertThat(walk.state(1)).isEqualTo(VersionState.PRIMARY);
            assertThat(walk.version(1).at(Stamp.READMITTED)).isEmpty();
            assertThat(walk.version(1).at(Stamp.RETIRING)).isEmpty();
            assertThat(walk.stamp(1, Stamp.PRIMARY)).isEqualTo(walk.now().plus(C));
            assertThat(walk.state(2)).isEqualTo(VersionState.RETIRING);
            assertThat(walk.stamp(2, Stamp.RETIRING)).isEqualTo(walk.now().plus(C));
            assertThat(walk.record().phase()).isEqualTo(Phase.OVERLAP);
        }

        @Test
        void swap_ofWhatIsOnlyPresented_waitsForNobody() {
            Walk walk = promoted(api()).asked(ROLLBACK).take(Step.Readmit.class);

            // no longer than the readmission may take to be written
            waitsUntil(walk.next(), walk.now().plus(C));
            steps(walk.later(C).next(), Step.Probe.class, 1);
            walk.perform(walk.next());
            walk.next(Step.Swap.class);
        }

        @Test
        void swap_ofASwitchingLogin_waitsForLateStatements() {
            IssuerTraits single =
                    new IssuerTraits(Install.AFTER_PUBLISH_DELAY, List.of(), false, false, Duration.ofMinutes(2));
            Walk walk =
                    promoted(Walk.created(Kinds.LOGIN, single)).asked(ROLLBACK).take(Step.Readmit.class);

            Instant settled = walk.stamp(1, Stamp.READMITTED)
                    .plus(walk.time(TimingParameter.LAG))
                    .plus(walk.time(TimingParameter.SKEW))
                    .plus(single.statementDeadline());

            waitsUntil(walk.at(settled.minus(Walk.NANO)).next(), settled);
            walk.at(settled).next(Step.Install.class);
        }

        @Test
        void swap_ofASwitchingIssuer_installsAgainRightBefore() {
            Walk walk = promoted(webhook()).asked(ROLLBACK);
            walk.perform(walk.next(Step.Readmit.class));
            Instant known = walk.stamp(1, Stamp.READMITTED).plus(walk.horizon());

            waitsUntil(walk.at(known.minus(Walk.NANO)).next(), known);
            steps(walk.at(known).next(), Step.Install.class, 1);
            walk.perform(walk.next());
            steps(walk.next(), Step.Probe.class, 1);
            walk.perform(walk.next());
            walk.next(Step.Swap.class);
        }

        @Test
        void rollback_probesTheOldVersionFirst() {
            Walk walk = promoted(api()).asked(ROLLBACK);

            steps(walk.next(), Step.Probe.class, 1);
            refuses(walk.knowing(e -> e.probed(1, ProbeVerdict.DEAD)).next(), "version 1 probes DEAD");
        }

        @Test
        void rollback_toACompromisedVersion_isRefused() {
            Walk walk = promoted(cookie()).edited(r -> marked(r, 1)).asked(ROLLBACK);

            refuses(walk.next(), "version 1 is compromised and cannot come back");
        }

        @Test
        void swap_toAVersionCompromisedMeanwhile_isGivenUp() {
            Walk walk = promoted(cookie()).asked(ROLLBACK).take(Step.Readmit.class);
            walk.edited(r -> marked(r, 1)).at(walk.stamp(1, Stamp.READMITTED).plus(walk.horizon()));

            walk.perform(walk.next(Step.Retire.class));
            assertThat(walk.stamp(1, Stamp.RETIRING)).isAfterOrEqualTo(walk.now());
        }

        @Test
        void rollback_twice_isRefused() {
            Walk walk = promoted(cookie()).asked(ROLLBACK).take(Step.Readmit.class);

            refuses(walk.asked(ROLLBACK).next(), "a rollback to version 1 is under way");
        }

        @Test
        void rollback_outsideTheOverlap_isRefused() {
            refuses(cookie().asked(ROLLBACK).next(), "the phase is IDLE");
            refuses(published(cookie()).asked(ROLLBACK).next(), "the phase is PUBLISHED");
            refuses(promoted(cookie()).take(Step.Park.class).asked(ROLLBACK).next(), "the phase is IDLE");
        }

        @Test
        void rollback_onceTheRevocationIsIntended_isRefused() {
            Walk walk = promoted(login()).take(Step.Intend.class);

            assertThat(walk.record().phase()).isEqualTo(Phase.OVERLAP);
            refuses(walk.asked(ROLLBACK).next(), "whose old version still is accepted");
        }

        @Test
        void rollback_ofARollback_rollsForward() {
            Walk walk = promoted(cookie()).asked(ROLLBACK).take(Step.Swap.class);

            walk.asked(ROLLBACK).take(Step.Swap.class);

            assertThat(walk.state(2)).isEqualTo(VersionState.PRIMARY);
            assertThat(walk.state(1)).isEqualTo(VersionState.RETIRING);
        }

        @Test
        void rollback_done_retiresTheNewVersionAfterAnOverlapOfItsOwn() {
            Walk walk = promoted(cookie()).asked(ROLLBACK).take(Step.Swap.class);
            Instant over = walk.stamp(2, Stamp.RETIRING).plus(walk.time(TimingParameter.OVERLAP));

            waitsUntil(walk.at(over.minus(Walk.NANO)).next(), over);
            walk.at(over).take(Step.Park.class);
            steps(walk.next(), Step.Intend.class, 2);
        }

        @Test
        void rollback_withSeveralRetiring_returnsToTheLastPrimary() {
            Walk walk = promoted(promoted(kek()).take(Step.Park.class));

            walk.asked(ROLLBACK).perform(walk.next(Step.Readmit.class));

            assertThat(walk.version(2).at(Stamp.READMITTED)).isPresent();
            assertThat(walk.version(1).at(Stamp.READMITTED)).isEmpty();
        }
    }

    @Nested
    class Park {
        private Instant over(Walk walk) {
            return walk.stamp(1, Stamp.RETIRING).plus(walk.time(TimingParameter.OVERLAP));
        }

        @Test
        void park_oneNanosecondBeforeO_waits() {
            Walk walk = promoted(cookie());

            waitsUntil(walk.at(over(walk).minus(Walk.NANO)).next(), over(walk));
        }

        @Test
        void park_oPassed_endsTheForwardPart() {
            Walk walk = promoted(cookie());
            walk.at(over(walk)).perform(walk.next(Step.Park.class));

            assertThat(walk.record().phase()).isEqualTo(Phase.IDLE);
            assertThat(walk.state(1)).isEqualTo(VersionState.RETIRING);
        }

        @Test
        void park_slotNotGivenBack_waitsForTheRevocation() {
            Walk walk = promoted(login()).take(Step.Intend.class);
            assertThat(walk.record().phase()).isEqualTo(Phase.OVERLAP);

            walk.take(Step.Done.class);

            assertThat(walk.record().phase()).isEqualTo(Phase.OVERLAP);
            walk.next(Step.Park.class);
        }
    }

    @Nested
    class Intend {
        private Walk overlapped(Walk walk) {
            promoted(walk);
            return walk.at(walk.stamp(1, Stamp.RETIRING).plus(walk.time(TimingParameter.OVERLAP)));
        }

        private Walk parked() {
            return overlapped(cookie()).take(Step.Park.class);
        }

        @Test
        void intend_oneNanosecondBeforeO_waits() {
            Walk walk = parked();
            Instant over = walk.now();

            waitsUntil(walk.at(over.minus(Walk.NANO)).next(), over);
        }

        @Test
        void intend_oPassed_isWrittenFirst() {
            Walk walk = parked();

            steps(walk.next(), Step.Intend.class, 1);
            walk.perform(walk.next());

            assertThat(walk.state(1)).isEqualTo(VersionState.REVOKING);
            assertThat(walk.stamp(1, Stamp.REVOKING)).isEqualTo(walk.now().plus(C));
            assertThat(walk.record().phase()).isEqualTo(Phase.IDLE);
        }

        @Test
        void intend_ofAHeldVersion_waitsAndSaysForWhom() {
            Walk walk = parked().asked(new Command.Hold(1, "ada", "under inquiry"));
            walk.perform(walk.next(Step.Hold.class));

            waitsUntil(walk.next(), walk.now().plusSeconds(60));
            assertThat(walk.next(Step.Wait.class).why()).isEqualTo("version 1 is held by ada: under inquiry");
        }

        @Test
        void intend_ofAReadmittedVersion_waits() {
            Walk walk = promoted(cookie());
            walk.asked(ROLLBACK).perform(walk.next(Step.Readmit.class));

            // late enough for O, and not yet swapped: the swap is all that may come
            walk.later(Duration.ofDays(30)).next(Step.Swap.class);
            assertThat(RetirementPart.retiring(situation(walk))).singleElement().isInstanceOf(Step.Wait.class);
        }

        @Test
        void intend_whileAnotherIsRevoking_waits() {
            Walk walk = promoted(parked()).forgetting();
            walk.later(Duration.ofDays(3));
            if (walk.state(1) == VersionState.RETIRING) {
                walk.take(Step.Intend.class);
            }
            walk.edited(r -> r.with(1, v -> v.in(VersionState.REVOKING)));

            assertThat(RetirementPart.retiring(situation(walk)))
                    .singleElement()
                    .isInstanceOfSatisfying(
                            Step.Wait.class,
                            wait -> assertThat(wait.why()).contains("another version is being revoked"));
        }

        private Situation situation(Walk walk) {
            return new Situation(
                    walk.record(),
                    Evidence.none("none", 1),
                    walk.now(),
                    new RotationProtocol(walk.policy(), Kinds.RANDOM));
        }

        @Test
        void intend_whereUseIsReported_asksFirst() {
            Walk walk = overlapped(login());

            steps(walk.next(), Step.AskUse.class, 1);
            steps(walk.knowing(e -> e.reported(1, UseReport.IDLE)).next(), Step.Intend.class, 1);
        }

        @ParameterizedTest
        @EnumSource(names = {"IN_USE", "UNKNOWN"})
        void intend_notKnownToBeIdle_waitsAndAlertsAfterHalfAnOverlapMore(UseReport report) {
            Walk walk = overlapped(login()).knowing(e -> e.reported(1, report));
            Instant late = walk.stamp(1, Stamp.RETIRING)
                    .plus(walk.time(TimingParameter.OVERLAP).multipliedBy(3).dividedBy(2));

            waitsUntil(walk.next(), walk.now().plusSeconds(60));
            waitsUntil(walk.at(late.minus(Walk.NANO)).next(), walk.now().plusSeconds(60));
            alerts(walk.at(late).next(), "version 1 is not known to be idle at its issuer: " + report);
        }
    }

    @Nested
    class CensusRow {
        private Walk parked() {
            return promoted(kek()).take(Step.Park.class);
        }

        private Instant earliest(Walk walk) {
            return walk.stamp(1, Stamp.RETIRING).plus(walk.horizon()).plus(Kinds.KEK.cachedKeyLife());
        }

        @Test
        void census_beforeNobodyCanUseTheVersion_isNotTaken() {
            Walk walk = parked();

            waitsUntil(walk.at(earliest(walk).minus(Walk.NANO)).next(), earliest(walk));
            steps(walk.at(earliest(walk)).next(), Step.Count.class, 1);
        }

        @Test
        void census_whileTheOverlapLasts_isNotTaken() {
            RotationPolicy soon = RotationPolicy.encryptionKeys(Duration.ofDays(180));
            Walk walk = promoted(Walk.created(soon, Kinds.RANDOM));
            Instant over = walk.stamp(1, Stamp.RETIRING).plus(walk.time(TimingParameter.OVERLAP));

            // a replica that an outage cuts off may go on wrapping with version 1 until then
            waitsUntil(walk.at(over.minus(Walk.NANO)).next(), over);
            steps(walk.at(over).take(Step.Park.class).next(), Step.Count.class, 1);
        }

        @Test
        void census_zero_allowsIntend() {
            Walk walk = parked();
            walk.at(earliest(walk)).perform(walk.next(Step.Count.class));

            steps(walk.next(), Step.Intend.class, 1);
        }

        @Test
        void census_thatBeganTooEarly_doesNotCount() {
            Walk walk = parked();
            walk.at(earliest(walk));
            CensusCount early = new CensusCount(walk.now().minus(Walk.NANO), 0);

            walk.knowing(e -> e.with(Evidence.Kind.COUNTED, 1).counted(1, early));

            assertThat(walk.next(Step.Wait.class).why()).isEqualTo("the census of version 1 began too early");
        }

        @Test
        void census_withSomethingRemaining_waits() {
            Walk walk = parked();
            walk.at(earliest(walk));
            CensusCount three = new CensusCount(walk.now(), 3);

            walk.knowing(e -> e.with(Evidence.Kind.COUNTED, 1).counted(1, three));

            assertThat(walk.next(Step.Wait.class).why()).isEqualTo("3 items still need version 1");
        }

        @Test
        void census_withoutACount_waits() {
            Walk walk = parked();
            walk.at(earliest(walk)).knowing(e -> e.with(Evidence.Kind.COUNTED, 1));

            assertThat(walk.next(Step.Wait.class).why()).isEqualTo("no census of version 1 is to be had");
        }
    }

    @Nested
    class RevokeAndDone {
        private Walk intended(Walk walk) {
            return promoted(walk).take(Step.Intend.class);
        }

        @Test
        void revoke_ofAnIssuer_precedesTheProbe() {
            Walk walk = intended(login());

            steps(walk.next(), Step.Revoke.class, 1);
            walk.perform(walk.next());
            steps(walk.next(), Step.Probe.class, 1);
        }

        @Test
        void done_probeDead_isWritten() {
            Walk walk = intended(login());
            walk.perform(walk.next(Step.Revoke.class));
            walk.knowing(e -> e.probed(1, ProbeVerdict.DEAD));

            walk.perform(walk.next(Step.Done.class));

            assertThat(walk.state(1)).isEqualTo(VersionState.REVOKED);
            assertThat(walk.stamp(1, Stamp.REVOKED)).isEqualTo(walk.now().plus(C));
            assertThat(walk.record().phase()).isEqualTo(Phase.OVERLAP);
        }

        @ParameterizedTest
        @EnumSource(names = {"ALIVE", "INCONCLUSIVE"})
        void done_probeNotDeadWithinTheRevocationDelay_waits(ProbeVerdict verdict) {
            RotationPolicy policy = RotationPolicy.apiKeys(Duration.ofDays(90));
            Walk walk = intended(Walk.created(policy, Kinds.API));
            Instant over = walk.stamp(1, Stamp.REVOKING).plus(policy.timing().get(TimingParameter.REVOCATION));
            walk.perform(walk.next(Step.Revoke.class));
            walk.knowing(e -> e.probed(1, verdict));

            waitsUntil(walk.next(), walk.now().plus(policy.timing().get(TimingParameter.REFRESH)));
            walk.at(over.minusNanos(1));
            assertThat(walk.next()).isInstanceOf(Step.Wait.class);
            walk.at(over);
            alerts(walk.next(), "version 1 was revoked but probes " + verdict);
        }

        @ParameterizedTest
        @EnumSource(names = {"ALIVE", "INCONCLUSIVE"})
        void done_probeNotDead_alerts(ProbeVerdict verdict) {
            Walk walk = intended(login());
            walk.perform(walk.next(Step.Revoke.class));

            alerts(walk.knowing(e -> e.probed(1, verdict)).next(), "version 1 was revoked but probes " + verdict);
        }

        @Test
        void done_nobodyToRevokeAt_followsAtOnce() {
            intended(cookie()).next(Step.Done.class);
        }

        @Test
        void done_issuerWithoutProbe_followsTheRevocation() {
            IssuerTraits unprobed = new IssuerTraits(Install.BEFORE_PUBLISH, List.of(), false, false, Duration.ZERO);
            Walk walk = intended(Walk.created(Kinds.LOGIN, unprobed));

            walk.perform(walk.next(Step.Revoke.class));
            walk.next(Step.Done.class);
        }

        @Test
        void revoke_isMoreUrgentThanTheNextRotation() {
            Walk walk = intended(cookie());
            walk.later(Kinds.COOKIE.maxAge());

            walk.next(Step.Done.class);
        }
    }

    @Nested
    class Destroy {
        private Instant soaked(Walk walk) {
            return walk.stamp(1, Stamp.REVOKED).plus(walk.time(TimingParameter.SOAK));
        }

        @Test
        void destroy_oneNanosecondBeforeTheSoak_waits() {
            Walk walk = promoted(cookie()).take(Step.Done.class);

            waitsUntil(walk.at(soaked(walk).minus(Walk.NANO)).next(), soaked(walk));
        }

        @Test
        void destroy_soaked_erasesThenWrites() {
            Walk walk = promoted(cookie()).take(Step.Done.class);

            steps(walk.at(soaked(walk)).next(), Step.Erase.class, 1);
            walk.perform(walk.next());
            walk.perform(walk.next(Step.Destroy.class));

            assertThat(walk.state(1)).isEqualTo(VersionState.DESTROYED);
            assertThat(walk.stamp(1, Stamp.DESTROYED)).isEqualTo(walk.now().plus(C));
        }

        @Test
        void destroy_ofAHeldVersion_waits() {
            Walk walk = promoted(cookie()).take(Step.Done.class).asked(new Command.Hold(1, "ada", "inquiry"));
            walk.take(Step.Hold.class).at(soaked(walk));

            assertThat(walk.next(Step.Wait.class).why()).contains("version 1 is held by ada");
        }

        @Test
        void destroy_onCensus_isAnOperatorsCommandOnly() {
            Walk walk = promoted(kek()).take(Step.Done.class);
            Command destroy = new Command.Destroy(1, "ada", "backups are gone");

            walk.at(soaked(walk).minus(Walk.NANO)).asked(destroy);
            refuses(walk.next(), "the value of version 1 is kept for a while");
            walk.forgetting().at(soaked(walk)).rest();
            assertThat(walk.state(1)).isEqualTo(VersionState.REVOKED);
            walk.asked(destroy);
            steps(walk.next(), Step.Count.class, 1);
            walk.perform(walk.next());
            steps(walk.next(), Step.Erase.class, 1);
            walk.perform(walk.next());
            walk.next(Step.Destroy.class);
        }

        @Test
        void destroy_onCensusOfWhatSomethingStillNeeds_isRefusedWithItsPrice() {
            Walk walk = promoted(kek()).take(Step.Done.class).rest();
            walk.at(soaked(walk)).forgetting().asked(new Command.Destroy(1, "ada", "backups are gone"));

            walk.knowing(e -> e.with(Evidence.Kind.COUNTED, 1).counted(1, new CensusCount(walk.now(), 3)));
            refuses(walk.next(), "3 items still need version 1 and become unreadable for good");
        }

        @Test
        void destroy_onCensusThatGivesNoCount_isRefused() {
            Walk walk = promoted(kek()).take(Step.Done.class).rest();
            walk.at(soaked(walk)).forgetting().asked(new Command.Destroy(1, "ada", "backups are gone"));

            walk.knowing(e -> e.with(Evidence.Kind.COUNTED, 1));
            refuses(walk.next(), "no census of version 1 is to be had");
        }

        @Test
        void destroy_byForce_asksNoCensusButWaitsAndRespectsHolds() {
            Walk walk = promoted(kek()).take(Step.Done.class).rest();
            Command forced = new Command.Destroy(1, true, "ada", "the rows are worthless");

            walk.forgetting().at(soaked(walk).minus(Walk.NANO)).asked(forced);
            refuses(walk.next(), "the value of version 1 is kept for a while");
            walk.at(soaked(walk));
            walk.knowing(e -> e.with(Evidence.Kind.COUNTED, 1).counted(1, new CensusCount(walk.now(), 3)));
            steps(walk.next(), Step.Erase.class, 1);
            walk.edited(r -> r.with(1, v -> v.held(Optional.of(new Mark(walk.now(), "bert", "evidence")))));
            refuses(walk.next(), "version 1 is held by bert");
        }

        @Test
        void destroy_onCensusOfAVersionThatNeverProduced_needsNoCommand() {
            Walk walk = published(kek()).asked(ABORT).take(Step.Done.class);
            walk.at(walk.stamp(2, Stamp.REVOKED).plus(walk.time(TimingParameter.SOAK)));

            steps(walk.next(), Step.Erase.class, 2);
        }

        @Test
        void destroy_askedTooEarlyInLife_isRefused() {
            Walk walk = promoted(kek());

            refuses(walk.asked(new Command.Destroy(1, "ada", "now")).next(), "version 1 is RETIRING, not REVOKED");
            walk.forgetting();
            refuses(walk.asked(new Command.Destroy(9, "ada", "now")).next(), "there is no version 9");
        }
    }

    @Nested
    class Abort {
        @Test
        void abort_whileMinting_revokesWhatIsNamed() {
            Walk walk = begun(login()).asked(ABORT);

            steps(walk.next(), Step.Abort.class, 2);
            walk.perform(walk.next());

            assertThat(walk.record().phase()).isEqualTo(Phase.ABORTING);
            assertThat(walk.state(2)).isEqualTo(VersionState.REVOKING);
            steps(walk.next(), Step.Revoke.class, 2);
        }

        @Test
        void abort_whilePublished_endsIdleWithTheOldPrimary() {
            Walk walk = published(login()).asked(ABORT).take(Step.Abort.class);

            walk.take(Step.Done.class);

            assertThat(walk.record().phase()).isEqualTo(Phase.IDLE);
            assertThat(walk.state(2)).isEqualTo(VersionState.REVOKED);
            assertThat(walk.state(1)).isEqualTo(VersionState.PRIMARY);
        }

        @Test
        void abort_ofASwitchingIssuer_switchesBackBeforeItRevokes() {
            Walk walk = published(webhook()).asked(ABORT).take(Step.Abort.class);

            steps(walk.next(), Step.Install.class, 1);
            walk.perform(walk.next());
            steps(walk.next(), Step.Revoke.class, 2);
        }

        @Test
        void abort_ofARollback_retiresTheOldVersionFromNowOn() {
            Walk walk = promoted(cookie()).asked(ROLLBACK).take(Step.Readmit.class);

            walk.asked(ABORT).take(Step.Retire.class);

            assertThat(walk.state(1)).isEqualTo(VersionState.RETIRING);
            assertThat(walk.state(2)).isEqualTo(VersionState.PRIMARY);
            Instant over = walk.stamp(1, Stamp.RETIRING)
                    .plus(walk.record().rotation().timing().get(TimingParameter.OVERLAP));
            waitsUntil(walk.next(), over);
        }

        @Test
        void abort_ofAHeldVersion_isRefused() {
            Walk walk = published(cookie())
                    .asked(new Command.Hold(2, "ada", "examined"))
                    .take(Step.Hold.class);

            refuses(walk.asked(ABORT).next(), "version 2 is held by ada: examined");
        }

        @Test
        void abort_ofASwitchingRollback_switchesToThePrimaryBeforeItRevokes() {
            Walk walk = promoted(webhook()).asked(ROLLBACK).take(Step.Readmit.class);
            walk.take(Step.Install.class).asked(ABORT).take(Step.Retire.class);
            walk.at(walk.stamp(1, Stamp.RETIRING).plus(walk.time(TimingParameter.OVERLAP)));

            walk.take(Step.Park.class);

            steps(walk.next(), Step.Install.class, 2);
            walk.perform(walk.next());
            walk.next(Step.Intend.class);
        }

        @Test
        void abort_withoutARotationUnderWay_isRefused() {
            refuses(cookie().asked(ABORT).next(), "there is nothing to abort: the phase is IDLE");
            refuses(promoted(cookie()).asked(ABORT).next(), "there is nothing to abort: the phase is OVERLAP");
        }

        @Test
        void abort_whileAnotherVersionIsRevoking_isRefused() {
            Walk walk = published(promoted(cookie()).take(Step.Park.class));
            walk.edited(r -> r.with(1, v -> v.in(VersionState.REVOKING)));

            refuses(walk.asked(ABORT).next(), "another version is being revoked");
        }

        @Test
        void aborting_notYetRevoked_doesNotBeginAgain() {
            Walk walk = published(api()).asked(ABORT).take(Step.Abort.class);
            walk.take(Step.Revoke.class).knowing(e -> e.probed(2, ProbeVerdict.INCONCLUSIVE));

            alerts(walk.later(Kinds.LOGIN.maxAge()).next(), "version 2 was revoked but probes INCONCLUSIVE");
            refuses(walk.asked(ROTATE).next(), "phase ABORTING");
        }
    }

    @Nested
    class Raise {
        private final RotationPolicy slower = RotationPolicy.builder(SecretKind.SELF, Kinds.COOKIE.maxAge())
                .staleness(Duration.ofHours(1))
                .lifetime(Duration.ofHours(2))
                .build();

        @Test
        void raise_policyWithLargerDurations_comesBeforeEverything() {
            Walk walk = published(cookie()).under(slower).asked(ABORT);

            walk.perform(walk.next(Step.Raise.class));

            assertThat(walk.record().phase()).isEqualTo(Phase.PUBLISHED);
            assertThat(walk.time(TimingParameter.STALENESS)).isEqualTo(Duration.ofHours(1));
            assertThat(walk.time(TimingParameter.LIFETIME)).isEqualTo(Duration.ofHours(12));
        }

        @Test
        void raise_mendsWhatTheLargerDurationsNeed() {
            Walk walk = published(cookie()).under(slower);
            walk.perform(walk.next(Step.Raise.class));

            Timing timing = walk.record().rotation().timing();
            Duration g = timing.horizon();
            assertThat(timing.get(TimingParameter.PUBLISH)).isEqualTo(g);
            // neither policy alone overlaps for the one's horizon and the other's lifetime
            assertThat(timing.get(TimingParameter.OVERLAP)).isEqualTo(g.plusHours(12));
            assertThat(timing.get(TimingParameter.SOAK)).isEqualTo(g.plusHours(24));
        }

        @Test
        void raise_onceDone_isNotRepeatedByEitherPolicy() {
            Walk walk = published(cookie()).under(slower);
            walk.perform(walk.next(Step.Raise.class));

            walk.next(Step.Wait.class);
            walk.under(Kinds.COOKIE).next(Step.Wait.class);
        }

        @Test
        void raise_duringPublished_putsThePromotionOff() {
            Walk walk = published(cookie());
            walk.at(walk.stamp(2, Stamp.PUBLISHED).plus(walk.time(TimingParameter.PUBLISH)));
            Walk raised = walk.under(slower);
            raised.perform(raised.next(Step.Raise.class));

            waitsUntil(raised.next(), raised.stamp(2, Stamp.PUBLISHED).plus(raised.horizon()));
        }

        @Test
        void raise_recordEditedBelowThePolicy_mendsIt() {
            Walk walk = published(cookie());
            Timing lawful = walk.record().rotation().timing();
            walk.edited(r -> r.with(r.rotation().timed(shorter(lawful))));

            walk.perform(walk.next(Step.Raise.class));

            assertThat(walk.record().rotation().timing()).isEqualTo(lawful);
        }

        private Timing shorter(Timing timing) {
            Map<TimingParameter, Duration> values = new EnumMap<>(timing.values());
            values.put(TimingParameter.PUBLISH, Duration.ofMinutes(3));
            return new Timing(values);
        }
    }

    @Nested
    class HoldAndRelease {
        @Test
        void hold_markedAndReleased_letsTheRetirementGoOn() {
            Walk walk = promoted(cookie())
                    .asked(new Command.Hold(1, "ada", "inquiry"))
                    .take(Step.Hold.class);
            assertThat(walk.version(1).held()).contains(new Mark(walk.now(), "ada", "inquiry"));
            walk.later(Duration.ofDays(9)).take(Step.Park.class);
            walk.next(Step.Wait.class);

            walk.asked(new Command.Release(1, "ada", "closed")).take(Step.Hold.class);

            assertThat(walk.version(1).held()).isEmpty();
            steps(walk.next(), Step.Intend.class, 1);
        }

        @Test
        void hold_ofAVersionThatDoesNotExist_isRefused() {
            refuses(cookie().asked(new Command.Hold(2, "ada", "inquiry")).next(), "there is no version 2");
            refuses(cookie().asked(new Command.Release(2, "ada", "inquiry")).next(), "there is no version 2");
        }
    }

    @Nested
    class Urgency {
        @Test
        void step_betweenSeveralWaits_isTheEarliest() {
            Walk walk = promoted(promoted(kek()).take(Step.Park.class));
            Instant over = walk.stamp(2, Stamp.RETIRING).plus(walk.time(TimingParameter.OVERLAP));
            walk.asked(new Command.Hold(1, "ada", "inquiry")).take(Step.Hold.class);
            walk.asked(new Command.Release(1, "ada", "inquiry")).take(Step.Hold.class);
            walk.edited(r -> r.with(1, v -> v.stamped(Stamp.RETIRING, walk.now().plus(Duration.ofDays(2)))));

            // version 1 waits for longer, and the next rotation for longer still
            waitsUntil(walk.next(), over);
        }

        @Test
        void step_toBeTaken_comesBeforeAnAlert() {
            Walk walk = promoted(cookie()).take(Step.Done.class);
            walk.asked(ROTATE).take(Step.Begin.class);
            walk.at(walk.stamp(1, Stamp.REVOKED).plus(walk.time(TimingParameter.SOAK)));
            walk.edited(r -> r.with(2, v -> v).with(3, v -> v.in(VersionState.REVOKED)));

            // a record edited by hand has nothing under way, which alerts; what is due is done all the same
            steps(walk.next(), Step.Erase.class, 1);
        }

        @Test
        void step_alert_comesBeforeAWait() {
            Walk walk = published(promoted(kek()).take(Step.Park.class));
            walk.edited(r -> r.with(3, v -> v.in(VersionState.DESTROYED)));

            alerts(walk.next(), "phase PUBLISHED without a version under way");
        }

        @Test
        void intendedVersion_comesFirst() {
            Walk walk = promoted(cookie()).take(Step.Intend.class);
            walk.edited(r -> r.then(Phase.OVERLAP)).later(Duration.ofDays(1));

            walk.next(Step.Done.class);
        }
    }
}
