package dev.slipring.observe;

import dev.slipring.keyring.Keyring;
import dev.slipring.keyring.RotatingSecret;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretVersion;
import dev.slipring.keyring.Stamp;
import dev.slipring.keyring.Timing;
import dev.slipring.keyring.TimingParameter;
import dev.slipring.keyring.VersionState;
import dev.slipring.keyring.ViewState;
import dev.slipring.rotation.Deadlines;
import dev.slipring.rotation.Retirement;
import dev.slipring.rotation.RotationListener;
import dev.slipring.rotation.RotationPolicy;
import dev.slipring.rotation.Step;
import dev.slipring.store.Phase;
import dev.slipring.store.SecretRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Examines secrets by what their views hold, and remembers what rotators alert to: however seldom an alert is told
 * again, it counts until a pass ends without it. Reads nothing; safe for use by several threads.
 */
public final class HealthWatch implements RotationListener {
    private final Set<SecretName> alerts = ConcurrentHashMap.newKeySet();
    private final Map<SecretName, Map<Finding.Kind, List<Finding>>> notes = new ConcurrentHashMap<>();

    /** Knows of no alert yet. */
    public HealthWatch() {}

    @Override
    public void onTransition(Step.Write step, Optional<SecretRecord> before, SecretRecord after) {}

    /** Also what keeps a pass from ending, such as a store that is out. */
    @Override
    public void onAlert(SecretName secret, String why) {
        alerts.add(secret);
    }

    @Override
    public void onStanding(SecretName secret, List<String> standing) {
        if (standing.isEmpty()) {
            alerts.remove(secret);
        } else {
            alerts.add(secret);
        }
    }

    /** What somebody else has found in {@code secret}, in place of what he found of this {@code kind} before. */
    public void note(SecretName secret, Finding.Kind kind, List<String> details) {
        List<Finding> findings =
                details.stream().map(detail -> new Finding(kind, detail)).toList();
        notes.computeIfAbsent(secret, name -> new ConcurrentHashMap<>()).put(kind, findings);
    }

    /**
     * The health of a secret that is in use.
     *
     * @param policy by which this replica rotates it; null if it only reads it, so that its maximum age is not known
     */
    public SecretHealth examine(RotatingSecret secret, @Nullable RotationPolicy policy) {
        ViewState state = secret.state();
        Keyring keyring = state.keyring();
        Instant now = keyring.asOf().plus(state.staleness());
        SecretVersion primary = keyring.primary().version();
        Optional<Duration> age = primary.at(Stamp.PRIMARY).map(since -> between(since, now));
        Duration lease = keyring.edition().timing().get(TimingParameter.STALENESS);
        SecretHealth.Seen seen = new SecretHealth.Seen(
                primary.number(), age, phase(keyring, now), state.staleness(), lease, state.lastFailure());
        List<Finding> findings = new ArrayList<>();
        addStaleness(findings, state, lease);
        if (policy != null && age.isPresent()) {
            addAge(findings, age.get(), policy.maxAge());
        }
        for (SecretVersion version : keyring.versions()) {
            addLate(findings, version, keyring.edition().timing(), now, policy);
        }
        addAlert(findings, secret.name());
        new TreeMap<>(notes.getOrDefault(secret.name(), Map.of())).values().forEach(findings::addAll);
        return new SecretHealth(secret.name(), findings, state.produces(), Optional.of(seen));
    }

    /** As the record's phase, but for one that aborts before its version is stored. */
    private static Phase phase(Keyring keyring, Instant now) {
        Duration overlap = keyring.edition().timing().get(TimingParameter.OVERLAP);
        Phase phase = Phase.IDLE;
        for (SecretVersion version : keyring.versions()) {
            boolean newest = version.number() > keyring.primary().number();
            if (version.state() == VersionState.STAGED) {
                phase = Phase.MINTING;
            } else if (version.state() == VersionState.PUBLISHED) {
                phase = Phase.PUBLISHED;
            } else if (version.state() == VersionState.REVOKING && newest) {
                phase = Phase.ABORTING;
            } else if (version.state() == VersionState.RETIRING && phase == Phase.IDLE) {
                boolean lasts = version.at(Stamp.RETIRING)
                        .map(since -> now.isBefore(since.plus(overlap)))
                        .orElse(true);
                phase = lasts ? Phase.OVERLAP : Phase.IDLE;
            }
        }
        return phase;
    }

    private static void addStaleness(List<Finding> findings, ViewState state, Duration lease) {
        String view = "the view was last confirmed " + state.staleness() + " ago, ";
        if (state.stale()) {
            findings.add(new Finding(Finding.Kind.STALE, view + "its lease is " + lease));
        } else if (state.staleness().compareTo(lease.dividedBy(2)) > 0
                && state.lastFailure().isPresent()) {
            findings.add(new Finding(Finding.Kind.AGING_VIEW, view + "half of its lease of " + lease + " is over"));
        }
    }

    private static void addAge(List<Finding> findings, Duration age, Duration maxAge) {
        Deadlines deadlines = Deadlines.of(maxAge);
        String passed = null;
        if (age.compareTo(deadlines.hard()) >= 0) {
            passed = "the maximum age of " + deadlines.hard();
        } else if (age.compareTo(deadlines.page()) >= 0) {
            passed = "the age to page at, " + deadlines.page();
        } else if (age.compareTo(deadlines.warn()) >= 0) {
            passed = "the age to warn at, " + deadlines.warn();
        }
        if (passed != null) {
            findings.add(new Finding(Finding.Kind.AGE, "the primary version is " + age + " old, past " + passed));
        }
    }

    /** Where a census ends the overlap, or nobody says what does, a version may retire for as long as it takes. */
    private static void addLate(
            List<Finding> findings,
            SecretVersion version,
            Timing timing,
            Instant now,
            @Nullable RotationPolicy policy) {
        if (version.state() == VersionState.PUBLISHED) {
            addLate(findings, version, Stamp.PUBLISHED, timing.get(TimingParameter.PUBLISH), now);
        } else if (version.state() == VersionState.RETIRING
                && version.held().isEmpty()
                && policy != null
                && policy.retirement() == Retirement.ON_TIME) {
            addLate(findings, version, Stamp.RETIRING, timing.get(TimingParameter.OVERLAP), now);
        }
    }

    private static void addLate(
            List<Finding> findings, SecretVersion version, Stamp stamp, Duration plan, Instant now) {
        Optional<Duration> lasting = version.at(stamp)
                .map(since -> between(since, now))
                .filter(time -> time.compareTo(plan.multipliedBy(3).dividedBy(2)) > 0);
        lasting.ifPresent(time -> findings.add(new Finding(
                Finding.Kind.PHASE,
                "version " + version.number() + " has been " + version.state() + " for " + time + ", planned is "
                        + plan)));
    }

    private void addAlert(List<Finding> findings, SecretName secret) {
        if (alerts.contains(secret)) {
            findings.add(new Finding(Finding.Kind.ALERT, "the rotator waits for something; the log says for what"));
        }
    }

    private static Duration between(Instant since, Instant now) {
        Duration time = Duration.between(since, now);
        return time.isNegative() ? Duration.ZERO : time;
    }
}
