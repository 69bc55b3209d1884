package dev.slipring.testing;

import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.TimingParameter;
import dev.slipring.rotation.RotationPolicy;
import dev.slipring.rotation.Rotator;
import dev.slipring.rotation.SecretIssuer;
import dev.slipring.store.InMemorySecretStore;
import dev.slipring.store.SecretRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/** One run of a simulation: what its parts share. Used by one thread. */
final class Fleet {
    static final SecretName NAME = SecretName.of("simulated");

    private final FleetPlan plan;
    private final Agenda agenda = new Agenda();
    private final InMemorySecretStore store = InMemorySecretStore.create(agenda.clock());
    private final SplittableRandom random;
    private final SecretIssuer issuer;
    private final Tally tally = new Tally();
    private final List<SimulatedReplica> replicas = new ArrayList<>();
    private final Inspector inspector;
    private final Adversary adversary;
    private final Operator operator;
    private Optional<SecretRecord> seen = Optional.empty();

    Fleet(FleetPlan plan) {
        this.plan = plan;
        this.random = new SplittableRandom(plan.seed());
        SecretIssuer given = plan.issuer();
        this.issuer = given != null
                ? given
                : SimulatedIssuer.of(plan.traits(), agenda.clock(), random.split())
                        .delays(
                                plan.reality().issuer().activation(),
                                plan.reality().issuer().revocation());
        this.inspector = new Inspector(this, plan.workloads());
        this.adversary = new Adversary(this);
        this.operator = new Operator(this);
    }

    FleetReport run() {
        create();
        FaultInjectingStore shared = FaultInjectingStore.around(store, agenda.clock());
        shared.read(NAME);
        for (int id = 0; id < plan.size().replicas(); id++) {
            SimulatedReplica replica = new SimulatedReplica(id, skewOf(id), this, shared);
            replicas.add(replica);
            replica.start();
            mayLoseTheStore(replica);
        }
        long started = agenda.nanos();
        inspector.start();
        operator.start();
        while (!operator.done() && tally.sound()) {
            agenda.go(refreshInterval());
            if (agenda.nanos() - started > longest().toNanos()) {
                throw new IllegalStateException("the simulation comes to no end: " + tally.report(simulated(started))
                        + ", the record is " + record());
            }
        }
        replicas.forEach(SimulatedReplica::stop);
        return tally.report(simulated(started));
    }

    FleetPlan plan() {
        return plan;
    }

    Agenda agenda() {
        return agenda;
    }

    SplittableRandom random() {
        return random;
    }

    SecretIssuer issuer() {
        return issuer;
    }

    Tally tally() {
        return tally;
    }

    Inspector inspector() {
        return inspector;
    }

    Adversary adversary() {
        return adversary;
    }

    List<SimulatedReplica> replicas() {
        return replicas;
    }

    List<SimulatedReplica> live() {
        return replicas.stream().filter(SimulatedReplica::live).toList();
    }

    /** Whether a live replica would use {@code version} now. */
    boolean uses(int version) {
        return live().stream().anyMatch(replica -> replica.view().primary().number() == version);
    }

    /** The record as it really is. */
    SecretRecord record() {
        return store.read(NAME).record().orElseThrow();
    }

    /** How long one rotation takes if nothing holds it up. */
    Duration rotationTime() {
        return time(TimingParameter.PUBLISH).plus(time(TimingParameter.OVERLAP));
    }

    Duration refreshInterval() {
        return time(TimingParameter.REFRESH);
    }

    Duration time(TimingParameter parameter) {
        return plan.policy().timing().get(parameter);
    }

    boolean chance(double probability) {
        return random.nextDouble() < probability;
    }

    /** Anything from zero to {@code longest}, both included. */
    Duration upTo(Duration longest) {
        return Duration.ofNanos(random.nextLong(longest.toNanos() + 1));
    }

    /** Finds out whether somebody has written. */
    void look() {
        SecretRecord now = record();
        Optional<SecretRecord> before = seen;
        if (before.isPresent() && before.get().epoch() != now.epoch()) {
            seen = Optional.of(now);
            tally.transition(before.get(), now);
            inspector.changed(before.get(), now);
            adversary.changed(now);
        }
    }

    /** The first version is made before there is a fleet. */
    private void create() {
        RotationPolicy policy = plan.policy();
        Rotator first = Rotator.builder(NAME, store, issuer, policy)
                .ticker(agenda.clock())
                .random(random.split())
                .build();
        first.run();
        while (store.read(NAME).record().isEmpty()) {
            agenda.go(refreshInterval());
            first.run();
        }
        seen = Optional.of(record());
    }

    /** The first two clocks are as far apart as any may be; the others lie between. */
    private Duration skewOf(int id) {
        Duration half = plan.reality().skew().dividedBy(2);
        return switch (id) {
            case 0 -> half.negated();
            case 1 -> half;
            default -> chance(0.5) ? upTo(half) : upTo(half).negated();
        };
    }

    private void mayLoseTheStore(SimulatedReplica replica) {
        agenda.after(upTo(rotationTime()), () -> {
            if (chance(plan.faults().outage())) {
                replica.outage(true);
                Duration bound = plan.reality().view().staleness();
                agenda.after(upTo(bound.plus(bound.dividedBy(2))), () -> replica.outage(false));
            }
            mayLoseTheStore(replica);
        });
    }

    private Duration longest() {
        return rotationTime()
                .plus(time(TimingParameter.SOAK))
                .plus(plan.policy().cachedKeyLife())
                .multipliedBy(20L * (plan.size().rotations() + 5L));
    }

    private Duration simulated(long started) {
        return Duration.ofNanos(agenda.nanos() - started);
    }
}
