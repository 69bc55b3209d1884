package dev.slipring.examples;

import dev.slipring.keyring.Keyring;
import dev.slipring.keyring.Ticker;
import dev.slipring.keyring.TimingParameter;
import dev.slipring.keyring.VersionState;
import java.io.PrintStream;
import java.time.Duration;
import java.util.IntSummaryStatistics;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One run: the fleet is put under load, first without a rotation; then every secret is rotated; then all is counted.
 * {@link #run}, {@link #serve} and {@link #close} are called in this order by one thread.
 */
final class Story implements AutoCloseable {
    private static final long STATUS_MILLIS = 1000;

    private final Policies policies;
    private final Stage stage;
    private final RunClock clock = new RunClock(Ticker.system());
    private final Progress progress;
    private final Timeline timeline;
    private final Fleet fleet;
    private final Map<String, Integer> before = new TreeMap<>();
    private volatile @Nullable Evidence evidence;
    private volatile @Nullable Outcome outcome;

    /** How long the parts of a run take, and how often each secret is rotated. */
    private record Stage(Duration warmUp, Duration baseline, Duration after, int rotations) {
        static Stage of(DemoOptions options) {
            return options.brief() || options.broken()
                    ? new Stage(Duration.ofSeconds(2), Duration.ofSeconds(3), Duration.ofSeconds(1), 1)
                    : new Stage(Duration.ofSeconds(5), Duration.ofSeconds(10), Duration.ofSeconds(4), 3);
        }
    }

    /** What the run showed, and when it was over. */
    private record Outcome(Results results, long at) {}

    /** What is measured while the run goes on. */
    private record Evidence(Load load, Sampler sampler, Rotations rotations, long measuredFrom) {}

    /**
     * Starts database and replicas.
     *
     * @param terminal whether a line of {@code out} can be rewritten
     * @throws CannotRunException if one of them cannot start
     */
    Story(DemoOptions options, Policies policies, PrintStream out, boolean terminal) {
        this.policies = policies;
        stage = Stage.of(options);
        progress = new Progress(out, terminal, clock);
        timeline = new Timeline(clock, progress::say);
        fleet = new Fleet(options, policies, timeline, progress::say, () -> Reply.html(page()));
        for (Keyring keyring : fleet.replicas().get(0).keyrings()) {
            timeline.found(keyring);
            before.put(keyring.secret().value(), keyring.primary().number());
        }
    }

    /**
     * Loads, rotates and counts.
     *
     * @throws InterruptedException if the person does not want to wait; nothing is said any more then
     */
    Results run() throws InterruptedException {
        List<Integer> ports = fleet.replicas().stream().map(Replica::port).toList();
        Load load = new Load(ports, clock, timeline::rotating, () -> timeline.promotions(Replica.SESSION));
        Rotations rotations = new Rotations(fleet.replicas().get(0), timeline, clock, stage.rotations);
        String refusal;
        try (Sampler sampler = Sampler.start(fleet.postgres(), fleet.replicas(), clock)) {
            evidence = new Evidence(load, sampler, rotations, clock.millis() + stage.warmUp.toMillis());
            refusal = underLoad(load, rotations);
        } catch (InterruptedException e) {
            progress.mute();
            throw e;
        }
        Results counted = count(Objects.requireNonNull(evidence), refusal);
        outcome = new Outcome(counted, clock.millis());
        return counted;
    }

    private String underLoad(Load load, Rotations rotations) throws InterruptedException {
        Ticking status = Ticking.every("status", STATUS_MILLIS, () -> tellStatus(load, rotations));
        try (load) {
            load.start();
            progress.say("load begins, without a rotation at first: " + Load.THREADS_PER_REPLICA
                    + " threads a replica, its pool has " + Replica.POOL_SIZE + " connections");
            Thread.sleep(stage.warmUp.plus(stage.baseline).toMillis());
            progress.say("rotating each secret, " + stage.rotations + (stage.rotations == 1 ? " time" : " times"));
            String refusal = rotations.run(limit());
            Thread.sleep(stage.after.toMillis());
            return refusal;
        } finally {
            status.close();
        }
    }

    /** The page with the time line so far; with the results once there are some. */
    String page() {
        Evidence seen = evidence;
        Outcome over = outcome;
        long end = over == null ? clock.millis() : over.at;
        return TimelinePage.html(new TimelinePage.Content(
                timeline.changes().stream().filter(change -> change.at() <= end).toList(),
                seen == null ? List.of() : seen.load.latencies().slices(TimelinePage.SLICE_MILLIS),
                seen == null ? List.of() : fleet.apiCalls().slices(TimelinePage.SLICE_MILLIS),
                seen == null ? List.of() : seen.sampler.connections(),
                end,
                over == null ? null : over.results,
                policies));
    }

    /** Goes on until interrupted. */
    void serve() throws InterruptedException {
        for (Replica replica : fleet.replicas()) {
            progress.print(replica.name() + ": http://127.0.0.1:" + replica.port() + "/  time line: http://127.0.0.1:"
                    + replica.port() + "/timeline");
        }
        progress.print("serving until Ctrl-C");
        new CountDownLatch(1).await();
    }

    @Override
    public void close() {
        fleet.close();
    }

    /** Enough for each rotation, and as much again. */
    private Duration limit() {
        Duration rotation = policies.login()
                .timing()
                .get(TimingParameter.PUBLISH)
                .plus(policies.login().timing().get(TimingParameter.OVERLAP))
                .plusSeconds(5);
        return rotation.multipliedBy(2L * stage.rotations);
    }

    private void tellStatus(Load load, Rotations rotations) {
        progress.status(String.format(
                Locale.ROOT,
                "%d requests, %d failed; lost: %d sessions, %d checkouts, %d API calls; rotations %d of %d",
                load.requests(),
                load.failedRequests(),
                load.lostSessions(),
                sum(tally -> tally.failedCheckouts),
                sum(tally -> tally.failedApiCalls),
                rotations.completed(),
                rotations.wanted()));
    }

    private Results count(Evidence seen, String refusal) {
        Results.Counts counts = new Results.Counts(
                seen.load.requests(),
                seen.load.failedRequests(),
                seen.load.lostSessions(),
                sum(tally -> tally.checkouts),
                sum(tally -> tally.failedCheckouts),
                sum(tally -> tally.killedTransactions),
                sum(tally -> tally.resigned),
                sum(tally -> tally.renewed),
                sum(tally -> tally.rewrapped));
        Results.ApiCalls apiCalls = new Results.ApiCalls(
                sum(tally -> tally.apiCalls), sum(tally -> tally.failedApiCalls), sum(tally -> tally.repeatedApiCalls));
        IntSummaryStatistics lived = seen.load.livedThrough();
        Results.Rotated rotated = new Results.Rotated(
                seen.rotations.completed(),
                seen.rotations.wanted(),
                Rotations.SECRETS.stream().map(this::versions).toList(),
                lived.getCount(),
                lived.getCount() == 0 ? 0 : lived.getMin(),
                lived.getCount() == 0 ? 0 : lived.getMax(),
                refusal);
        Results.Server server = new Results.Server(
                fleet.handovers().all(), seen.sampler.most(), Fleet.CONNECTIONS, seen.sampler.busyShare());
        Results.Latency latency = new Results.Latency(
                compared(seen.load.latencies(), false, seen.measuredFrom),
                compared(seen.load.latencies(), true, seen.measuredFrom),
                compared(fleet.apiCalls(), false, seen.measuredFrom));
        return new Results(counts, apiCalls, rotated, server, latency);
    }

    private Results.Versions versions(String secret) {
        long revoked = timeline.changes().stream()
                .filter(change ->
                        change.secret().equals(secret) && change.state() == VersionState.REVOKED && change.at() > 0)
                .count();
        return new Results.Versions(secret, before.getOrDefault(secret, 0), timeline.primary(secret), (int) revoked);
    }

    private static Results.Compared compared(Latencies all, boolean longTransaction, long from) {
        Function<Boolean, Latencies.Percentiles> of = rotating -> all.percentiles(sample ->
                sample.at() >= from && sample.longTransaction() == longTransaction && sample.rotating() == rotating);
        return new Results.Compared(of.apply(false), of.apply(true));
    }

    private long sum(Function<Tally, LongAdder> count) {
        return fleet.replicas().stream()
                .mapToLong(replica -> count.apply(replica.tally()).sum())
                .sum();
    }
}
