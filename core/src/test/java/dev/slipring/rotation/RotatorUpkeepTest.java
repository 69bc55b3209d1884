package dev.slipring.rotation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretValue;
import dev.slipring.keyring.SecretVersion;
import dev.slipring.keyring.VersionState;
import dev.slipring.store.Emergency;
import dev.slipring.store.ForwardingStore;
import dev.slipring.store.InMemorySecretStore;
import dev.slipring.store.Phase;
import dev.slipring.store.SecretRecord;
import dev.slipring.store.SecretStore;
import dev.slipring.store.StoreTraits;
import dev.slipring.testing.ManualClock;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What replicas do for one another, and for those around them. */
class RotatorUpkeepTest {
    private static final Duration HOUR = Duration.ofHours(1);

    private final Bench api = new Bench(Kinds.LOGIN, Kinds.API);

    // ---- failures that hold nothing else up

    @Test
    void revocation_thatKeepsFailing_doesNotHoldUpTheNextRotation() {
        Rotator rotator = api.rotator();
        rotator.run();
        rotator.command(Bench.ROTATE);
        api.settle(rotator, () -> api.record().phase() == Phase.OVERLAP);
        api.issuer.failing("revoke", 1000);
        api.clock.advance(Duration.ofHours(25));
        runFailing(rotator);
        assertThat(api.state(1)).isEqualTo(VersionState.REVOKING);

        assertThat(commandFailing(rotator, Bench.ROTATE)).contains("failed to revoke");
        assertThat(api.record().phase()).isEqualTo(Phase.PUBLISHED);
        api.clock.advance(HOUR);
        runFailing(rotator);

        assertThat(api.state(3)).isEqualTo(VersionState.PRIMARY);
        assertThat(api.issuer.count("revoke 1")).as("once a pass").isEqualTo(3);
    }

    @Test
    void mint_thatFails_isTriedOnceAPassUnderAnotherAttempt() {
        Rotator rotator = api.rotator();
        rotator.run();
        api.issuer.failing("mint", 2);

        commandFailing(rotator, Bench.ROTATE);
        assertThat(api.issuer.count("mint 2")).isEqualTo(1);
        assertThat(api.record().lastError()).contains("mint");
        runFailing(rotator);
        rotator.run();

        assertThat(api.record().version(2).orElseThrow().origin().attempt()).isEqualTo(3);
        assertThat(api.record().phase()).isEqualTo(Phase.PUBLISHED);
    }

    private static void runFailing(Rotator rotator) {
        assertThatThrownBy(rotator::run).isInstanceOf(IssuerException.class);
    }

    private static String commandFailing(Rotator rotator, Command command) {
        try {
            rotator.command(command);
            throw new AssertionError("the issuer did not fail");
        } catch (IssuerException e) {
            return e.getMessage();
        }
    }

    // ---- several replicas

    @Test
    void replica_thatActedLast_isLeftTheNextStepForAWhile() {
        boolean[] dead = {false};
        Rotator first = api.builder(call -> {
                    if (call.equals("before mint") && api.exists()) {
                        dead[0] = true;
                        throw new IllegalStateException("killed");
                    }
                })
                .replica("first")
                .build();
        Rotator other = api.builder(call -> {}).replica("other").build();
        first.run();
        assertThatThrownBy(() -> first.command(Bench.ROTATE)).hasMessage("killed");
        assertThat(dead[0]).isTrue();

        assertThat(other.run().why()).isEqualTo("replica first is at work");
        api.clock.advance(Duration.ofSeconds(10).minusNanos(1));
        other.run();
        assertThat(api.record().phase()).isEqualTo(Phase.MINTING);
        api.clock.advance(Duration.ofNanos(1));
        other.run();

        assertThat(api.record().phase()).isEqualTo(Phase.PUBLISHED);
        assertThat(api.record().owner())
                .hasValueSatisfying(owner -> assertThat(owner.replica()).isEqualTo("other"));
    }

