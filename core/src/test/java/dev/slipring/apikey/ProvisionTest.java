package dev.slipring.apikey;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.tuple;

import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretValue;
import dev.slipring.keyring.VersionState;
import dev.slipring.rotation.Answer;
import dev.slipring.rotation.AuditEvent;
import dev.slipring.rotation.Command;
import dev.slipring.rotation.Hooked;
import dev.slipring.rotation.Issuance;
import dev.slipring.rotation.IssuerException;
import dev.slipring.rotation.ProbeVerdict;
import dev.slipring.rotation.RandomIssuer;
import dev.slipring.rotation.RotationListener;
import dev.slipring.rotation.RotationPolicy;
import dev.slipring.rotation.Rotator;
import dev.slipring.rotation.SecretIssuer;
import dev.slipring.rotation.SecretKind;
import dev.slipring.rotation.Step;
import dev.slipring.store.InMemorySecretStore;
import dev.slipring.store.Phase;
import dev.slipring.store.SecretRecord;
import dev.slipring.store.SecretStore;
import dev.slipring.testing.FaultInjectingStore;
import dev.slipring.testing.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A secret whose values only a person can make: what begins when, who is told what, and what a crash leaves. */
@Timeout(120)
class ProvisionTest {
    private static final SecretName NAME = SecretName.of("partner");
    private static final RotationPolicy POLICY = RotationPolicy.apiKeys(Duration.ofDays(90));
    private static final Command.Provide PROVIDE = new Command.Provide("ada", "quarterly");
    private static final Duration DAY = Duration.ofDays(1);
    private static final Duration HOUR = Duration.ofHours(1);

    private final SecretValue first = value("key-of-the-first-quarter");
    private final SecretValue second = value("key-of-the-second-quarter");
    private final SecretValue third = value("key-of-the-third-quarter");

    /** A store, the service's own knowledge, and who is told what. */
    private final class Bench {
        final ManualClock clock = ManualClock.at("2030-01-01T00:00:00Z");
        final InMemorySecretStore store = InMemorySecretStore.create(clock);
        final Set<SecretValue> valid = new HashSet<>(Set.of(first, second, third));
        final List<String> alerts = new ArrayList<>();
        final List<AuditEvent> audited = new ArrayList<>();
        final List<String> events = new ArrayList<>();
        final OperatorIssuer issuer = OperatorIssuer.builder(
                        "Partner", v -> valid.contains(v) ? ProbeVerdict.ALIVE : ProbeVerdict.DEAD)
                .ticker(clock)
                .build();

        Rotator rotator() {
            return rotator(store, issuer, "one");
        }

        Rotator rotator(SecretStore on, SecretIssuer by, String replica) {
            return Rotator.builder(NAME, on, by, POLICY)
                    .ticker(clock)
                    .replica(replica)
                    .adopting(first)
                    .audit(audited::add)
                    .listener(new RotationListener() {
                        @Override
                        public void onTransition(Step.Write step, Optional<SecretRecord> before, SecretRecord after) {
                            events.add(step.getClass().getSimpleName());
                        }

                        @Override
                        public void onAlert(SecretName secret, String why) {
                            alerts.add(why);
                        }
                    })
                    .build();
        }

        Rotator prepared() {
            Rotator rotator = rotator();
            rotator.prepare();
            return rotator;
        }

        void pass(Rotator rotator, Duration time, Duration interval) {
            for (Instant end = clock.instant().plus(time); clock.instant().isBefore(end); ) {
                clock.advance(interval);
                rotator.run();
                assertUsable();
            }
        }

        void assertUsable() {
            SecretRecord record = record();
            int primary = record.versions().stream()
                    .filter(v -> v.state().produces())
                    .findFirst()
                    .orElseThrow()
                    .number();
            assertThat(valid)
                    .as("the version in use is valid: %s", record)
                    .contains(store.value(NAME, primary).orElseThrow());
        }

        SecretRecord record() {
            return store.read(NAME).record().orElseThrow();
        }

        VersionState state(int version) {
            return record().version(version).orElseThrow().state();
        }
    }

    private final Bench bench = new Bench();

    // ---- what begins when

