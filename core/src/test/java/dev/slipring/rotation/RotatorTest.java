package dev.slipring.rotation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretVersion;
import dev.slipring.keyring.Stamp;
import dev.slipring.keyring.VersionState;
import dev.slipring.rotation.AuditEvent.Outcome;
import dev.slipring.store.Phase;
import dev.slipring.store.SecretRecord;
import dev.slipring.store.StoreUnavailableException;
import dev.slipring.testing.FaultInjectingStore;
import dev.slipring.testing.ManualScheduler;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class RotatorTest {
    private static final Duration HOUR = Duration.ofHours(1);

    private final Bench cookie = new Bench(Kinds.COOKIE, Kinds.RANDOM);
    private final Bench login = new Bench(Kinds.LOGIN, Kinds.TWO_LOGINS);
    private final Bench api = new Bench(Kinds.LOGIN, Kinds.API);
    private final Bench webhook = new Bench(Kinds.WEBHOOK, Kinds.SENDER);

    private static Rotator created(Bench bench) {
        Rotator rotator = bench.rotator();
        rotator.run();
        bench.clock.advance(HOUR);
        return rotator;
    }

    /** A rotation asked for and gone as far as {@code phase}. */
    private static Rotator rotatedTo(Bench bench, Phase phase) {
        Rotator rotator = created(bench);
        assertThat(rotator.command(Bench.ROTATE)).isInstanceOf(Answer.Accepted.class);
        bench.settle(rotator, () -> bench.record().phase() == phase);
        return rotator;
    }

    private static List<String> steps(Bench bench) {
        return bench.told.stream().map(step -> step.getClass().getSimpleName()).toList();
    }

    // ---- whole rotations

    @Test
    void rotation_ofARandomValue_goesFromCreationToDestruction() {
        Rotator rotator = rotatedTo(cookie, Phase.PUBLISHED);
        cookie.settle(rotator, () -> cookie.idleWith(1, VersionState.DESTROYED));

        assertThat(steps(cookie))
                .containsExactly("Create", "Begin", "Publish", "Promote", "Park", "Intend", "Done", "Destroy");
        assertThat(cookie.states()).containsExactly("1 DESTROYED", "2 PRIMARY");
        assertThat(cookie.store.value(Bench.NAME, 1)).isEmpty();
        assertThat(cookie.store.value(Bench.NAME, 2)).isPresent();
        assertThat(cookie.issuer.calls()).containsExactly("mint 1", "mint 2");
    }

    @Test
    void rotation_ofApiKeys_installsBeforePublishing() {
        Rotator rotator = rotatedTo(api, Phase.PUBLISHED);
        assertThat(api.issuer.calls()).containsExactly("mint 1", "install 1", "probe 1", "mint 2", "install 2");

        api.settle(rotator, () -> api.idleWith(1, VersionState.DESTROYED));

        assertThat(api.issuer.calls()).endsWith("install 2", "probe 2", "revoke 1", "probe 1");
        assertThat(api.issuer.valid())
                .extracting(RecordingIssuer.Valid::version)
                .containsExactly(2);
    }

    @Test
    void rotation_ofAWebhookSecret_installsOnlyOnceEveryReplicaAccepts() {
        Rotator rotator = rotatedTo(webhook, Phase.PUBLISHED);
        assertThat(webhook.issuer.calls()).doesNotContain("install 2");

        webhook.settle(rotator, () -> webhook.idleWith(1, VersionState.DESTROYED));

        assertThat(webhook.issuer.calls())
                .containsExactly(
                        "mint 1",
                        "install 1",
                        "probe 1",
                        "mint 2",
                        "install 2",
                        "probe 2",
                        "install 2",
                        "revoke 1",
                        "probe 1");
        assertThat(webhook.issuer.valid())
                .extracting(RecordingIssuer.Valid::version)
                .containsExactly(2);
    }

    @Test
    void rotation_withTwoLogins_alternatesAndAsksForUseBeforeRevoking() {
        Rotator rotator = rotatedTo(login, Phase.PUBLISHED);
        login.settle(rotator, () -> login.idleWith(1, VersionState.DESTROYED));

        assertThat(login.states()).containsExactly("1 DESTROYED a", "2 PRIMARY b");
        assertThat(login.issuer.calls()).endsWith("probe 2", "use 1", "revoke 1", "probe 1");
    }

    @Test
    void rotations_onSchedule_followOneAnother() {
        for (Bench bench : List.of(cookie, login, api, webhook)) {
            Rotator rotator = bench.rotator();
            rotator.run();
            Instant created = bench.clock.instant();

            bench.settle(
                    rotator, () -> bench.record().version(4).isPresent() && bench.idleWith(3, VersionState.DESTROYED));

            assertThat(bench.record().rotation().sequence()).isEqualTo(4);
            assertThat(bench.states()).element(3).asString().startsWith("4 PRIMARY");
            assertThat(Duration.between(created, bench.clock.instant()))
                    .isGreaterThan(bench.policy
                            .beginAfter()
                            .minus(bench.policy.jitter())
                            .multipliedBy(3));
            assertThat(steps(bench).stream().filter("Promote"::equals)).hasSize(3);
            assertThat(bench.alerts).isEmpty();
        }
    }

    @Test
    void rotations_onScheduleWithTwoLogins_reuseTheSlots() {
        Rotator rotator = login.rotator();
        rotator.run();
        login.settle(rotator, () -> login.record().version(4).isPresent() && login.idleWith(3, VersionState.DESTROYED));

        assertThat(login.states()).containsExactly("1 DESTROYED a", "2 DESTROYED b", "3 DESTROYED a", "4 PRIMARY b");
        assertThat(login.issuer.valid())
                .extracting(RecordingIssuer.Valid::version)
                .containsExactly(4);
    }

    @Test
    void rotation_onCensus_countsRarelyAndStaysUntilNothingRemains() {
        Bench kek = new Bench(Kinds.KEK, Kinds.RANDOM);
        AtomicInteger censuses = new AtomicInteger();
        Rotator rotator = kek.builder(call -> {})
                .census((secret, version) -> {
                    int n = censuses.incrementAndGet();
                    return n == 1 ? OptionalLong.empty() : OptionalLong.of(n < 4 ? 10 : 0);
                })
                .build();
        rotator.run();
        rotator.command(Bench.ROTATE);

        for (int minutes = 0; kek.state(1) != VersionState.REVOKED; minutes++) {
            assertThat(minutes).isLessThan(60 * 24 * 30);
            rotator.run();
            kek.clock.advance(Duration.ofMinutes(1));
        }

        assertThat(censuses).hasValue(4);
        kek.clock.advance(Duration.ofDays(365));
        rotator.run();
        assertThat(kek.store.value(Bench.NAME, 1)).as("erased by command only").isPresent();
        assertThat(rotator.command(new Command.Destroy(1, "ada", "backups are gone")))
                .isInstanceOf(Answer.Accepted.class);
        assertThat(kek.state(1)).isEqualTo(VersionState.DESTROYED);
        assertThat(kek.store.value(Bench.NAME, 1)).isEmpty();
    }

    @Test
    void destroy_onCensus_countsAnewAndIsRefusedUntilForced() {
        Bench kek = new Bench(Kinds.KEK, Kinds.RANDOM);
        AtomicLong rows = new AtomicLong();
        AtomicReference<RuntimeException> unheard = new AtomicReference<>();
        Rotator rotator = kek.builder(call -> {})
                .census((secret, version) -> OptionalLong.of(rows.get()))
                .audit(event -> {
                    RuntimeException refusal = unheard.get();
                    if (refusal != null) {
                        throw refusal;
                    }
                    kek.audited.add(event);
                })
                .build();
        rotator.run();
        rotator.command(Bench.ROTATE);
        kek.settle(rotator, () -> kek.state(1) == VersionState.REVOKED);
        kek.clock.advance(Duration.ofDays(365));

        rows.set(3);
        assertThat(rotator.command(new Command.Destroy(1, "ada", "tidy up")))
                .isInstanceOfSatisfying(
                        Answer.Refused.class,
                        refused -> assertThat(refused.why()).contains("3 items still need"));
        assertThat(kek.store.value(Bench.NAME, 1)).isPresent();
        rows.set(2);
        assertThat(rotator.command(new Command.Destroy(1, "ada", "tidy up")))
                .as("a count that is seconds old does not serve")
                .isInstanceOfSatisfying(
                        Answer.Refused.class,
                        refused -> assertThat(refused.why()).contains("2 items still need"));

        Command forced = new Command.Destroy(1, true, "ada", "rows of a test");
        unheard.set(new IllegalStateException("audit trail is full"));
        assertThatThrownBy(() -> rotator.command(forced)).hasMessageEndingWith("audit trail is full");
        assertThat(kek.store.value(Bench.NAME, 1))
                .as("nothing is erased unheard")
                .isPresent();
        unheard.set(null);
        kek.audited.clear();
        assertThat(rotator.command(forced)).isInstanceOf(Answer.Accepted.class);
        assertThat(kek.store.value(Bench.NAME, 1)).isEmpty();
        assertThat(kek.audited).extracting(AuditEvent::action).containsExactly("Erase", "Destroy");
        assertThat(kek.audited).allSatisfy(event -> {
            assertThat(event.version()).isEqualTo(1);
            assertThat(event.actor()).isEqualTo("ada");
            assertThat(event.reason()).isEqualTo("by force: rows of a test");
        });
    }

    // ---- commands

    @Test
    void rollback_ofARandomValue_swapsAfterTheHorizon() {
        Rotator rotator = rotatedTo(cookie, Phase.OVERLAP);

        assertThat(rotator.command(Bench.ROLLBACK)).isInstanceOf(Answer.Accepted.class);
        assertThat(cookie.state(2)).isEqualTo(VersionState.PRIMARY);
        Instant readmitted = cookie.clock.instant();
        cookie.settle(rotator, () -> cookie.state(1) == VersionState.PRIMARY);
        Duration g = cookie.policy.timing().horizon();
        assertThat(Duration.between(readmitted, cookie.clock.instant())).isBetween(g, g.plusMinutes(1));

        cookie.settle(rotator, () -> cookie.idleWith(2, VersionState.DESTROYED));
        assertThat(cookie.states()).containsExactly("1 PRIMARY", "2 DESTROYED");
    }

    @Test
    void rollback_ofAWebhookSecret_installsTheOldValueAgain() {
        Rotator rotator = rotatedTo(webhook, Phase.OVERLAP);

        rotator.command(Bench.ROLLBACK);
        webhook.settle(rotator, () -> webhook.idleWith(2, VersionState.DESTROYED));

        assertThat(webhook.issuer.count("install 1"))
                .as("at first, before the swap, and before the new version is revoked")
                .isEqualTo(3);
        assertThat(webhook.issuer.valid())
                .extracting(RecordingIssuer.Valid::version)
                .containsExactly(1);
    }

    @Test
    void rollback_ofALogin_deletesNothingUntilItsOverlapIsOver() {
        Rotator rotator = rotatedTo(login, Phase.OVERLAP);

        rotator.command(Bench.ROLLBACK);
        login.settle(rotator, () -> login.state(1) == VersionState.PRIMARY);

        assertThat(login.issuer.valid()).hasSize(2);
        login.settle(rotator, () -> login.idleWith(2, VersionState.REVOKED));
        login.clock.advance(HOUR);
        rotator.command(Bench.ROTATE);
        assertThat(login.states()).containsExactly("1 PRIMARY a", "2 REVOKED b", "3 PUBLISHED b");
    }

    @Test
    void abort_whilePublished_leavesTheOldPrimaryAlone() {
        Rotator rotator = rotatedTo(login, Phase.PUBLISHED);

        assertThat(rotator.command(Bench.ABORT)).isInstanceOf(Answer.Accepted.class);
        assertThat(login.issuer.count("revoke 2")).isEqualTo(1);
        login.settle(rotator, () -> login.idleWith(2, VersionState.REVOKED));

        assertThat(login.states()).containsExactly("1 PRIMARY a", "2 REVOKED b");
        assertThat(login.issuer.count("revoke 2"))
                .as("once more when no late install can follow")
                .isGreaterThan(1);
        assertThat(login.record().phase()).isEqualTo(Phase.IDLE);
        assertThat(login.issuer.valid())
                .extracting(RecordingIssuer.Valid::version)
                .containsExactly(1);
    }

    @Test
    void newValue_deadAtItsIssuer_abortsByItselfAndTriesAgainLater() {
        Rotator rotator = rotatedTo(api, Phase.PUBLISHED);
        api.issuer.probing(ProbeVerdict.DEAD);

        api.settle(rotator, () -> api.record().phase() == Phase.IDLE);

        assertThat(api.states()).containsExactly("1 PRIMARY", "2 REVOKED");
        assertThat(api.audited).extracting(AuditEvent::action).containsExactly("Create", "Begin", "Abort", "Done");
    }

    @Test
    void command_beforeTheSecretExists_isRefused() {
        assertThat(cookie.rotator().command(Bench.ROTATE)).isInstanceOf(Answer.Refused.class);
        assertThat(cookie.exists()).isFalse();
    }

    @Test
    void command_refused_changesNothing() {
        Rotator rotator = created(cookie);
        SecretRecord before = cookie.record();

        Answer answer = rotator.command(Bench.ABORT);

        assertThat(answer)
                .isInstanceOfSatisfying(
                        Answer.Refused.class,
                        refused -> assertThat(refused.why()).contains("nothing to abort"));
        assertThat(cookie.record()).isEqualTo(before);
    }

    @Test
    void hold_untilReleased_keepsAVersionFromBeingRevoked() {
        Rotator rotator = rotatedTo(login, Phase.OVERLAP);
        rotator.command(new Command.Hold(1, "ada", "inquiry"));
        login.clock.advance(Duration.ofDays(20));
        rotator.run();
        assertThat(login.state(1)).isEqualTo(VersionState.RETIRING);

        rotator.command(new Command.Release(1, "ada", "closed"));

        assertThat(login.state(1)).isEqualTo(VersionState.REVOKED);
    }

    @Test
    void command_whilePolicyIsLarger_isCarriedOutAfterTheRaise() {
        created(cookie);
        RotationPolicy slower = RotationPolicy.builder(SecretKind.SELF, Kinds.COOKIE.maxAge())
                .staleness(HOUR)
                .build();
        Rotator rotator = Rotator.builder(Bench.NAME, cookie.store, cookie.issuer, slower)
                .ticker(cookie.clock)
                .build();

        Answer answer = rotator.command(new Command.Hold(1, "ada", "inquiry"));

        assertThat(answer).isInstanceOfSatisfying(Answer.Accepted.class, accepted -> {
            assertThat(accepted.after().epoch()).isEqualTo(3);
            assertThat(accepted.after().version(1).flatMap(SecretVersion::held)).isPresent();
        });
    }

    // ---- failures

    @Test
    void creation_whoseMintFails_isTriedOnceAPass() {
        Rotator rotator = api.rotator();
        api.issuer.failing("mint", 2);

        assertThatExceptionOfType(IssuerException.class).isThrownBy(rotator::prepare);
        assertThat(api.issuer.count("mint 1")).isEqualTo(1);
        assertThatExceptionOfType(IssuerException.class).isThrownBy(rotator::run);
        assertThat(api.issuer.count("mint 1")).isEqualTo(2);
        rotator.prepare();

        assertThat(api.state(1)).isEqualTo(VersionState.PRIMARY);
    }

    @Test
    void mint_thatFails_isCountedAndTriedAgain() {
        Rotator rotator = created(api);
        api.issuer.failing("mint", 2);

        assertThatExceptionOfType(IssuerException.class).isThrownBy(() -> rotator.command(Bench.ROTATE));
        assertThatExceptionOfType(IssuerException.class).isThrownBy(rotator::run);
        assertThat(api.record().lastError()).contains("mint");
        assertThat(api.record().version(2).orElseThrow().origin().attempt()).isEqualTo(3);
        rotator.run();

        assertThat(api.record().phase()).isEqualTo(Phase.PUBLISHED);
        assertThat(api.record().lastError()).isEmpty();
    }

    @Test
    void issuer_thatFailsOnce_isAskedAgainAtEachStep() {
        for (String method : List.of("mint", "install", "revoke")) {
            Bench bench = new Bench(Kinds.LOGIN, Kinds.TWO_LOGINS);
            Rotator rotator = created(bench);
            bench.issuer.failing(method, 1);
            boolean failed = false;
            for (int i = 0;
                    i < 500 && !(bench.record().version(2).isPresent() && bench.idleWith(1, VersionState.REVOKED));
                    i++) {
                try {
                    bench.moveTo(i == 0 ? commanded(rotator) : rotator.run());
                } catch (IssuerException e) {
                    failed = true;
                }
                bench.check();
            }
            assertThat(failed).as(method).isTrue();
            assertThat(bench.states()).containsExactly("1 REVOKED a", "2 PRIMARY b");
        }
    }

    private static Step.Rest commanded(Rotator rotator) {
        rotator.command(Bench.ROTATE);
        return rotator.run();
    }

    @Test
    void firstValue_thatCannotBeProbed_alertsAndIsNotCreated() {
        api.issuer.probing(ProbeVerdict.INCONCLUSIVE);
        Rotator rotator = api.rotator();

        assertThat(rotator.run()).isInstanceOf(Step.Alert.class);
        assertThat(api.exists()).isFalse();
        assertThat(api.alerts).containsExactly("the first value probes INCONCLUSIVE");
        rotator.run();
        assertThat(api.exists()).isTrue();
        assertThat(api.issuer.count("mint 1")).as("the stored value is used").isEqualTo(1);
    }

    @Test
    void probe_inconclusive_alertsEachQuarterOfAnHourAsLongAsItLasts() {
        Rotator rotator = rotatedTo(api, Phase.PUBLISHED);
        api.clock.advance(HOUR);
        api.issuer.probing(ProbeVerdict.INCONCLUSIVE, ProbeVerdict.INCONCLUSIVE, ProbeVerdict.INCONCLUSIVE);

        rotator.run();
        api.clock.advance(Duration.ofMinutes(14));
        rotator.run();
        assertThat(api.alerts).hasSize(1);
        api.clock.advance(Duration.ofMinutes(1));
        rotator.run();
        assertThat(api.record().phase()).isEqualTo(Phase.PUBLISHED);
        rotator.run();

        assertThat(api.record().phase()).isEqualTo(Phase.OVERLAP);
        assertThat(api.alerts).containsExactly("version 2 probes INCONCLUSIVE", "version 2 probes INCONCLUSIVE");
    }

    @Test
    void loginInUse_pastHalfAnOverlapMore_alertsAndStaysUntilIdle() {
        Rotator rotator = rotatedTo(login, Phase.OVERLAP);
        login.clock.advance(Duration.ofHours(24).plusMinutes(1));
        login.issuer.using(UseReport.IN_USE, UseReport.UNKNOWN);

        rotator.run();
        assertThat(login.alerts).isEmpty();
        login.clock.advance(Duration.ofHours(12));
        rotator.run();
        assertThat(login.alerts).containsExactly("version 1 is not known to be idle at its issuer: UNKNOWN");
        assertThat(login.state(1)).isEqualTo(VersionState.RETIRING);
        rotator.run();

        assertThat(login.state(1)).isEqualTo(VersionState.REVOKED);
    }

    @Test
    void writes_whoseRepliesAreLost_areFoundDone() {
        for (Bench bench : List.of(cookie, login, api, webhook)) {
            FaultInjectingStore faulty = FaultInjectingStore.around(bench.store, bench.clock);
            Rotator rotator = Rotator.builder(Bench.NAME, faulty, bench.issuer, bench.policy)
                    .ticker(bench.clock)
                    .build();
            boolean asked = false;
            int lost = 0;
            for (int i = 0; !bench.exists() || !asked || !bench.idleWith(1, VersionState.DESTROYED); i++) {
                assertThat(i).as("runs").isLessThan(500);
                faulty.loseReplies(i % 2); // what is repeated because its reply was lost is answered at last
                try {
                    if (bench.exists() && !asked) {
                        asked = true;
                        rotator.command(Bench.ROTATE);
                    } else {
                        bench.moveTo(rotator.run());
                    }
                } catch (StoreUnavailableException e) {
                    lost++;
                }
                bench.check();
            }
            assertThat(lost).isGreaterThanOrEqualTo(4);
            assertThat(bench.record().rotation().sequence()).isEqualTo(2);
        }
    }

    @Test
    void outage_ofTheStore_throwsAndLosesNothing() {
        rotatedTo(api, Phase.PUBLISHED);
        FaultInjectingStore faulty = FaultInjectingStore.around(api.store, api.clock);
        Rotator rotator = Rotator.builder(Bench.NAME, faulty, api.issuer, api.policy)
                .ticker(api.clock)
                .build();
        faulty.down(true);
        api.clock.advance(Duration.ofDays(3));

        assertThatExceptionOfType(StoreUnavailableException.class).isThrownBy(rotator::run);
        faulty.down(false);
        rotator.run();

        assertThat(api.state(2)).isEqualTo(VersionState.PRIMARY);
        assertThat(api.state(1))
                .as("an overlap of its own, not what the outage left")
                .isEqualTo(VersionState.RETIRING);
    }

    @Test
    void write_laterThanItsWindow_isGivenUpAndDecidedAgain() {
        created(cookie);
        cookie.rotator().command(Bench.ROTATE);
        cookie.clock.advance(HOUR);
        Instant slow = cookie.clock.instant();
        AtomicBoolean once = new AtomicBoolean(true);
        Rotator rotator = cookie.rotator(call -> {
            if (call.equals("after read") && once.getAndSet(false)) {
                cookie.clock.advance(Duration.ofSeconds(5));
            }
        });

        rotator.run();

        assertThat(steps(cookie)).containsOnlyOnce("Promote");
        assertThat(cookie.record().version(2).flatMap(v -> v.at(Stamp.PRIMARY)))
                .as("stamped by the second read")
                .contains(slow.plusSeconds(10));
    }

    @Test
    void effect_laterThanItsWindow_isNotBegun() {
        created(api);
        List<String> calls = new ArrayList<>();
        Rotator rotator = api.rotator(call -> {
            if (api.record().version(2).isPresent()) {
                calls.add(call);
            }
            if (calls.equals(List.of("after compareAndSet", "before read", "after read"))) {
                api.clock.advance(Duration.ofSeconds(5));
            }
        });

        rotator.command(Bench.ROTATE);

        assertThat(calls)
                .startsWith(
                        "after compareAndSet",
                        "before read",
                        "after read",
                        "before read",
                        "after read",
                        "before value");
        assertThat(api.record().phase()).isEqualTo(Phase.PUBLISHED);
    }

    @Test
    void store_slowerThanTheWindowForEver_isGivenUpOn() {
        created(cookie);
        Rotator rotator = cookie.rotator(call -> {
            if (call.equals("after read")) {
                cookie.clock.advance(Duration.ofSeconds(5));
            }
        });

        assertThat(rotator.command(Bench.ROTATE))
                .isInstanceOfSatisfying(
                        Answer.Refused.class,
                        refused -> assertThat(refused.why()).contains("too late"));
        assertThat(cookie.record().epoch()).isEqualTo(1);
    }

    // ---- audit and listeners

    @Test
    void audit_ofAnIntent_precedesIt() {
        List<VersionState> atThatTime = new ArrayList<>();
        Rotator rotator = rotatedTo(api, Phase.OVERLAP);
        Rotator audited = api.builder(call -> {})
                .audit(event -> {
                    atThatTime.add(api.state(1));
                    api.audited.add(event);
                })
                .build();

        api.settle(audited, () -> api.state(1) == VersionState.REVOKED);

        assertThat(atThatTime).containsExactly(VersionState.RETIRING, VersionState.REVOKING);
        assertThat(api.audited)
                .extracting(AuditEvent::action, AuditEvent::outcome)
                .containsExactly(
                        tuple("Create", Outcome.DONE),
                        tuple("Begin", Outcome.INTENDED),
                        tuple("Intend", Outcome.INTENDED),
                        tuple("Done", Outcome.DONE));
        assertThat(api.audited.subList(2, 4)).allSatisfy(event -> {
            assertThat(event.version()).isEqualTo(1);
            assertThat(event.actor()).isEqualTo("schedule");
            assertThat(event.secret()).isEqualTo(Bench.NAME);
        });
        rotator.close();
    }

    @Test
    void audit_ofACommand_namesWhoAskedAndWhy() {
        Rotator rotator = created(cookie);
        cookie.audited.clear();

        rotator.command(new Command.Hold(1, "grace", "inquiry 7"));

        assertThat(cookie.audited)
                .extracting(
                        AuditEvent::at,
                        AuditEvent::secret,
                        AuditEvent::epoch,
                        AuditEvent::action,
                        AuditEvent::version,
                        AuditEvent::actor,
                        AuditEvent::reason)
                .containsExactly(tuple(cookie.clock.instant(), Bench.NAME, 1L, "Hold", 1, "grace", "inquiry 7"));
    }

    @Test
    void auditSink_thatThrows_stopsTheStep() {
        rotatedTo(api, Phase.OVERLAP);
        AtomicBoolean broken = new AtomicBoolean(true);
        Rotator rotator = api.builder(call -> {})
                .audit(event -> {
                    if (broken.get()) {
                        throw new IllegalStateException("the audit log is full");
                    }
                })
                .build();
        api.clock.advance(Duration.ofDays(2));

        assertThatThrownBy(rotator::run)
                .isInstanceOf(AuditFailedException.class)
                .hasMessage("secret rotated: Intend could not be audited: the audit log is full");
        assertThatThrownBy(() -> rotator.command(new Command.Hold(1, "ada", "why")))
                .isInstanceOf(AuditFailedException.class)
                .hasMessageContaining("Hold could not be audited");
        assertThat(api.state(1)).isEqualTo(VersionState.RETIRING);
        assertThat(api.issuer.calls()).doesNotContain("revoke 1");

        broken.set(false);
        rotator.run();
        assertThat(api.state(1)).isEqualTo(VersionState.REVOKED);
    }

    @Test
    void listener_thatThrows_neverStopsARotation() {
        List<Step.Write> heard = new ArrayList<>();
        Rotator rotator = Rotator.builder(Bench.NAME, api.store, api.issuer, api.policy)
                .ticker(api.clock)
                .listener(new RotationListener() {
                    @Override
                    public void onTransition(Step.Write step, Optional<SecretRecord> before, SecretRecord after) {
                        throw new IllegalStateException("a listener's own trouble");
                    }

                    @Override
                    public void onAlert(SecretName secret, String why) {
                        throw new IllegalStateException("a listener's own trouble");
                    }
                })
                .listener((step, before, after) -> heard.add(step))
                .build();
        rotator.run();
        api.issuer.probing(ProbeVerdict.INCONCLUSIVE);
        rotator.command(Bench.ROTATE);

        api.settle(rotator, () -> api.idleWith(1, VersionState.DESTROYED));

        assertThat(heard).hasSize(8);
    }

    @Test
    void listener_toldOfATransition_seesBothRecords() {
        List<Optional<SecretRecord>> befores = new ArrayList<>();
        List<SecretRecord> afters = new ArrayList<>();
        Rotator rotator = cookie.builder(call -> {})
                .listener((step, before, after) -> {
                    befores.add(before);
                    afters.add(after);
                })
                .build();
        rotator.run();
        rotator.command(Bench.ROTATE);

        assertThat(befores.get(0)).isEmpty();
        assertThat(afters.stream().mapToLong(SecretRecord::epoch)).containsExactly(1L, 2L, 3L);
        assertThat(befores.get(2)).contains(afters.get(1));
    }

    // ---- running by itself

    @Test
    void rotator_started_rotatesByItself() {
        ManualScheduler scheduler = ManualScheduler.on(login.clock);
        Rotator rotator = login.builder(call -> {})
                .scheduler(scheduler)
                .random(new SplittableRandom(1))
                .build();
        rotator.start();

        scheduler.advance(Duration.ofDays(30));

        assertThat(login.states()).containsExactly("1 DESTROYED a", "2 PRIMARY b");
        rotator.close();
        assertThat(scheduler.pending()).isZero();
        rotator.close();
    }

    @Test
    void rotator_startedWithoutAScheduler_isRefused() {
        assertThatIllegalStateException().isThrownBy(cookie.rotator()::start).withMessageContaining("no scheduler");
    }

    @Test
    void pass_afterAWait_comesWhenItIsDueAndWithinTheInterval() {
        ManualScheduler scheduler = ManualScheduler.on(cookie.clock);
        List<Long> reads = new ArrayList<>();
        Rotator rotator = cookie.builder(call -> {
                    if (call.equals("before read")) {
                        reads.add(cookie.clock.nanos());
                    }
                })
                .scheduler(scheduler)
                .random(new SplittableRandom(1))
                .build();
        rotator.start();
        scheduler.runDue();
        rotator.command(Bench.ROTATE);
        Instant promotable = cookie.record()
                .version(2)
                .flatMap(v -> v.at(Stamp.PUBLISHED))
                .orElseThrow()
                .plus(Duration.ofMinutes(20));
        reads.clear();

        scheduler.advance(Duration.ofHours(2));

        assertThat(gaps(reads)).allSatisfy(gap -> assertThat(gap).isLessThanOrEqualTo(Duration.ofSeconds(60)));
        assertThat(cookie.record().version(2).flatMap(v -> v.at(Stamp.PRIMARY)))
                .as("promoted at the very moment, not at the next interval")
                .contains(promotable.plusSeconds(5));
    }

    @Test
    void backOff_whileTheStoreIsDown_growsAndIsBounded() {
        created(cookie);
        ManualScheduler scheduler = ManualScheduler.on(cookie.clock);
        AtomicBoolean down = new AtomicBoolean(true);
        List<Long> reads = new ArrayList<>();
        Rotator rotator = cookie.builder(call -> {
                    if (call.equals("before read")) {
                        reads.add(cookie.clock.nanos());
                        if (down.get()) {
                            throw new StoreUnavailableException("down", null);
                        }
                    }
                })
                .scheduler(scheduler)
                .random(new SplittableRandom(1))
                .build();
        rotator.start();

        scheduler.advance(Duration.ofHours(1));

        assertThat(gaps(reads).stream().map(Duration::toSeconds).limit(5)).containsExactly(60L, 120L, 240L, 300L, 300L);
        assertThat(gaps(reads).stream().map(Duration::toSeconds).skip(3)).containsOnly(300L);
        assertThat(cookie.alerts).as("one each quarter of an hour").hasSize(4).containsOnly("down");

        down.set(false);
        scheduler.advance(Duration.ofMinutes(6));
        int alerts = cookie.alerts.size();
        reads.clear();
        scheduler.advance(Duration.ofMinutes(6));
        assertThat(gaps(reads)).allSatisfy(gap -> assertThat(gap).isLessThanOrEqualTo(Duration.ofSeconds(60)));
        assertThat(cookie.alerts).hasSize(alerts);
        down.set(true);
        reads.clear();
        scheduler.advance(Duration.ofMinutes(6));
        assertThat(gaps(reads).get(0)).as("success starts the back-off anew").isEqualTo(Duration.ofSeconds(60));
    }

    private static List<Duration> gaps(List<Long> moments) {
        return LongStream.range(1, moments.size())
                .mapToObj(i -> Duration.ofNanos(moments.get((int) i) - moments.get((int) i - 1)))
                .toList();
    }
}
