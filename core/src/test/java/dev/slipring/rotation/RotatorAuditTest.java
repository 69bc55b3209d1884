package dev.slipring.rotation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.slipring.keyring.SecretValue;
import dev.slipring.keyring.VersionState;
import dev.slipring.rotation.AuditEvent.Mode;
import dev.slipring.rotation.AuditEvent.Outcome;
import dev.slipring.store.Emergency;
import dev.slipring.store.Phase;
import dev.slipring.store.SecretRecord;
import dev.slipring.store.WriteWindow;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** What is audited, and what an audit that fails holds up. */
class RotatorAuditTest {
    private static final Command LEAKED =
            new Command.Compromise(Set.of(), Emergency.Plan.REVOKE_FIRST, false, "ada", "leaked");

    private final Bench api = new Bench(Kinds.LOGIN, Kinds.API);
    private final Bench cookie = new Bench(Kinds.COOKIE, Kinds.RANDOM);

    // ---- creation

    /** No application is kept from starting by its audit trail. */
    @Test
    void creation_bySchedule_isToldAfterwards_ifItCanBe() {
        api.rotator().prepare();

        AuditEvent create = only(api, "Create");
        assertThat(create.outcome()).isEqualTo(Outcome.DONE);
        assertThat(create.request())
                .isEqualTo(new AuditEvent.Request("schedule", "the secret did not exist", Mode.NORMAL, false));
        assertThat(create.change().from()).isEqualTo(new AuditEvent.Point(0, Optional.empty()));
        assertThat(create.change().to()).isEqualTo(new AuditEvent.Point(1, Optional.of(Phase.IDLE)));
        assertThat(create.subject())
                .isEqualTo(new AuditEvent.Subject(
                        "Create",
                        1,
                        Optional.empty(),
                        api.record().version(1).orElseThrow().fingerprint()));

        cookie.builder(call -> {}).audit(RotatorAuditTest::full).build().prepare();
        assertThat(cookie.exists()).isTrue();
        assertThat(cookie.alerts).containsExactly("what came of Create could not be audited");
    }

    @Test
    void creation_byCommand_isToldBefore_andLeftIfItCannotBe() {
        Rotator rotator = api.builder(call -> {}).audit(RotatorAuditTest::full).build();

        assertThatThrownBy(() -> rotator.command(new Command.Create("ada", "a new service")))
                .isInstanceOf(AuditFailedException.class)
                .hasMessageContaining("Create could not be audited: the disk is full");
        assertThat(api.exists()).isFalse();

        api.rotator().command(new Command.Create("ada", "a new service"));
        assertThat(api.exists()).isTrue();
        assertThat(api.issuer.calls()).filteredOn("mint 1"::equals).hasSize(1);
        assertThat(only(api, "Create").outcome()).isEqualTo(Outcome.INTENDED);
        assertThat(only(api, "Create").actor()).isEqualTo("ada");
    }

    private static void full(AuditEvent event) {
        throw new IllegalStateException("the disk is full");
    }

    @Test
    void creation_withAValueThatWasHandedIn_isToldAsThat() {
        SecretValue value = SecretValue.copyOf("a key that was in use before".getBytes(UTF_8));
        Rotator rotator = cookie.builder(call -> {}).adopting(value).build();

        assertThat(rotator.command(new Command.Create("ada", "it was in use before")))
                .isEqualTo(new Answer.Refused("the reason shows a part of the value"));
        assertThat(rotator.command(new Command.Create("ada", "moved from a file")))
                .isEqualTo(new Answer.Accepted(cookie.record()));

        assertThat(cookie.store.value(Bench.NAME, 1)).contains(value);
        assertThat(only(cookie, "Create").request())
                .isEqualTo(new AuditEvent.Request(
                        "ada", "with a value that was handed in: moved from a file", Mode.NORMAL, false));
        assertThat(rotator.command(new Command.Create("bert", "once more")))
                .isEqualTo(new Answer.Refused("the secret exists already"));
        assertThat(cookie.audited).hasSize(1);

        api.builder(call -> {}).adopting(value).build().prepare();
        assertThat(only(api, "Create").reason()).isEqualTo("with a value that was handed in: the secret did not exist");
    }