    @Test
    void provide_beforeAnythingIsDue_beginsAtOnceAndIsAudited() {
        Rotator rotator = bench.prepared();

        assertThat(rotator.provide(second, PROVIDE)).isInstanceOf(Answer.Accepted.class);

        assertThat(bench.state(2)).isEqualTo(VersionState.PUBLISHED);
        bench.pass(rotator, HOUR, Duration.ofMinutes(5));
        assertThat(bench.state(2)).isEqualTo(VersionState.PRIMARY);
        assertThat(bench.audited)
                .extracting(AuditEvent::action, AuditEvent::version, AuditEvent::actor, AuditEvent::reason)
                .containsExactly(
                        tuple("Create", 1, "schedule", "with a value that was handed in: the secret did not exist"),
                        tuple("Mint", 2, "ada", "quarterly"),
                        tuple("Begin", 2, "ada", "quarterly"));
    }

    @Test
    void rotation_due_waitsForAValueAndRemindsWeeklyThenDaily() {
        Rotator rotator = bench.prepared();
        Instant due = rotator.plan().steps().isEmpty() ? bench.clock.instant() : Instant.MAX;
        assertThat(due).as("no date is promised for what an operator does").isNotEqualTo(Instant.MAX);

        bench.pass(rotator, Duration.ofDays(62), HOUR);
        assertThat(bench.alerts).isEmpty();
        bench.pass(rotator, Duration.ofDays(14), HOUR); // day 76
        assertThat(bench.alerts)
                .hasSize(2)
                .allMatch(alert -> alert.contains("is due to be replaced: an operator has to provide the next value"));
        bench.alerts.clear();
        bench.pass(rotator, Duration.ofDays(13), HOUR); // day 89
        assertThat(bench.alerts)
                .filteredOn(alert -> alert.contains("reaches its maximum age at 2030-04-01T00:00:05Z"))
                .hasSizeBetween(12, 13);
        assertThat(bench.record().phase()).isEqualTo(Phase.IDLE);
        assertThat(bench.record().epoch()).as("waiting writes nothing").isEqualTo(1);

        bench.alerts.clear();
        bench.pass(rotator, Duration.ofDays(3), HOUR);
        assertThat(bench.alerts)
                .as("the age and the value that is missing, one not hiding the other")
                .anyMatch(alert -> alert.contains("longer than the maximum age"))
                .anyMatch(alert -> alert.contains("an operator has to provide"));
        assertThat(rotator.provide(second, PROVIDE)).isInstanceOf(Answer.Accepted.class);
        bench.pass(rotator, HOUR, Duration.ofMinutes(5));
        assertThat(bench.state(2)).isEqualTo(VersionState.PRIMARY);
    }

    @Test
    void rotate_withoutAValue_isRefusedWithWhatToDo() {
        Rotator rotator = bench.prepared();

        assertThat(rotator.command(new Command.Rotate("ada", "now")))
                .isEqualTo(new Answer.Refused("an operator provides the next value"));
        assertThat(rotator.command(PROVIDE)).isInstanceOf(Answer.Refused.class);
        assertThat(bench.record().epoch()).isEqualTo(1);
    }

    @Test
    void provide_whereNothingMayBegin_storesNothing() {
        Rotator rotator = bench.prepared();
        Instant now = bench.clock.instant();
        rotator.command(new Command.Freeze(now, now.plus(DAY), "bert", "sale"));
        assertThat(rotator.provide(second, PROVIDE)).isEqualTo(new Answer.Refused("frozen by bert: sale"));
        rotator.command(new Command.Thaw("bert", "over"));
        rotator.command(new Command.Close("bert", "not needed"));
        assertThat(rotator.provide(second, PROVIDE))
                .isEqualTo(new Answer.Refused("the secret is being retired as a whole"));
        assertThat(bench.store.value(NAME, 2)).isEmpty();

        rotator.command(new Command.Reopen("bert", "needed"));
        assertThat(rotator.provide(second, PROVIDE)).isInstanceOf(Answer.Accepted.class);
        assertThat(rotator.provide(third, PROVIDE))
                .isInstanceOfSatisfying(
                        Answer.Refused.class,
                        refused -> assertThat(refused.why()).startsWith("rotation 2 is under way, phase PUBLISHED"));
    }

    @Test
    void provide_forASecretThatMakesItsOwnValues_isRefused() {
        Rotator rotator = bench.rotator(bench.store, RandomIssuer.bytes(32), "one");
        rotator.prepare();

        assertThat(rotator.provide(second, PROVIDE))
                .isEqualTo(new Answer.Refused("the values of this secret are made by its issuer, not provided"));
    }