    @Test
    void emergency_isEverybodysTurn() {
        Rotator first = api.builder(call -> {}).replica("first").build();
        Rotator other = api.builder(call -> {}).replica("other").build();
        first.run();
        api.issuer.failing("mint", 1);
        assertThatThrownBy(() -> first.command(
                        new Command.Compromise(Set.of(), Emergency.Plan.REVOKE_FIRST, false, "ada", "leaked")))
                .isInstanceOf(IssuerException.class);

        other.run();

        assertThat(api.state(1)).isEqualTo(VersionState.REVOKED);
        assertThat(api.record().orders().emergency()).isEmpty();
        assertThat(api.issuer.valid())
                .extracting(RecordingIssuer.Valid::version)
                .containsExactly(2);
        assertThat(api.audited)
                .extracting(AuditEvent::action, AuditEvent::actor, AuditEvent::reason)
                .contains(tuple("Compromise", "ada", "leaked"), tuple("Intend", "schedule", "the guard allows it"));
    }

    // ---- orphans

    /** Keys of an API that are valid from the moment they are minted, each with a name that says for what. */
    private static final class Minting implements SecretIssuer {
        private final Map<String, Issuance> valid = new TreeMap<>();
        private final List<String> swept = new ArrayList<>();
        private int minted;

        @Override
        public IssuerTraits traits() {
            return new IssuerTraits(Install.NEVER, List.of(), false, false, Duration.ofMinutes(2), true);
        }

