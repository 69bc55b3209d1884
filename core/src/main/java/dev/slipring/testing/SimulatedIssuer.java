package dev.slipring.testing;

import dev.slipring.keyring.SecretValue;
import dev.slipring.rotation.Install;
import dev.slipring.rotation.Issuance;
import dev.slipring.rotation.IssuerTraits;
import dev.slipring.rotation.ProbeVerdict;
import dev.slipring.rotation.SecretIssuer;
import dev.slipring.rotation.UseReport;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/**
 * An issuer in the heap, of any traits. It knows which values are valid: one for each slot, one alone where
 * installing is the switch, otherwise any number. What is revoked never comes back. Replicas share it. Safe for use
 * by several threads.
 */
public final class SimulatedIssuer implements SecretIssuer {
    private static final int LENGTH = 32;

    private final IssuerTraits traits;
    private final InstantSource clock;
    private final RandomGenerator random;
    /** What is valid, by place: the slot, {@code only} where installing is the switch, or the version. */
    private final Map<String, Valid> valid = new TreeMap<>();

    private final List<Fading> fading = new ArrayList<>();
    private final Set<Integer> revoked = new HashSet<>();
    private Duration activation = Duration.ZERO;
    private Duration revocation = Duration.ZERO;

    private record Valid(int version, SecretValue value, Instant from) {}

    private record Fading(SecretValue value, Instant until) {}

    private SimulatedIssuer(IssuerTraits traits, InstantSource clock, RandomGenerator random) {
        this.traits = traits;
        this.clock = clock;
        this.random = random;
    }

    /** An issuer that goes by {@code clock} and draws values from {@code random}: good enough for tests only. */
    public static SimulatedIssuer of(IssuerTraits traits, InstantSource clock, RandomGenerator random) {
        return new SimulatedIssuer(traits, clock, random);
    }

    static SimulatedIssuer of(Workload.Seat seat) {
        if (seat.issuer() instanceof SimulatedIssuer issuer) {
            return issuer;
        }
        throw new IllegalStateException("this workload needs a simulated issuer: give the simulator its traits");
    }

    /** From now on, a value works so long after it was installed, and goes on so long after it was revoked. */
    public synchronized SimulatedIssuer delays(Duration untilActive, Duration untilRevoked) {
        activation = untilActive;
        revocation = untilRevoked;
        return this;
    }

    /** Whether {@code value} works now; where nobody stands behind the values, every one does. */
    public synchronized boolean accepts(SecretValue value) {
        Instant now = clock.instant();
        fading.removeIf(old -> !now.isBefore(old.until));
        return traits.install() == Install.NEVER
                || valid.values().stream().anyMatch(v -> v.value.equals(value) && !now.isBefore(v.from))
                || fading.stream().anyMatch(old -> old.value.equals(value));
    }

    /**
     * The value of the newest version that is installed: what a sender signs with that knows one value.
     *
     * @throws NoSuchElementException if nothing is installed
     */
    public synchronized SecretValue newest() {
        return valid.values().stream()
                .reduce((a, b) -> a.version > b.version ? a : b)
                .map(v -> v.value)
                .orElseThrow();
    }

    @Override
    public IssuerTraits traits() {
        return traits;
    }

    @Override
    public synchronized SecretValue mint(Issuance issuance, Collection<SecretValue> existing) {
        byte[] bytes = new byte[LENGTH];
        random.nextBytes(bytes);
        return SecretValue.copyOf(bytes);
    }

    /** A version that was revoked is refused silently: such a call is late, and nobody waits for its answer. */
    @Override
    public synchronized void install(Issuance issuance, SecretValue value) {
        Valid present = valid.get(place(issuance));
        boolean same = present != null && present.version == issuance.version() && present.value.equals(value);
        if (!same && !revoked.contains(issuance.version())) {
            Instant from = clock.instant().plus(activation);
            valid.put(place(issuance), new Valid(issuance.version(), value.copy(), from));
        }
    }

    @Override
    public synchronized ProbeVerdict probe(Issuance issuance, SecretValue value) {
        return accepts(value) ? ProbeVerdict.ALIVE : ProbeVerdict.DEAD;
    }

    @Override
    public synchronized void revoke(Issuance issuance) {
        revoked.add(issuance.version());
        Valid present = valid.get(place(issuance));
        if (present != null && present.version == issuance.version()) {
            valid.remove(place(issuance));
            fading.add(new Fading(present.value, clock.instant().plus(revocation)));
        }
    }

    /** Idle: who uses what is not known here. */
    @Override
    public UseReport use(Issuance issuance) {
        return UseReport.IDLE;
    }

    private String place(Issuance issuance) {
        return traits.install() == Install.AFTER_PUBLISH_DELAY
                ? "only"
                : issuance.slot().orElse("version " + issuance.version());
    }
}
