package dev.slipring.testing;

import dev.slipring.rotation.Census;
import dev.slipring.rotation.IssuerTraits;
import dev.slipring.rotation.RotationPolicy;
import dev.slipring.rotation.SecretIssuer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is to be simulated.
 *
 * @param policy that all replicas have
 * @param seed of all that is drawn
 * @param size how many replicas, rotations and items
 * @param traits of the simulated issuer
 * @param issuer used instead of a simulated one, if not null
 * @param census used if not null
 * @param workloads at least one
 * @param reality how slow it is
 * @param faults what goes wrong
 * @param reporting whether replicas report
 */
record FleetPlan(
        RotationPolicy policy,
        long seed,
        Size size,
        IssuerTraits traits,
        @Nullable SecretIssuer issuer,
        @Nullable Census census,
        List<Workload<?>> workloads,
        Reality reality,
        Faults faults,
        boolean reporting) {

    /** How much is simulated: {@code items} is the least number of things made. */
    record Size(int replicas, int rotations, long items) {}
}