        @Override
        public SecretValue mint(Issuance issuance, Collection<SecretValue> existing) {
            String key = "key " + ++minted;
            valid.put(key, issuance);
            return SecretValue.copyOf(key.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public void install(Issuance issuance, SecretValue value) {
            throw new AssertionError("there is nothing to install");
        }

        @Override
        public ProbeVerdict probe(Issuance issuance, SecretValue value) {
            throw new AssertionError("nothing can be probed");
        }

        @Override
        public void revoke(Issuance issuance) {
            valid.values().removeIf(of -> of.version() == issuance.version());
        }

        @Override
        public void discard(Issuance issuance, SecretValue minted) {
            valid.remove(minted.reveal(bytes -> new String(bytes, StandardCharsets.UTF_8)));
        }

        @Override
        public Map<String, String> attributes(SecretValue value) {
            return Map.of("key", value.reveal(bytes -> new String(bytes, StandardCharsets.UTF_8)));
        }

        @Override
        public void sweep(SecretName secret, long sequence, Collection<SecretVersion> named) {
            valid.entrySet().removeIf(entry -> {
                boolean orphan = entry.getValue().sequence() <= sequence
                        && named.stream()
                                .noneMatch(v ->
                                        entry.getKey().equals(v.attributes().get("key")));
                if (orphan) {
                    swept.add(entry.getKey());
                }
                return orphan;
            });
        }

        @Override
        public UseReport use(Issuance issuance) {
            throw new AssertionError("no use is reported");
        }
    }

    private final ManualClock clock = ManualClock.at("2030-01-01T00:00:00Z");
    private final InMemorySecretStore store = InMemorySecretStore.create(clock);
    private final Minting minting = new Minting();

    private Rotator minter(SecretStore on) {
        return Rotator.builder(Bench.NAME, on, minting, Kinds.LOGIN)
                .ticker(clock)
                .audit(event -> {})
                .build();
    }

    @Test
    void orphan_ofACrash_isSweptOnceNoMintCanStillLand() {
        minter(store).run();
        Rotator dying = minter(Hooked.store(store, call -> {
            if (call.equals("before putValueIfAbsent")) {
                throw new IllegalStateException("killed");
            }
        }));
        assertThatThrownBy(() -> dying.command(Bench.ROTATE)).hasMessage("killed");
        assertThat(minting.valid.keySet()).containsExactly("key 1", "key 2");

        Rotator next = minter(store);
        clock.advance(Duration.ofSeconds(11));
        next.run();
        assertThat(store.read(Bench.NAME).record().orElseThrow().phase()).isEqualTo(Phase.PUBLISHED);
        assertThat(minting.swept).as("the mint may have a twin that is late").isEmpty();
        clock.advance(Duration.ofMinutes(2).plusSeconds(44));
        next.run();
        assertThat(minting.swept).as("D, e and the deadline of a statement").isEmpty();
        clock.advance(Duration.ofSeconds(1));
        next.run();

        assertThat(minting.swept).containsExactly("key 2");
        assertThat(minting.valid.keySet()).containsExactly("key 1", "key 3");
    }

    @Test
    void key_validFromItsMinting_isRevokedWithItsVersion() {
        Rotator rotator = minter(store);
        rotator.run();
        rotator.command(Bench.ROTATE);
        for (int hour = 0; hour < 28; hour++) {
            rotator.run();
            clock.advance(HOUR);
        }

        assertThat(store.read(Bench.NAME)
                        .record()
                        .orElseThrow()
                        .version(1)
                        .orElseThrow()
                        .state())
                .isEqualTo(VersionState.REVOKED);
        assertThat(minting.valid.keySet()).containsExactly("key 2");
    }

    @Test
    void mint_thatLosesTheRace_isDiscarded() {
        minter(store).run();
        Rotator winner = minter(store);
        boolean[] raced = {false};
        Rotator loser = minter(Hooked.store(store, call -> {
            if (call.equals("before putValueIfAbsent") && !raced[0]) {
                raced[0] = true;
                store.putValueIfAbsent(Bench.NAME, 2, minting.mint(named(winner), List.of()));
            }
        }));

        loser.command(Bench.ROTATE);

        assertThat(minting.valid.keySet()).containsExactly("key 1", "key 3");
        assertThat(store.value(Bench.NAME, 2)).contains(SecretValue.copyOf("key 3".getBytes(StandardCharsets.UTF_8)));
    }

    private Issuance named(Rotator rotator) {
        SecretRecord record = store.read(rotator.name()).record().orElseThrow();
        return Issuance.of(record.secret(), record.version(2).orElseThrow());
    }

    // ---- mirrors

    /** A store that shows the promoted value in a place of its own. */
    private static final class Mirrored extends ForwardingStore {
        private final List<Integer> shown = new ArrayList<>();

        Mirrored(SecretStore store) {
            super(store);
        }

        @Override
        public StoreTraits traits() {
            return new StoreTraits(false, true);
        }

        @Override
        public void reconcile(SecretName secret) {
            shown.add(read(secret).record().orElseThrow().versions().stream()
                    .filter(v -> v.state().produces())
                    .findFirst()
                    .orElseThrow()
                    .number());
        }
    }

    @Test
    void mirror_isBroughtInLineAtEveryChangeOfThePrimary() {
        Mirrored mirrored = new Mirrored(store);
        List<Integer> shown = mirrored.shown;
        Rotator rotator = Rotator.builder(Bench.NAME, mirrored, RandomIssuer.bytes(32), Kinds.COOKIE)
                .ticker(clock)
                .audit(event -> {})
                .build();
        rotator.run();
        rotator.run();
        assertThat(shown).containsExactly(1);
        rotator.command(Bench.ROTATE);
        clock.advance(HOUR);
        rotator.run();
        assertThat(shown).containsExactly(1, 2);

        rotator.command(Bench.ROLLBACK);
        clock.advance(HOUR);
        rotator.run();
        rotator.run();

        assertThat(shown).containsExactly(1, 2, 1);
    }

    // ---- policies that do not go with what there is

    @Test
    void pair_withoutTimeForASlotToComeBack_isRefused() {
        RotationPolicy hasty =
                RotationPolicy.builder(SecretKind.OUTBOUND, Duration.ofDays(9)).build();

        assertThatThrownBy(() -> Rotator.builder(Bench.NAME, store, new RecordingIssuer(Kinds.TWO_LOGINS), hasty)
                        .build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("slots: M >= P + O + W + G does not hold, since PT216H < PT216H");
        Rotator.builder(Bench.NAME, store, new RecordingIssuer(Kinds.API), hasty)
                .build();
    }

    @Test
    void evidence_insistedOnWithoutASource_isRefused() {
        RotationPolicy insisting = RotationPolicy.builder(SecretKind.OUTBOUND, Duration.ofDays(30))
                .evidence(EvidenceKind.ISSUER_USE)
                .build();
        RotationPolicy acknowledged = RotationPolicy.builder(SecretKind.SELF, Duration.ofDays(30))
                .promoteOnAcknowledgement()
                .build();

        assertThatThrownBy(() -> Rotator.builder(Bench.NAME, store, new RecordingIssuer(Kinds.API), insisting)
                        .build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("insists on ISSUER_USE, which the issuer does not report");
        assertThatThrownBy(() -> new RotationProtocol(acknowledged, Kinds.RANDOM))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("promotes on acknowledgement");
        new RotationProtocol(acknowledged, Kinds.RANDOM, new StoreTraits(true, false));
    }
}
