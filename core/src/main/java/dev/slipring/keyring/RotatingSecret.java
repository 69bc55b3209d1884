package dev.slipring.keyring;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The live view of one secret in one replica: the newest {@link Keyring} that was read.
 *
 * <p>{@link #keyring()} is one volatile load and never waits for the store. Snapshots are swapped by a
 * refresh in the background, every interval R with jitter, and at once (single flight, rate limited) when
 * {@link #requestRefresh()} is told of a version that this view lacks. A refresh that fails leaves the
 * last good snapshot in use; {@link #staleness()} grows. The view never goes back to an older record. A replica
 * that reports counts as fresh only once its report is kept, since others may wait for it.
 *
 * <p>Values belong to this object: those of versions that left the snapshot are wiped once nothing in the
 * replica can still be using them, the rest by {@link #close()}. Safe for use by several threads.
 */
public final class RotatingSecret implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RotatingSecret.class);

    /** A report of this replica that the store did not keep. */
    private static final String NOT_KEPT = "ReportNotKept";

    /** How long closing waits for a read under way. */
    private static final Duration CLOSING = Duration.ofMillis(200);

    private final SecretName name;
    private final KeyringLoader loader;
    private final ScheduledExecutorService scheduler;
    private final Ticker ticker;
    private final RandomGenerator random;
    private final boolean stopWhenStale;
    private final Demand demand;
    private final Attendance attendance;

    private final ReentrantLock loading = new ReentrantLock();
    private final DroppedValues dropped = new DroppedValues();
    private final KeyringListeners listeners = new KeyringListeners();
    private volatile View view;
    private volatile @Nullable ScheduledFuture<?> next;
    private volatile boolean closed;

    private RotatingSecret(Builder builder) {
        name = builder.name;
        loader = builder.loader;
        scheduler = builder.scheduler;
        ticker = builder.ticker;
        random = builder.random;
        stopWhenStale = builder.stopWhenStale;
        attendance = new Attendance(name, builder.replica, builder.reports);
        long started = ticker.nanos();
        demand = new Demand(ticker, builder.onDemandInterval);
        Keyring first = loader.load(null);
        long longAgo = started - View.bound(first).plusNanos(1).toNanos();
        view = attendance.attend(first, ticker.nanos())
                ? View.fresh(first, started)
                : View.fresh(first, longAgo).failed(NOT_KEPT, ticker.nanos());
        scheduleNext(started);
    }

    /** Prepares the view of the secret {@code name}; {@code scheduler} stays the caller's to shut down. */
    public static Builder builder(SecretName name, KeyringLoader loader, ScheduledExecutorService scheduler) {
        return new Builder(name, loader, scheduler);
    }

    /** Name of the secret. */
    public SecretName name() {
        return name;
    }

    /** The newest snapshot: one volatile load, no allocation, no clock. */
    public Keyring keyring() {
        return view.keyring();
    }

    /**
     * The version that produces now; the same as {@code keyring().primary()}.
     *
     * @throws StaleKeyringException if nothing may be produced now
     */
    public UsableVersion primary() {
        View present = view;
        if (present.stopped()) {
            throw new StaleKeyringException(name);
        }
        return present.keyring().primary();
    }

    /** Whether something may be produced now: always, unless replicas are to stop when their view is stale. */
    public boolean mayProduce() {
        return !view.stopped();
    }

    /** Where to note that something was produced with {@code version}; one object for each version, to be kept. */
    public VersionUse use(int version) {
        return uses().version(version);
    }

    /** Where everybody in this replica notes what becomes of this secret. */
    public UseRecorder uses() {
        return attendance.uses();
    }

    /**
     * Withholds this replica's acknowledgement of new records as long as {@code settled} says false: the users that
     * it stands for have not left what no longer produces. It is asked by the thread that reads, outside any lock
     * of the caller, and does not block.
     *
     * @return gives it up when closed
     */
    public Subscription acknowledgeWhen(BooleanSupplier settled) {
        return attendance.acknowledgeWhen(Objects.requireNonNull(settled, "settled"));
    }

    /** How long ago the read began that last confirmed this view, on a monotonic clock. */
    public Duration staleness() {
        return view.staleness(ticker.nanos());
    }

    /** The view, and how its refreshing goes, all of this moment; nothing is read. */
    public ViewState state() {
        return view.state(ticker.nanos());
    }

    /** Whether this view is older than the staleness bound L, so that the replica no longer counts as live. */
    public boolean stale() {
        return view.stale(ticker.nanos());
    }

    /**
     * Asks for a refresh soon, because something named a version that this view lacks or an issuer
     * refused the primary. Returns at once. However often it is called, the store is read at most once per
     * on-demand interval.
     */
    public void requestRefresh() {
        if (closed || !demand.admitted()) {
            return;
        }
        try {
            scheduler.execute(() -> {
                demand.begun();
                refreshQuietly();
            });
        } catch (RejectedExecutionException e) {
            demand.begun();
            LOG.atDebug().addKeyValue("secret", name).log("refresh not started: the scheduler is shut down");
        }
    }

    /**
     * Reads the store now, in the calling thread, and returns the newest snapshot.
     *
     * @throws RuntimeException if the read failed; the view is unchanged
     * @throws IllegalStateException if this secret is closed
     */
    public Keyring refresh() {
        Keyring before;
        Keyring after;
        loading.lock();
        long started = ticker.nanos();
        try {
            if (closed) {
                throw new IllegalStateException("secret " + name + " is closed");
            }
            before = view.keyring();
            Keyring read = load(before);
            if (read.edition().compareTo(before.edition()) < 0) {
                LOG.atWarn()
                        .addKeyValue("secret", name)
                        .addKeyValue("epoch", before.edition().epoch())
                        .addKeyValue("read", read.edition().epoch())
                        .log("the store answered with an older record; kept the newer view");
                DroppedValues.notIn(before, read).forEach(SecretValue::wipe);
                view = view.failed("OlderRecord", ticker.nanos());
                return before;
            }
            after = read;
            view = view.with(after);
            dropped.replace(before, after, ticker.nanos());
            if (attendance.attend(after, ticker.nanos())) {
                view = View.fresh(after, started);
                stopIfStale(); // a read that took longer than the bound confirms nothing
            } else {
                view = view.failed(NOT_KEPT, ticker.nanos());
            }
        } finally {
            attendance.uses().refreshed(Duration.ofNanos(ticker.nanos() - started), view.failure() == null);
            loading.unlock();
            if (closed) {
                wipeUnlessReading(Duration.ZERO);
            }
        }
        if (!after.edition().equals(before.edition())) {
            listeners.tell(after);
        }
        return after;
    }

    /**
     * Calls {@code listener} with each new snapshot after it is in force, from the thread that read it,
     * outside any lock. Two snapshots may be told out of order; compare their editions. A listener that throws
     * is logged and called again next time.
     *
     * @return ends the calls when closed
     */
    public Subscription onChange(Consumer<Keyring> listener) {
        return listeners.add(listener);
    }

    /** The right to be called back; {@link #close()} gives it up. */
    @FunctionalInterface
    public interface Subscription extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * Ends the refreshing and wipes all values. A read that hangs is not waited for: it wipes them when it ends. May
     * be called again.
     */
    @Override
    public void close() {
        closed = true;
        ScheduledFuture<?> pending = next;
        if (pending != null) {
            pending.cancel(false);
        }
        wipeUnlessReading(CLOSING);
        listeners.clear();
    }

    private void wipeUnlessReading(Duration patience) {
        boolean free;
        try {
            free = loading.tryLock(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            free = loading.tryLock();
        }
        if (free) {
            try {
                view.keyring().accepted().forEach(version -> version.value().wipe());
                dropped.wipe();
            } finally {
                loading.unlock();
            }
        }
    }

    @Override
    public String toString() {
        return "RotatingSecret[" + keyring() + "]";
    }

    private Keyring load(Keyring known) {
        try {
            return loader.load(known);
        } catch (RuntimeException e) {
            view = view.failed(e.getClass().getSimpleName(), ticker.nanos());
            throw e;
        }
    }

    private void refreshQuietly() {
        try {
            refresh();
        } catch (RuntimeException e) {
            if (!closed) {
                LOG.atWarn()
                        .addKeyValue("secret", name)
                        .addKeyValue("staleness", staleness())
                        .setCause(e)
                        .log("refresh failed; the last good keyring stays in use");
            }
        }
    }

    private void refreshOnSchedule() {
        long started = ticker.nanos();
        try {
            stopIfStale(); // before a read that may take long; one that succeeds lifts it
            refreshQuietly();
            stopIfStale();
        } finally {
            scheduleNext(started);
        }
    }

    private void stopIfStale() {
        loading.lock();
        try {
            if (stopWhenStale && !view.stopped() && stale()) {
                view = view.stop();
                LOG.atError().addKeyValue("secret", name).log("the view is stale: nothing is produced any more");
            }
        } finally {
            loading.unlock();
        }
    }

    /** The next refresh begins between 0.8 R and R after this one began, so that R bounds the interval. */
    private void scheduleNext(long started) {
        if (closed) {
            return;
        }
        long interval =
                keyring().edition().timing().get(TimingParameter.REFRESH).toNanos();
        long drawn = interval - random.nextLong(interval / 5 + 1);
        long delay = Math.max(0, Math.min(drawn - (ticker.nanos() - started), untilStale()));
        try {
            next = scheduler.schedule(this::refreshOnSchedule, delay, TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            LOG.atDebug().addKeyValue("secret", name).log("refreshing ended: the scheduler is shut down");
        }
    }

    /** Where stale replicas stop, the moment after the bound is a moment to look, too. */
    private long untilStale() {
        View present = view;
        return stopWhenStale && !present.stopped() ? present.untilStale(ticker.nanos()) : Long.MAX_VALUE;
    }

    /** Collects what a {@link RotatingSecret} is made of. Not thread-safe. */
    public static final class Builder {
        private final SecretName name;
        private final KeyringLoader loader;
        private final ScheduledExecutorService scheduler;
        private Ticker ticker = Ticker.system();
        private Duration onDemandInterval = Duration.ofSeconds(5);
        private RandomGenerator random = RandomGenerator.of("SplittableRandom");
        private boolean stopWhenStale;
        private @Nullable String replica;
        private Consumer<ReplicaReport> reports = report -> {};

        private Builder(SecretName name, KeyringLoader loader, ScheduledExecutorService scheduler) {
            this.name = Objects.requireNonNull(name, "name");
            this.loader = Objects.requireNonNull(loader, "loader");
            this.scheduler = Objects.requireNonNull(scheduler, "scheduler");
        }

        /** The monotonic clock; the system's unless told. */
        public Builder ticker(Ticker value) {
            ticker = Objects.requireNonNull(value, "ticker");
            return this;
        }

        /** Shortest time between two refreshes on demand; more than zero, 5 s unless told. */
        public Builder onDemandInterval(Duration value) {
            if (value.isNegative() || value.isZero()) {
                throw new IllegalArgumentException("on-demand interval " + value + " is not above zero");
            }
            onDemandInterval = value;
            return this;
        }

        /** Stops producing once the view is older than the staleness bound L; goes on unless told. */
        public Builder stopWhenStale() {
            stopWhenStale = true;
            return this;
        }

        /**
         * Tells {@code sink}, after each read, what this replica says of itself; nobody unless told. A sink that
         * throws was not told.
         *
         * @param name of the replica, unique among those that share the store
         */
        public Builder reports(String name, Consumer<ReplicaReport> sink) {
            replica = ReplicaReport.checkName(name);
            reports = Objects.requireNonNull(sink, "sink");
            return this;
        }

        /** Where jitter comes from; used by one thread at a time. */
        public Builder random(RandomGenerator value) {
            random = Objects.requireNonNull(value, "random");
            return this;
        }

        /**
         * Reads the first snapshot in the calling thread and begins to refresh.
         *
         * @throws RuntimeException if the first read fails: a replica is not live before it has read
         */
        public RotatingSecret build() {
            return new RotatingSecret(this);
        }
    }
}
