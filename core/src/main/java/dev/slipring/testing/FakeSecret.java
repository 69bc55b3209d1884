package dev.slipring.testing;

import dev.slipring.keyring.Keyring;
import dev.slipring.keyring.Mark;
import dev.slipring.keyring.ReplicaReport;
import dev.slipring.keyring.RotatingSecret;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretValue;
import dev.slipring.keyring.SecretVersion;
import dev.slipring.keyring.Stamp;
import dev.slipring.keyring.Timing;
import dev.slipring.keyring.TimingParameter;
import dev.slipring.keyring.VersionState;
import dev.slipring.rotation.WhenStale;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A secret that a test moves through its states by hand, without a store or a protocol: any sequence of
 * states can be set up, lawful or not. {@link #rotating()} is what the code under test gets; it sees a change
 * after {@link #refresh()}. The {@code FakeSecret} keeps its own copies of the values. Safe for use by several
 * threads.
 */
public final class FakeSecret implements AutoCloseable {
    private final SecretName name;
    private final ManualClock clock;
    private final ManualScheduler scheduler;
    private final TreeMap<Integer, SecretVersion> versions = new TreeMap<>();
    private final Map<Integer, SecretValue> values = new HashMap<>();
    private Keyring.Edition edition;
    private boolean outage;
    private int loads;
    private volatile @Nullable ReplicaReport report;
    private final RotatingSecret rotating;

    private FakeSecret(
            SecretName name, ManualClock clock, Keyring.Edition edition, WhenStale whenStale, SecretValue first) {
        this.name = name;
        this.clock = clock;
        this.scheduler = ManualScheduler.on(clock);
        this.edition = edition;
        publish(first);
        promote(1);
        RotatingSecret.Builder builder = RotatingSecret.builder(name, known -> load(), scheduler)
                .ticker(clock)
                .onDemandInterval(Duration.ofNanos(1))
                .reports("replica", told -> report = told);
        this.rotating = (whenStale == WhenStale.STOP ? builder.stopWhenStale() : builder).build();
    }

    /** A secret whose version 1 is primary and has the value {@code first}; ring id 1, {@link #timing()}. */
    public static FakeSecret create(String name, ManualClock clock, byte[] first) {
        return create(name, clock, 1, timing(), first);
    }

    /** The same with a ring id and durations. */
    public static FakeSecret create(String name, ManualClock clock, int ringId, Timing timing, byte[] first) {
        return create(name, clock, edition(ringId, timing), WhenStale.KEEP, first);
    }

    /** The first again, for a replica that produces nothing once its view is older than L: see {@link #outage}. */
    public static FakeSecret createStopping(String name, ManualClock clock, byte[] first) {
        return create(name, clock, edition(1, timing()), WhenStale.STOP, first);
    }

    private static FakeSecret create(
            String name, ManualClock clock, Keyring.Edition edition, WhenStale whenStale, byte[] first) {
        return new FakeSecret(SecretName.of(name), clock, edition, whenStale, SecretValue.copyOf(first));
    }

    private static Keyring.Edition edition(int ringId, Timing timing) {
        return new Keyring.Edition(1, 0, ringId, timing, Optional.empty());
    }

    /** Durations for tests: R 60 s, L 15 min, D 10 s, C 5 s, A 30 s, e 30 s, T 12 h, P 20 min, O 13 h, W 24 h. */
    public static Timing timing() {
        EnumMap<TimingParameter, Duration> values = new EnumMap<>(TimingParameter.class);
        values.put(TimingParameter.REFRESH, Duration.ofSeconds(60));
        values.put(TimingParameter.STALENESS, Duration.ofMinutes(15));
        values.put(TimingParameter.LAG, Duration.ofSeconds(10));
        values.put(TimingParameter.WRITE_WINDOW, Duration.ofSeconds(5));
        values.put(TimingParameter.ADOPTION, Duration.ofSeconds(30));
        values.put(TimingParameter.SKEW, Duration.ofSeconds(30));
        values.put(TimingParameter.LIFETIME, Duration.ofHours(12));
        values.put(TimingParameter.PUBLISH, Duration.ofMinutes(20));
        values.put(TimingParameter.OVERLAP, Duration.ofHours(13));
        values.put(TimingParameter.SOAK, Duration.ofHours(24));
        values.put(TimingParameter.ACTIVATION, Duration.ZERO);
        values.put(TimingParameter.REVOCATION, Duration.ZERO);
        return new Timing(values);
    }

    /** What the code under test uses. */
    public RotatingSecret rotating() {
        return rotating;
    }

    /** What the replica under test said of itself at its last read: what it produced with, and what it has taken up. */
    public ReplicaReport report() {
        return Objects.requireNonNull(report, "report");
    }

    /** The scheduler on which the secret refreshes itself. */
    public ManualScheduler scheduler() {
        return scheduler;
    }

    /** Publishes a next version with a copy of {@code value}; returns its number. */
    public int publish(byte[] value) {
        return publish(SecretValue.copyOf(value));
    }

    private synchronized int publish(SecretValue value) {
        int number = versions.isEmpty() ? 1 : versions.lastKey() + 1;
        values.put(number, value);
        versions.put(
                number,
                enter(
                        SecretVersion.staged(number, new SecretVersion.Origin("fake", number, 1), Optional.empty()),
                        VersionState.PUBLISHED));
        bump();
        return number;
    }

    /** Makes {@code number} the primary version; the one before it retires. */
    public synchronized void promote(int number) {
        versions.replaceAll((n, v) -> v.state() == VersionState.PRIMARY ? enter(v, VersionState.RETIRING) : v);
        change(number, v -> enter(v, VersionState.PRIMARY));
    }

    /** Publishes and promotes in one go and refreshes the view; returns the number. */
    public int rotate(byte[] value) {
        int number = publish(value);
        promote(number);
        refresh();
        return number;
    }

    /** Puts {@code number} into {@code state}, lawful or not, with the stamp that goes with it. */
    public synchronized void move(int number, VersionState state) {
        change(number, v -> enter(v, state));
    }

    /** Lifts the bound on what {@code number} made, as the first half of a rollback does. */
    public synchronized void readmit(int number) {
        change(number, v -> v.unstamped(Stamp.RETIRING).stamped(Stamp.READMITTED, clock.instant()));
    }

    /** Marks {@code number} as compromised. */
    public synchronized void compromise(int number) {
        Mark mark = new Mark(clock.instant(), "test", "test");
        change(number, v -> v.compromised(mark));
    }

    /** Rejects everything issued at or before {@code instant}. */
    public synchronized void rejectIssuedBefore(Instant instant) {
        edition = new Keyring.Edition(
                edition.incarnation(), edition.epoch() + 1, edition.ringId(), edition.timing(), Optional.of(instant));
    }

    /** While {@code down}, every read of the secret fails. */
    public synchronized void outage(boolean down) {
        outage = down;
    }

    /** How often the secret was read. */
    public synchronized int loads() {
        return loads;
    }

    /** Makes {@link #rotating()} see the present state, by a read in the calling thread. */
    public Keyring refresh() {
        return rotating.refresh();
    }

    @Override
    public void close() {
        rotating.close();
        scheduler.shutdownNow();
    }

    private SecretVersion enter(SecretVersion version, VersionState state) {
        SecretVersion moved = version.in(state);
        return state == VersionState.STAGED ? moved : moved.stamped(Stamp.valueOf(state.name()), clock.instant());
    }

    private void change(int number, UnaryOperator<SecretVersion> how) {
        SecretVersion version = versions.get(number);
        if (version == null) {
            throw new NoSuchElementException("secret " + name + " has no version " + number);
        }
        versions.put(number, how.apply(version));
        bump();
    }

    private void bump() {
        edition = new Keyring.Edition(
                edition.incarnation(),
                edition.epoch() + 1,
                edition.ringId(),
                edition.timing(),
                edition.rejectIssuedBefore());
    }

    private synchronized Keyring load() {
        loads++;
        if (outage) {
            throw new IllegalStateException("secret " + name + ": the fake store is down");
        }
        Map<Integer, SecretValue> copies = new HashMap<>();
        values.forEach((number, value) -> copies.put(number, value.copy()));
        return Keyring.of(name, edition, clock.instant(), versions.values(), copies);
    }
}