    @Test
    void creation_byTwoAtOnce_isAcceptedFromOne() {
        Rotator late = cookie.rotator(call -> {
            if (call.equals("before compareAndSet") && !cookie.exists()) {
                cookie.rotator().command(new Command.Create("bert", "first"));
            }
        });

        assertThat(late.command(new Command.Create("ada", "second")))
                .isEqualTo(new Answer.Refused("the secret exists already"));
        assertThat(cookie.audited)
                .extracting(AuditEvent::actor, AuditEvent::outcome)
                .containsExactly(
                        tuple("ada", Outcome.INTENDED), tuple("bert", Outcome.INTENDED), tuple("ada", Outcome.LOST));
    }

    // ---- rotation

    @Test
    void audit_ofARotation_namesWhereByWhomAndWhatItRestsOn() {
        Rotator rotator = api.builder(call -> {}).replica("web-1").build();
        rotator.run();
        rotator.command(Bench.ROTATE);
        api.settle(rotator, () -> api.state(1) == VersionState.REVOKED);

        AuditEvent begin = only(api, "Begin");
        assertThat(begin.place())
                .isEqualTo(new AuditEvent.Place("web-1", SecretKind.OUTBOUND, "Hooked$Issuer", "Hooked$Store"));
        assertThat(begin.request()).isEqualTo(new AuditEvent.Request("ada", "asked", Mode.NORMAL, false));
        assertThat(begin.change().from()).isEqualTo(new AuditEvent.Point(1, Optional.of(Phase.IDLE)));
        assertThat(begin.change().to()).isEqualTo(new AuditEvent.Point(2, Optional.of(Phase.MINTING)));
        AuditEvent intend = only(api, "Intend");
        SecretRecord record = api.record();
        assertThat(intend.change().sequence()).isEqualTo(2);
        assertThat(intend.change().rotationId()).isEqualTo(record.rotation().id());
        assertThat(intend.subject())
                .isEqualTo(new AuditEvent.Subject(
                        "Intend",
                        1,
                        record.version(1).orElseThrow().fingerprint(),
                        record.version(2).orElseThrow().fingerprint()));
        assertThat(intend.subject().fingerprintOld())
                .isPresent()
                .isNotEqualTo(intend.subject().fingerprintNew());
        assertThat(only(api, "Done").proof().probe()).contains(ProbeVerdict.DEAD);
        assertThat(api.audited).extracting(AuditEvent::id).doesNotHaveDuplicates();
    }

    @Test
    void revocation_thatFails_isToldWithAWordAndDoneLater() {
        Rotator rotator = rotated(api);
        api.issuer.failing("revoke", 1);
        api.clock.advance(Duration.ofDays(2));

        assertThatThrownBy(rotator::run).isInstanceOf(IssuerException.class);
        rotator.run();

        assertThat(api.audited)
                .filteredOn(event -> !Set.of("Create", "Begin").contains(event.action()))
                .extracting(AuditEvent::action, AuditEvent::version, AuditEvent::outcome)
                .containsExactly(
                        tuple("Intend", 1, Outcome.INTENDED),
                        tuple("Revoke", 1, Outcome.FAILED),
                        tuple("Done", 1, Outcome.DONE));
        AuditEvent failed = only(api, "Revoke");
        assertThat(failed.result().errorCode()).contains("IssuerException");
        assertThat(failed.change().to()).isEqualTo(failed.change().from());
    }

    @Test
    void revokedVersion_thatStillProbesAlive_isToldAsAFailure() {
        Rotator rotator = rotated(api);
        api.clock.advance(Duration.ofDays(2));
        api.issuer.probing(ProbeVerdict.ALIVE);

        rotator.run();

        assertThat(only(api, "Probe").result())
                .isEqualTo(new AuditEvent.Result(Outcome.FAILED, Optional.of("PROBES_ALIVE")));
        assertThat(only(api, "Probe").proof().probe()).contains(ProbeVerdict.ALIVE);
    }

