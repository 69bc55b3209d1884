package dev.slipring.testing;

import dev.slipring.keyring.TimingParameter;
import dev.slipring.rotation.Census;
import dev.slipring.rotation.IssuerTraits;
import dev.slipring.rotation.RotationPolicy;
import dev.slipring.rotation.SecretIssuer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Lets a fleet of replicas rotate one secret, with real views and real rotators on a store in the heap, while
 * everything is as slow and as wrong as the policy allows, and looks for anything that a live replica made and
 * another one rejects.
 *
 * <p>Deterministic: time is simulated, nothing happens in another thread, and all chance comes of the seed. Time
 * jumps from event to event, so a rotation takes as long as its events take to compute. Reads lag, refreshes are
 * jittered, clocks are skewed, writes are slow. Replicas lose the store, are killed and start again; issuers time out.
 * At each transition some replicas are left behind as far as a replica can be that still counts as live: they read the
 * old record at the last moment at which it is shown, and work on until their view is as old as it may be. Every
 * replica works all the time; what it makes is checked by the replica that knows most, by the one that knows
 * least, and by others, at once and as long as it is due.
 */
public final class FleetSimulator {
    private final FleetPlan plan;

    private FleetSimulator(FleetPlan plan) {
        this.plan = plan;
    }

    /** Prepares a simulation of a secret under {@code policy}: ten replicas, ten rotations, seed 1. */
    public static Builder builder(RotationPolicy policy) {
        return new Builder(policy);
    }

    /**
     * Runs the simulation in the calling thread, to its end or to the first violation.
     *
     * @return what came of it
     * @throws IllegalStateException if the simulation itself failed, or came to no end: a rotation hangs
     */
    public FleetReport run() {
        return new Fleet(plan).run();
    }

    @Override
    public String toString() {
        return "FleetSimulator[seed " + plan.seed() + ", " + plan.size() + "]";
    }

    /** Collects what is to be simulated. Not thread-safe. */
    public static final class Builder {
        private final RotationPolicy policy;
        private final List<Workload<?>> workloads = new ArrayList<>();
        private long seed = 1;
        private int replicas = 10;
        private int rotations = 10;
        private long items;
        private IssuerTraits traits = IssuerTraits.NONE;
        private @Nullable SecretIssuer issuer;
        private @Nullable Census census;
        private Reality reality;
        private Faults faults = Faults.usual();
        private boolean reporting;

        private Builder(RotationPolicy policy) {
            this.policy = Objects.requireNonNull(policy, "policy");
            this.reality = Reality.worstOf(policy);
        }

        /** Where all chance comes from; 1 unless told. */
        public Builder seed(long value) {
            seed = value;
            return this;
        }

        /** How many replicas; at least two, ten unless told. */
        public Builder replicas(int value) {
            replicas = atLeast("replicas", 2, value);
            return this;
        }

        /** How many rotations have to be completed; at least one, ten unless told. */
        public Builder rotations(int value) {
            rotations = atLeast("rotations", 1, value);
            return this;
        }

        /** How many things are to be made about; unless told, a hundred by each replica in each rotation. */
        public Builder items(long value) {
            if (value < 1) {
                throw new IllegalArgumentException("items " + value + " is below 1");
            }
            items = value;
            return this;
        }

        /** The traits of a {@link SimulatedIssuer}; {@link IssuerTraits#NONE} unless told. */
        public Builder issuer(IssuerTraits value) {
            traits = Objects.requireNonNull(value, "traits");
            return this;
        }

        /** An issuer to use instead of a simulated one. */
        public Builder issuer(SecretIssuer value) {
            issuer = Objects.requireNonNull(value, "issuer");
            return this;
        }

        /** Counts what needs a version, for a policy that retires on census. */
        public Builder census(Census value) {
            census = Objects.requireNonNull(value, "census");
            return this;
        }

        /** Adds something that every replica does; tokens that live for T unless told. */
        public Builder workload(Workload<?> value) {
            workloads.add(Objects.requireNonNull(value, "workload"));
            return this;
        }

        /** How bad things are; {@link Reality#worstOf} the policy unless told. */
        public Builder reality(Reality value) {
            reality = Objects.requireNonNull(value, "reality");
            return this;
        }

        /** What goes wrong; {@link Faults#usual()} unless told. */
        public Builder faults(Faults value) {
            faults = Objects.requireNonNull(value, "faults");
            return this;
        }

        /**
         * Has the replicas report, so that they are waited for beside the time that has passed; unless told, time alone
         * has to be enough.
         */
        public Builder reporting() {
            reporting = true;
            return this;
        }

        /** The simulation. */
        public FleetSimulator build() {
            long all = items > 0 ? items : 100L * replicas * rotations;
            List<Workload<?>> chosen = workloads.isEmpty()
                    ? List.of(Workload.stamped(policy.timing().get(TimingParameter.LIFETIME)))
                    : List.copyOf(workloads);
            FleetPlan.Size size = new FleetPlan.Size(replicas, rotations, all);
            return new FleetSimulator(
                    new FleetPlan(policy, seed, size, traits, issuer, census, chosen, reality, faults, reporting));
        }

        /** Builds and runs it; see {@link FleetSimulator#run()}. */
        public FleetReport run() {
            return build().run();
        }

        private static int atLeast(String what, int least, int value) {
            if (value < least) {
                throw new IllegalArgumentException(what + " " + value + " is below " + least);
            }
            return value;
        }
    }
}
