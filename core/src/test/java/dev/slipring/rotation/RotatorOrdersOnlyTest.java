package dev.slipring.rotation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.slipring.keyring.Mark;
import dev.slipring.keyring.SecretValue;
import dev.slipring.keyring.SecretVersion;
import dev.slipring.keyring.VersionState;
import dev.slipring.store.Emergency;
import dev.slipring.store.InMemorySecretStore;
import dev.slipring.store.Phase;
import dev.slipring.store.SecretRecord;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** What a process can order that shares a store and has neither the issuer nor the policy of a secret. */
class RotatorOrdersOnlyTest {
    private static final Duration DAY = Duration.ofDays(1);
    private static final Command.Hold HOLD = new Command.Hold(1, "ada", "evidence for a court");

    private final Bench api = new Bench(Kinds.LOGIN, Kinds.API);
    private final Bench kek = new Bench(Kinds.KEK, Kinds.RANDOM);

    /** An operator's process: its issuer cannot do anything at all. */
    private static Rotator outside(Bench bench, RotationPolicy policy) {
        return Rotator.builder(Bench.NAME, bench.store, new Absent(bench.issuer.traits()), policy)
                .ticker(bench.clock)
                .audit(bench.audited::add)
                .ordersOnly()
                .build();
    }

    private static Rotator outside(Bench bench) {
        return outside(bench, bench.policy);
    }

    /** In the overlap of a rotation, whose old version is due to be revoked a day later. */
    private static Rotator overlapping(Bench bench) {
        Rotator rotator = bench.rotator();
        rotator.run();
        bench.clock.advance(DAY);
        rotator.command(Bench.ROTATE);
        bench.settle(rotator, () -> bench.state(1) == VersionState.RETIRING);
        return rotator;
    }

    @Test
    void hold_fromOutside_isWrittenAndNothingElseThatIsDue() {
        Rotator inside = overlapping(api);
        api.clock.advance(DAY.multipliedBy(10)); // the old version is long due
        long epoch = api.record().epoch();

        Answer answer = outside(api).command(HOLD);

        assertThat(answer).isEqualTo(new Answer.Accepted(api.record()));
        assertThat(api.record().epoch()).isEqualTo(epoch + 1);
        assertThat(api.record().version(1).flatMap(SecretVersion::held).map(Mark::by))
                .contains("ada");
        assertThat(api.audited.get(api.audited.size() - 1).request().actor()).isEqualTo("ada");
        inside.run();
        assertThat(api.state(1)).isEqualTo(VersionState.RETIRING);

        assertThat(outside(api).command(new Command.Release(1, "ada", "court is over")))
                .isInstanceOf(Answer.Accepted.class);
        api.settle(inside, () -> api.state(1) == VersionState.DESTROYED);
    }

    @Test
    void rotate_fromOutside_isBegunThereAndCarriedOutByAReplica() {
        Rotator inside = api.rotator();
        inside.run();
        int calls = api.issuer.calls().size();

        assertThat(outside(api).command(Bench.ROTATE)).isInstanceOf(Answer.Accepted.class);

        assertThat(api.record().phase()).isEqualTo(Phase.MINTING);
        assertThat(api.issuer.calls()).hasSize(calls);
        api.settle(inside, () -> api.state(1) == VersionState.DESTROYED);
        assertThat(api.issuer.calls()).contains("mint 2", "install 2", "revoke 1");
        assertThat(api.state(2)).isEqualTo(VersionState.PRIMARY);
    }

    @Test
    void compromise_fromOutside_isDeclaredAndEndedByAReplica() {
        Rotator inside = api.rotator();
        inside.run();

        Answer answer =
                outside(api).command(Command.Compromise.of(SecretKind.OUTBOUND, "ada", "found in a repository"));

        assertThat(answer).isInstanceOf(Answer.Accepted.class);
        assertThat(api.record().orders().emergency().map(Emergency::versions)).contains(Set.of(1));
        assertThat(api.states()).containsExactly("1 PRIMARY");
        api.settle(inside, () -> api.record().orders().emergency().isEmpty());
        assertThat(api.states().get(1)).isEqualTo("2 PRIMARY");
        assertThat(api.state(1)).isGreaterThanOrEqualTo(VersionState.REVOKED);
    }