    @Test
    void erasureBySchedule_isToldBeforeItHappens() {
        AtomicInteger valuesThen = new AtomicInteger(-1);
        Rotator rotator = api.builder(call -> {})
                .audit(event -> {
                    if (event.action().equals("Erase")) {
                        valuesThen.set(api.store.value(Bench.NAME, 1).isPresent() ? 1 : 0);
                    }
                    api.audited.add(event);
                })
                .build();
        rotator.run();
        rotator.command(Bench.ROTATE);
        api.settle(rotator, () -> api.state(1) == VersionState.DESTROYED);

        assertThat(valuesThen).hasValue(1);
        assertThat(only(api, "Erase").outcome()).isEqualTo(Outcome.INTENDED);
        assertThat(only(api, "Destroy").outcome()).isEqualTo(Outcome.DONE);
        assertThat(only(api, "Destroy").version()).isEqualTo(1);
    }

    @Test
    void announcedWrite_overtakenByAnother_isToldAsLost() {
        rotated(api);
        api.clock.advance(Duration.ofDays(2));
        Rotator late = api.builder(call -> {
                    boolean first = api.audited.size() == 3;
                    if (call.equals("before compareAndSet") && first) {
                        SecretRecord other = api.record().then(api.record().phase());
                        api.store.compareAndSet(other, WriteWindow.open(api.clock, Duration.ofSeconds(5)));
                    }
                })
                .build();

        late.run();

        assertThat(api.audited)
                .filteredOn(event -> event.action().equals("Intend"))
                .extracting(AuditEvent::outcome)
                .containsExactly(Outcome.INTENDED, Outcome.LOST, Outcome.INTENDED);
    }

    @Test
    void emergency_isAuditedStepByStep_fromItsPriceToItsEnd() {
        Rotator rotator = api.rotator();
        rotator.run();
        api.audited.clear();
        rotator.command(new Command.Compromise(Set.of(), Emergency.Plan.OVERLAP_FIRST, false, "ada", "leaked"));
        api.settle(rotator, () -> api.record().orders().emergency().isEmpty());

        assertThat(api.audited)
                .extracting(AuditEvent::action, AuditEvent::version, AuditEvent::outcome)
                .containsExactly(
                        tuple("Compromise", 0, Outcome.INTENDED),
                        tuple("Begin", 2, Outcome.DONE),
                        tuple("Publish", 2, Outcome.DONE),
                        tuple("Promote", 2, Outcome.DONE),
                        tuple("Intend", 1, Outcome.INTENDED),
                        tuple("Done", 1, Outcome.DONE),
                        tuple("Resolve", 0, Outcome.INTENDED));
        assertThat(api.audited).allMatch(AuditEvent::inEmergency);
        assertThat(only(api, "Compromise").planned()).hasValueSatisfying(planned -> {
            assertThat(planned.members()).containsExactly(1);
            assertThat(planned.plan()).isEqualTo(Emergency.Plan.OVERLAP_FIRST);
            assertThat(planned.exposure())
                    .hasValueSatisfying(time -> assertThat(time).isPositive());
            assertThat(planned.outage()).contains(Duration.ZERO);
            assertThat(planned.loss()).isEqualTo("nothing");
        });
    }

    // ---- an audit that fails

    @Test
    void failingAudit_holdsUpTheRevocationAndNothingElse() {
        rotated(api);
        api.clock.advance(Duration.ofDays(40)); // version 1 may be revoked, and a rotation is due
        AtomicBoolean full = new AtomicBoolean(true);
        Rotator rotator = failing(api, full, event -> true);

        for (int i = 0; i < 60; i++) {
            assertThatThrownBy(rotator::run).isInstanceOf(AuditFailedException.class);
            api.clock.advance(Duration.ofMinutes(1));
        }
        assertThat(api.states())
                .as("rotated by schedule, and nothing taken back")
                .containsExactly("1 RETIRING", "2 RETIRING", "3 PRIMARY");
        assertThat(api.issuer.calls()).noneMatch(call -> call.startsWith("revoke"));

        full.set(false);
        rotator.run();
        assertThat(api.state(1)).isEqualTo(VersionState.REVOKED);
        api.settle(rotator, () -> api.state(2) == VersionState.REVOKED);
    }

