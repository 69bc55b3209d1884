package dev.slipring.observe;

import dev.slipring.keyring.Keyring;
import dev.slipring.keyring.Measures;
import dev.slipring.keyring.RotatingSecret;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretVersion;
import dev.slipring.keyring.Stamp;
import dev.slipring.keyring.Ticker;
import dev.slipring.keyring.Timing;
import dev.slipring.keyring.TimingParameter;
import dev.slipring.keyring.VersionState;
import dev.slipring.keyring.ViewState;
import dev.slipring.rotation.Deadlines;
import dev.slipring.rotation.PassReport;
import dev.slipring.rotation.Retirement;
import dev.slipring.rotation.RotationListener;
import dev.slipring.rotation.RotationPolicy;
import dev.slipring.rotation.Rotator;
import dev.slipring.rotation.Step;
import dev.slipring.rotation.StepReport;
import dev.slipring.store.Phase;
import dev.slipring.store.SecretRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Examines and measures secrets by what their views hold and what rotators tell. However seldom an alert is told again,
 * it counts until a pass ends without it. Reads nothing; safe for use by several threads.
 */
public final class HealthWatch implements RotationListener {
    private final Map<SecretName, Map<Finding.Kind, List<Finding>>> notes = new ConcurrentHashMap<>();

    private final Ticker ticker;
    private final Map<SecretName, Sight> sights = new ConcurrentHashMap<>();
    private final Map<SecretName, RotationCounts> counts = new ConcurrentHashMap<>();
    private final Measures measures = new Measures();

    private HealthWatch(Ticker ticker) {
        this.ticker = Objects.requireNonNull(ticker, "ticker");
    }

    /** Remembers by {@code ticker} when it was told. */
    public static HealthWatch by(Ticker ticker) {
        return new HealthWatch(ticker);
    }

    @Override
    public void onTransition(Step.Write step, Optional<SecretRecord> before, SecretRecord after) {
        sight(after.secret()).wrote(after);
        before.ifPresent(record -> counts(after.secret()).wrote(step, record, after));
    }

    @Override
    public void onStep(StepReport report) {
        counts(report.secret()).tried(report);
        if (report.step() instanceof Step.Probe probe) {
            int version = probe.issuance().version();
            report.verdict().ifPresent(verdict -> sight(report.secret()).probed(version, verdict));
        }
    }

    @Override
    public void onPass(PassReport report) {
        sight(report.record().secret()).passed(report, ticker.nanos());
    }

    /** Also what keeps a pass from ending, such as a store that is out. */
    @Override
    public void onAlert(SecretName secret, String why) {
        sight(secret).alerted();
    }

    /** What somebody else has found in {@code secret}, in place of what he found of this {@code kind} before. */
    public void note(SecretName secret, Finding.Kind kind, List<String> details) {
        List<Finding> findings =
                details.stream().map(detail -> new Finding(kind, detail)).toList();
        notes.computeIfAbsent(secret, name -> new ConcurrentHashMap<>()).put(kind, findings);
    }

    /** What is measured of all secrets that are in use. */
    public Measures measures() {
        return measures;
    }

    /**
     * Measures {@code secret} from now on.
     *
     * @param rotator by which this replica rotates it; null if it only reads it
     * @param store what it is stored in
     * @return ends that when closed
     */
    public RotatingSecret.Subscription measure(RotatingSecret secret, @Nullable Rotator rotator, Class<?> store) {
        SecretName name = secret.name();
        SecretMeasures shown = new SecretMeasures(secret, rotator, sight(name), ticker);
        Map<String, String> tags = SecretMeasures.tags(name, rotator, store);
        List<RotatingSecret.Subscription> all = new ArrayList<>();
        all.add(shown);
        all.add(measures.include(shown.measures(), tags));
        all.add(measures.include(secret.uses().measures(), tags));
        if (rotator != null) {
            RotationCounts rotations = counts(name);
            shown.orphans(rotator.issuer().traits().orphans() ? rotations::orphans : () -> 0);
            all.add(measures.include(rotations.measures(), tags));
        }
        return () -> all.forEach(RotatingSecret.Subscription::close);
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
        Optional<Duration> age = primary.at(Stamp.PRIMARY).map(since -> Sight.between(since, now));
        Sight sight = sight(secret.name());
        Sight.Progress progress = sight.progress(state, ticker.nanos());
        Duration lease = keyring.edition().timing().get(TimingParameter.STALENESS);
        SecretHealth.Seen seen = new SecretHealth.Seen(
                primary.number(), age, progress.phase(), state.staleness(), lease, state.lastFailure());
        List<Finding> findings = new ArrayList<>();
        addStaleness(findings, state, lease);
        if (policy != null && age.isPresent()) {
            addAge(findings, age.get(), policy.maxAge());
        }
        for (SecretVersion version : keyring.versions()) {
            addLate(findings, version, keyring.edition().timing(), now, policy);
        }
        addLate(findings, progress);
        addTold(findings, sight, primary, keyring.edition().timing());
        new TreeMap<>(notes.getOrDefault(secret.name(), Map.of())).values().forEach(findings::addAll);
        return new SecretHealth(secret.name(), findings, state.produces(), Optional.of(seen));
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
                .map(since -> Sight.between(since, now))
                .filter(time -> time.compareTo(plan.multipliedBy(3).dividedBy(2)) > 0);
        lasting.ifPresent(time -> findings.add(new Finding(
                Finding.Kind.PHASE,
                "version " + version.number() + " has been " + version.state() + " for " + time + ", planned is "
                        + plan)));
    }

    /** What has no stamp, or none of its own: the other phases are told by their versions. */
    private static void addLate(List<Finding> findings, Sight.Progress progress) {
        boolean own = progress.phase() == Phase.MINTING || progress.phase() == Phase.ABORTING;
        if (own && progress.age().compareTo(progress.plan().multipliedBy(3).dividedBy(2)) > 0) {
            findings.add(new Finding(
                    Finding.Kind.PHASE,
                    "the rotation has been " + progress.phase() + " for " + progress.age() + ", planned is "
                            + progress.plan()));
        }
    }

    /** Right after a write every replica is behind; one that reaches the store is not for longer than D + R + A. */
    private void addTold(List<Finding> findings, Sight sight, SecretVersion primary, Timing timing) {
        long now = ticker.nanos();
        if (sight.refuses(primary.number())) {
            findings.add(new Finding(
                    Finding.Kind.REFUSED, "the issuer says that version " + primary.number() + " is not valid"));
        }
        Duration due = timing.get(TimingParameter.LAG)
                .plus(timing.get(TimingParameter.REFRESH))
                .plus(timing.get(TimingParameter.ADOPTION));
        Duration late = sight.behindFor(now);
        if (late.compareTo(due) > 0) {
            findings.add(new Finding(
                    Finding.Kind.BEHIND,
                    sight.behind().size() + " replicas have not taken up the record for " + late + ": "
                            + String.join(", ", new TreeSet<>(sight.behind()))));
        }
        if (sight.alert()) {
            findings.add(new Finding(Finding.Kind.ALERT, "the rotator waits for something; the log says for what"));
        }
    }

    private Sight sight(SecretName secret) {
        return sights.computeIfAbsent(secret, name -> new Sight());
    }

    private RotationCounts counts(SecretName secret) {
        return counts.computeIfAbsent(secret, name -> new RotationCounts());
    }
}