    @Test
    void command_thatTakesAnIssuer_isRefused() {
        overlapping(api);
        SecretRecord before = api.record();

        assertThat(outside(api).command(Bench.ROLLBACK)).isEqualTo(refusedForIssuer());
        assertThat(api.record()).isEqualTo(before);

        Rotator rotator = overlapping(kek);
        kek.clock.advance(DAY);
        rotator.run();
        assertThat(outside(kek, Kinds.COOKIE).command(HOLD))
                .isEqualTo(new Answer.Refused("the timing in its record does not go with this policy"));
        assertThat(kek.record().version(1).flatMap(SecretVersion::held)).isEmpty();
    }

    @Test
    void command_withAnAuditThatFails_isNotWritten() {
        api.rotator().run();
        SecretRecord before = api.record();
        Rotator outside = Rotator.builder(Bench.NAME, api.store, new Absent(Kinds.API), api.policy)
                .ticker(api.clock)
                .audit(event -> {
                    throw new IllegalStateException("disk full");
                })
                .ordersOnly()
                .build();

        assertThatExceptionOfType(AuditFailedException.class).isThrownBy(() -> outside.command(HOLD));
        assertThat(api.record()).isEqualTo(before);
    }

    @Test
    void prepare_forOrdersOnly_createsAndThenLeavesEverythingToOthers() {
        Rotator creator = Rotator.builder(Bench.NAME, kek.store, RandomIssuer.bytes(32), kek.policy)
                .ticker(kek.clock)
                .ordersOnly()
                .build();
        creator.prepare();
        assertThat(kek.states()).containsExactly("1 PRIMARY");

        SecretRecord created = kek.record();
        kek.clock.advance(Duration.ofDays(1000)); // a rotation is overdue
        creator.prepare();
        outside(kek, Kinds.COOKIE).run(); // and longer durations would be in force
        assertThat(kek.record()).isEqualTo(created);
    }

    @Test
    void provide_fromOutside_storesTheValueAndBegins() {
        Function<String, SecretValue> value = text -> SecretValue.copyOf(text.getBytes(StandardCharsets.US_ASCII));
        InMemorySecretStore store = InMemorySecretStore.create(api.clock);
        SecretIssuer provided = new Absent(IssuerTraits.operator(true));
        Rotator.Builder outside = Rotator.builder(Bench.NAME, store, provided, Kinds.LOGIN)
                .ticker(api.clock)
                .adopting(value.apply("key-of-the-first-quarter"))
                .ordersOnly();
        Rotator.builder(Bench.NAME, store, new Absent(IssuerTraits.operator(false)), Kinds.LOGIN)
                .ticker(api.clock)
                .adopting(value.apply("key-of-the-first-quarter"))
                .build()
                .prepare();

        SecretValue next = value.apply("key-of-the-second-quarter");
        assertThat(outside.build().provide(next, new Command.Provide("ada", "it is key-of-the-second-quarter")))
                .isEqualTo(new Answer.Refused("the reason shows a part of the value"));
        Answer answer = outside.build().provide(next, new Command.Provide("ada", "quarterly"));

        assertThat(answer).isInstanceOf(Answer.Accepted.class);
        assertThat(store.read(Bench.NAME).record().orElseThrow().phase()).isEqualTo(Phase.MINTING);
        assertThat(store.value(Bench.NAME, 2)).contains(next);
    }

    private static Answer refusedForIssuer() {
        return new Answer.Refused("it takes the issuer of the secret, which this process does not have");
    }

    /** Stands in for an issuer that is not here. */
    private record Absent(IssuerTraits traits) implements SecretIssuer {
        @Override
        public SecretValue mint(Issuance issuance, Collection<SecretValue> existing) {
            throw new AssertionError("minted");
        }

        @Override
        public void install(Issuance issuance, SecretValue value) {
            throw new AssertionError("installed");
        }

        @Override
        public ProbeVerdict probe(Issuance issuance, SecretValue value) {
            throw new AssertionError("probed");
        }

        @Override
        public void revoke(Issuance issuance) {
            throw new AssertionError("revoked");
        }

        @Override
        public UseReport use(Issuance issuance) {
            throw new AssertionError("asked for use");
        }
    }
}