    @Test
    void failingAudit_afterTheRevocation_holdsUpOnlyItsRecord() {
        rotated(api);
        api.clock.advance(Duration.ofDays(40));
        AtomicBoolean full = new AtomicBoolean(true);
        Rotator rotator = failing(api, full, event -> event.action().equals("Done"));

        for (int i = 0; i < 60; i++) {
            assertThatThrownBy(rotator::run).isInstanceOf(AuditFailedException.class);
            api.clock.advance(Duration.ofMinutes(1));
        }
        assertThat(api.states()).containsExactly("1 REVOKING", "2 RETIRING", "3 PRIMARY");
        assertThat(api.issuer.valid())
                .extracting(RecordingIssuer.Valid::version)
                .containsExactly(2, 3);

        full.set(false);
        rotator.run();
        assertThat(api.state(1)).isEqualTo(VersionState.REVOKED);
    }

    @Test
    void failingAudit_atStart_keepsNobodyFromStarting() {
        rotated(api);
        api.clock.advance(Duration.ofDays(2));
        Rotator rotator = failing(api, new AtomicBoolean(true), event -> true);

        rotator.prepare();

        assertThat(api.state(1)).isEqualTo(VersionState.RETIRING);
    }

    @Test
    void failingAudit_ofACompromise_declaresNothing() {
        cookie.rotator().run();
        Rotator rotator = failing(cookie, new AtomicBoolean(true), event -> true);

        assertThatThrownBy(() -> rotator.command(LEAKED))
                .isInstanceOf(AuditFailedException.class)
                .hasMessageContaining("Compromise could not be audited");

        assertThat(cookie.record().orders().emergency()).isEmpty();
        assertThat(cookie.record().epoch()).isEqualTo(1);
    }

    @Test
    void failingAudit_inAnEmergency_stillReplacesWhatIsCompromised() {
        cookie.rotator().run();
        AtomicBoolean full = new AtomicBoolean(false);
        Rotator rotator = failing(cookie, full, event -> !event.action().equals("Compromise"));
        full.set(true);

        assertThatThrownBy(() -> rotator.command(LEAKED)).isInstanceOf(AuditFailedException.class);

        assertThat(cookie.states()).containsExactly("1 RETIRING", "2 PRIMARY");
        assertThat(cookie.record().version(1).orElseThrow().compromised())
                .as("rejected wherever it was accepted")
                .isPresent();
        assertThat(cookie.alerts).contains("what came of Promote could not be audited");
        full.set(false);
        cookie.settle(rotator, () -> cookie.record().orders().emergency().isEmpty());
        assertThat(cookie.state(1)).isEqualTo(VersionState.REVOKED);
    }

    private static Rotator rotated(Bench bench) {
        Rotator rotator = bench.rotator();
        rotator.run();
        rotator.command(Bench.ROTATE);
        bench.settle(rotator, () -> bench.record().phase() == Phase.OVERLAP);
        return rotator;
    }

    private static Rotator failing(Bench bench, AtomicBoolean full, Predicate<AuditEvent> concerned) {
        return bench.builder(call -> {})
                .audit(event -> {
                    if (full.get() && concerned.test(event)) {
                        throw new IllegalStateException("no space left");
                    }
                    bench.audited.add(event);
                })
                .build();
    }

    private static AuditEvent only(Bench bench, String action) {
        List<AuditEvent> events = bench.audited.stream()
                .filter(event -> event.action().equals(action))
                .toList();
        assertThat(events).as(action).hasSize(1);
        return events.get(0);
    }
}