    @Test
    void label_thatShowsAPartOfTheValue_isRefused() {
        Rotator rotator = bench.prepared();

        assertThat(rotator.provide(second, new Command.Provide("id 7, of-the-second", "ada", "quarterly")))
                .isEqualTo(new Answer.Refused("the label shows a part of the value"));
        assertThat(rotator.provide(second, new Command.Provide("id 7, quarter", "ada", "quarterly")))
                .isInstanceOf(Answer.Accepted.class);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Command.Provide("a\nb", "ada", "quarterly"))
                .withMessageContaining("control");
        assertThatIllegalArgumentException().isThrownBy(() -> new Command.Provide("x".repeat(101), "ada", "quarterly"));
    }

    // ---- the end of a key

    @Test
    void oldKeys_thatNobodyExpires_holdUpNothingAndAreAskedForDaily() {
        Rotator rotator = bench.prepared();
        rotator.provide(second, new Command.Provide("id 7", "ada", "quarterly"));
        bench.pass(rotator, Duration.ofDays(5), HOUR);
        assertThat(bench.state(1)).isEqualTo(VersionState.REVOKING);
        assertThat(bench.alerts)
                .hasSize(4)
                .allMatch(
                        alert -> alert.contains("version 1 {service=Partner}, in use from 2030-01-01T00:00:05Z until ")
                                && alert.contains("an operator has to expire it where it was made; it probes ALIVE"));

        assertThat(rotator.provide(third, PROVIDE)).isInstanceOf(Answer.Accepted.class);
        bench.pass(rotator, Duration.ofDays(5), HOUR);
        assertThat(bench.state(3)).isEqualTo(VersionState.PRIMARY);
        assertThat(bench.state(2)).as("one at a time").isEqualTo(VersionState.RETIRING);
        bench.valid.remove(first);
        bench.alerts.clear();
        bench.pass(rotator, DAY, HOUR);
        assertThat(bench.state(1)).isEqualTo(VersionState.REVOKED);
        assertThat(bench.state(2)).isEqualTo(VersionState.REVOKING);
        assertThat(bench.alerts)
                .anyMatch(alert -> alert.contains("version 2 {label=id 7, service=Partner}, in use from"));
        bench.valid.remove(second);
        bench.pass(rotator, Duration.ofDays(3), HOUR);
        assertThat(bench.state(2)).isEqualTo(VersionState.DESTROYED);
    }

    @Test
    void oldKey_thatCannotBeTried_isRevokedOnAnOperatorsWord() {
        OperatorIssuer blind = OperatorIssuer.withoutProbe("Partner").build();
        Rotator rotator = bench.rotator(bench.store, blind, "one");
        rotator.prepare();
        rotator.provide(second, PROVIDE);
        assertThat(bench.audited).extracting(AuditEvent::reason).contains("not probed: quarterly");
        assertThat(rotator.command(new Command.Expired(1, "ada", "done"))).isInstanceOf(Answer.Refused.class);

        bench.pass(rotator, Duration.ofDays(3), HOUR);
        assertThat(bench.state(1)).isEqualTo(VersionState.REVOKING);
        assertThat(bench.alerts).isNotEmpty().allMatch(alert -> alert.contains("confirm that it was expired"));
        assertThat(rotator.command(new Command.Expired(1, "ada", "done"))).isInstanceOf(Answer.Accepted.class);

        assertThat(bench.state(1)).isEqualTo(VersionState.REVOKED);
        assertThat(bench.audited)
                .extracting(AuditEvent::action, AuditEvent::actor, AuditEvent::reason)
                .contains(tuple("Done", "ada", "done"));
    }

    @Test
    void expired_saidOfAKeyThatIsTried_isRefused() {
        Rotator rotator = bench.prepared();
        rotator.provide(second, PROVIDE);
        bench.pass(rotator, Duration.ofDays(2), HOUR);

        assertThat(rotator.command(new Command.Expired(1, "ada", "done")))
                .isInstanceOfSatisfying(
                        Answer.Refused.class,
                        refused -> assertThat(refused.why()).contains("a probe tells whether it was expired"));
        assertThat(bench.state(1)).isEqualTo(VersionState.REVOKING);
    }

    @Test
    void abort_ofAKeyThatWasNeverUsed_asksNobodyToExpireIt() {
        Rotator rotator = bench.prepared();
        rotator.provide(second, PROVIDE);

        rotator.command(new Command.Abort("ada", "that is the key of another team"));

        assertThat(bench.state(2)).isEqualTo(VersionState.REVOKED);
        assertThat(bench.record().phase()).isEqualTo(Phase.IDLE);
        assertThat(rotator.provide(second, PROVIDE))
                .isInstanceOfSatisfying(
                        Answer.Refused.class,
                        refused -> assertThat(refused.why()).contains("is that of version 2, which is REVOKED"));
        assertThat(rotator.provide(third, PROVIDE)).isInstanceOf(Answer.Accepted.class);
    }

    @Test
    void providedKey_thatDiesBeforeItIsUsed_isGivenUpAndAnotherIsTaken() {
        Rotator rotator = bench.prepared();
        rotator.provide(second, PROVIDE);
        bench.valid.remove(second);

        bench.pass(rotator, HOUR, Duration.ofMinutes(1));

        assertThat(bench.state(1)).isEqualTo(VersionState.PRIMARY);
        assertThat(bench.state(2)).isEqualTo(VersionState.REVOKED);
        assertThat(rotator.provide(third, PROVIDE)).isInstanceOf(Answer.Accepted.class);
    }

    @Test
    void issuer_askedForWhatOnlyAnOperatorCanDo_saysSo() {
        Issuance issuance = new Issuance(NAME, 2, Optional.empty(), "r2", 2, 1);
        assertThat(catchThrowable(() -> bench.issuer.mint(issuance, List.of())))
                .isInstanceOf(IssuerException.class)
                .hasMessageContaining(
                        "an operator must make the value at Partner and provide it, with Slipring.provide");
        assertThat(catchThrowable(() -> bench.issuer.revoke(issuance)))
                .isInstanceOf(IssuerException.class)
                .hasMessageContaining("an operator must expire the value at Partner");
    }

    // ---- emergencies

    @Test
    void emergency_waitsForAValueWithTheOldOneInUse_thenGoesOn() {
        Rotator rotator = bench.prepared();
        assertThat(rotator.command(Command.Compromise.of(SecretKind.OUTBOUND, "ada", "leaked")))
                .isInstanceOf(Answer.Accepted.class);
        bench.pass(rotator, HOUR, Duration.ofMinutes(1));
        assertThat(bench.state(1)).isEqualTo(VersionState.PRIMARY);
        assertThat(bench.alerts)
                .filteredOn(alert -> alert.contains(
                        "version 1 is compromised and stays in use until an operator provides the next value"))
                .as("every quarter of an hour")
                .hasSizeBetween(4, 5);
        assertThat(bench.alerts).anyMatch(alert -> alert.startsWith("emergency since"));

        assertThat(rotator.provide(second, PROVIDE)).isInstanceOf(Answer.Accepted.class);
        bench.pass(rotator, Duration.ofMinutes(10), Duration.ofMinutes(1));
        assertThat(bench.state(2)).isEqualTo(VersionState.PRIMARY);
        assertThat(bench.state(1)).isEqualTo(VersionState.REVOKING);
        assertThat(bench.alerts).anyMatch(alert -> alert.contains("has to expire it where it was made"));
        assertThat(bench.record().orders().emergency()).isPresent();
        bench.valid.remove(first);
        bench.pass(rotator, Duration.ofMinutes(10), Duration.ofMinutes(1));
        assertThat(bench.state(1)).isEqualTo(VersionState.REVOKED);
        assertThat(bench.record().orders().emergency()).isEmpty();
    }

    // ---- several replicas

    @Test
    void value_storedByWhoeverCameFirst_goesIntoUseAndTheOtherIsRefused() {
        Rotator rotator = bench.prepared();
        bench.store.putValueIfAbsent(NAME, 2, second); // and then that replica was killed

        assertThat(rotator.provide(third, PROVIDE))
                .isInstanceOfSatisfying(
                        Answer.Refused.class,
                        refused -> assertThat(refused.why())
                                .startsWith(
                                        "another value was provided for version 2 before and goes into use by itself"));
        rotator.run();
        assertThat(bench.state(2)).isEqualTo(VersionState.PUBLISHED);
        rotator.command(new Command.Abort("ada", "the other one"));
        assertThat(rotator.provide(third, PROVIDE)).isInstanceOf(Answer.Accepted.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"before compareAndSet", "after putValueIfAbsent"})
    void value_foundByAnotherReplicaFirst_isAcceptedAllTheSame(String moment) {
        bench.prepared();
        Rotator other = bench.rotator(bench.store, bench.issuer, "other");
        boolean[] once = {false};
        Rotator slow = bench.rotator(
                Hooked.store(bench.store, call -> {
                    if (call.equals(moment) && !once[0]) {
                        once[0] = true;
                        other.run();
                    }
                }),
                bench.issuer,
                "slow");

        assertThat(slow.provide(second, PROVIDE)).isInstanceOf(Answer.Accepted.class);
        assertThat(once[0]).isTrue();
        assertThat(bench.record().version(3)).isEmpty();
        assertThat(bench.state(2)).isEqualTo(VersionState.PUBLISHED);
    }

    @Test
    void replyLost_whenTheValueIsStored_isFoundDoneByProvidingAgain() {
        bench.prepared();
        FaultInjectingStore faulty = FaultInjectingStore.around(bench.store, bench.clock);
        Rotator rotator = bench.rotator(faulty, bench.issuer, "one");
        faulty.loseReplies(1);

        assertThat(catchThrowable(() -> rotator.provide(second, PROVIDE))).hasMessageContaining("lost");
        assertThat(bench.record().epoch()).isEqualTo(1);
        assertThat(rotator.provide(second, PROVIDE)).isInstanceOf(Answer.Accepted.class);
        assertThat(bench.state(2)).isEqualTo(VersionState.PUBLISHED);
    }

    private static SecretValue value(String text) {
        return SecretValue.copyOf(text.getBytes(US_ASCII));
    }

    // ---- crashes

    /** Who comes back after a crash: an operator who provides again, or nobody before the next rotation is due. */
    @ParameterizedTest
    @CsvSource({"true", "false"})
    void replica_killedAnywhere_leavesTheValueInUseOrToBeProvidedAgain(boolean again) {
        int moments = 0;
        int inUse = 0;
        Fuse fuse;
        do {
            fuse = Fuse.crash(moments);
            Bench crashed = new Bench();
            crashed.prepared();
            inUse += story(crashed, fuse, again) ? 1 : 0;
            moments++;
        } while (fuse.isBlown());
        assertThat(moments).as("moments").isGreaterThan(30);
        assertThat(inUse).as("stories that ended with the value in use").isGreaterThan(moments / 2);
    }

    /** Whether the second value came to use; its first provision may have been cut short. */
    private boolean story(Bench b, Fuse fuse, boolean again) {
        Rotator rotator = hooked(b, fuse);
        boolean answered = false;
        boolean tried = false;
        for (int i = 0; i < 3000; i++) {
            try {
                if (!tried || again && !answered) {
                    tried = true;
                    Answer answer = rotator.provide(second, PROVIDE);
                    answered = true;
                    assertAccepted(b, answer);
                }
                rotator.run();
                b.assertUsable();
                boolean present = b.record().version(2).isPresent();
                if (present && b.state(2) == VersionState.PRIMARY) {
                    b.valid.remove(first);
                }
                if (present && b.state(1) == VersionState.DESTROYED) {
                    assertThat(b.record().version(3)).isEmpty();
                    return true;
                }
                if (!present && b.alerts.stream().anyMatch(alert -> alert.contains("has to provide the next value"))) {
                    assertThat(answered).isFalse();
                    assertThat(b.store.value(NAME, 2)).as("nothing half done").isEmpty();
                    return false;
                }
                b.clock.advance(HOUR);
            } catch (Fuse.Crash e) {
                b.assertUsable();
                rotator = hooked(b, fuse);
            }
        }
        throw new AssertionError("came to no end: " + b.record());
    }

    /** Accepted; or refused because it is on its way already. */
    private static void assertAccepted(Bench b, Answer answer) {
        if (answer instanceof Answer.Refused refused) {
            assertThat(refused.why()).contains("is that of version 2, which is P");
            assertThat(b.state(2)).isIn(VersionState.PUBLISHED, VersionState.PRIMARY);
        }
    }

    private static Rotator hooked(Bench b, Fuse fuse) {
        return b.rotator(Hooked.store(b.store, fuse), Hooked.issuer(b.issuer, fuse), "one");
    }
}
