package dev.slipring.bench.login;

import dev.slipring.bench.login.WorkLoad.Outcome;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/** One contender's rounds: each has the load without rotation and the same with it, on a pool of its own. */
final class Column {
    static final int ROTATIONS = 2;
    static final Duration PERIOD = Duration.ofSeconds(2);
    static final Duration NOTICE = Duration.ofMillis(300);
    static final Duration GRACE = Duration.ofMillis(1500);
    static final Duration SEGMENT = PERIOD.multipliedBy(ROTATIONS);

    private static final Duration WARM_UP = Duration.ofSeconds(1);

    private final String name;
    private final LoginServer server;
    private final AlternatingRole role;
    private final Entry entry;
    private final List<Round> rounds = new ArrayList<>();

    /** Lets a contender start. */
    interface Entry {
        Contender start(LoginServer server, AlternatingRole role, int round);
    }

    /**
     * What one round showed.
     *
     * @param peak of connections, as the client counts its sockets
     * @param sampledPeak of sessions, as the server counts them
     * @param left sessions of a login at the moment when it was revoked, at most
     * @param freeMillis from the promotion until no session of the old login was left; infinite if some was at the end
     */
    record Round(
            Outcome still,
            Outcome rotating,
            int peak,
            int sampledPeak,
            long failedLogins,
            int left,
            double freeMillis) {
        double checkoutRatio(double percentile) {
            return (double) rotating.checkouts().getValueAtPercentile(percentile)
                    / still.checkouts().getValueAtPercentile(percentile);
        }

        double transactionRatio(double percentile) {
            return (double) rotating.transactions().getValueAtPercentile(percentile)
                    / still.transactions().getValueAtPercentile(percentile);
        }
    }

    private record Follow(int left, double freeMillis) {}

    Column(String name, LoginServer server, String stem, Entry entry) throws SQLException {
        this.name = name;
        this.server = server;
        this.entry = entry;
        role = new AlternatingRole(server, stem);
    }

    String name() {
        return name;
    }

    /** A short round that does not count. */
    void warmUp() throws Exception {
        try (Contender contender = entry.start(server, role, 0)) {
            work(contender, PERIOD, () -> rotate(contender));
        }
    }

    /** One round; in odd ones the load without rotation comes first. */
    void play(int number) throws Exception {
        try (Contender contender = entry.start(server, role, number)) {
            work(contender, WARM_UP, () -> {});
            Outcome before = number % 2 == 1 ? work(contender, SEGMENT, () -> {}) : null;
            List<Follow> follows = new ArrayList<>();
            long refused = server.failedLogins(role.stem());
            CountedSockets.forget();
            Outcome rotating;
            int sampled;
            try (SessionSampler sampler = new SessionSampler(server)) {
                rotating = WorkLoad.run(contender.source(), role.table(), SEGMENT, () -> {
                    long begun = System.nanoTime();
                    for (int i = 1; i <= ROTATIONS; i++) {
                        follows.add(rotate(contender));
                        sleepUntil(begun + i * PERIOD.toNanos());
                    }
                });
                sampled = sampler.peak();
            }
            int peak = CountedSockets.peak();
            refused = server.failedLogins(role.stem()) - refused;
            Outcome still = before != null ? before : work(contender, SEGMENT, () -> {});
            rounds.add(new Round(
                    still,
                    rotating,
                    peak,
                    sampled,
                    refused,
                    follows.stream().mapToInt(Follow::left).max().orElse(0),
                    follows.stream().mapToDouble(Follow::freeMillis).max().orElse(0)));
        }
    }

    /** The median over the rounds. */
    double median(ToDoubleFunction<Round> what) {
        double[] values = rounds.stream().mapToDouble(what).sorted().toArray();
        int middle = values.length / 2;
        return values.length % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
    }

    /** The least and the most over the rounds. */
    double[] range(ToDoubleFunction<Round> what) {
        double[] values = rounds.stream().mapToDouble(what).toArray();
        return new double[] {
            Arrays.stream(values).min().orElse(0), Arrays.stream(values).max().orElse(0)
        };
    }

    /** The sum over the rounds. */
    long sum(ToDoubleFunction<Round> what) {
        return (long) rounds.stream().mapToDouble(what).sum();
    }

    /** The sampler runs here as well: it is a part of the load. */
    private Outcome work(Contender contender, Duration time, WorkLoad.Meanwhile meanwhile) throws Exception {
        try (SessionSampler sampler = new SessionSampler(server)) {
            return WorkLoad.run(contender.source(), role.table(), time, meanwhile);
        }
    }

    /** Installs, announces and promotes the next login; revokes the one before when it is free or the grace is over. */
    private Follow rotate(Contender contender) throws SQLException, InterruptedException {
        role.next();
        long installed = System.nanoTime();
        contender.announce(role);
        sleepUntil(installed + NOTICE.toNanos());
        long promoted = System.nanoTime();
        contender.follow(role);
        int left = role.replacedSessions();
        long now = System.nanoTime();
        long free = left == 0 ? now : Long.MAX_VALUE;
        while (now - promoted < GRACE.toNanos() && !(left == 0 && contender.done())) {
            TimeUnit.MILLISECONDS.sleep(10);
            left = role.replacedSessions();
            now = System.nanoTime();
            free = left == 0 ? Math.min(free, now) : Long.MAX_VALUE;
        }
        role.revokePrevious();
        contender.revoked();
        return new Follow(left, left == 0 ? (free - promoted) / 1e6 : Double.POSITIVE_INFINITY);
    }

    private static void sleepUntil(long nanos) throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(Math.max(0, nanos - System.nanoTime()));
    }
}
