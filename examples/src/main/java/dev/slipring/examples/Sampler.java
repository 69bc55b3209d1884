package dev.slipring.examples;

import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;

/**
 * Looks from outside every {@value #PERIOD_MILLIS} ms: how many connections the server has of each login, and how
 * busy the pools are. Safe for use by several threads.
 */
final class Sampler implements AutoCloseable {
    static final long PERIOD_MILLIS = 250;

    private final Postgres.Session server;
    private final List<Replica> replicas;
    private final RunClock clock;
    private final ConcurrentLinkedQueue<Connections> samples = new ConcurrentLinkedQueue<>();
    private final LongAdder busy = new LongAdder();
    private final LongAdder possible = new LongAdder();
    private final Ticking ticking;

    /**
     * The server's connections at one moment.
     *
     * @param at milliseconds since the run began
     * @param byLogin how many of each login
     */
    record Connections(long at, Map<String, Integer> byLogin) {
        int total() {
            return byLogin.values().stream().mapToInt(Integer::intValue).sum();
        }
    }

    private Sampler(Postgres.Session server, List<Replica> replicas, RunClock clock) {
        this.server = server;
        this.replicas = replicas;
        this.clock = clock;
        ticking = Ticking.every("sampler", PERIOD_MILLIS, this::sample);
    }

    /**
     * Begins to sample.
     *
     * @throws CannotRunException if the server does not let its administrator in
     */
    static Sampler start(Postgres postgres, List<Replica> replicas, RunClock clock) {
        try {
            return new Sampler(postgres.session(), replicas, clock);
        } catch (SQLException e) {
            throw new CannotRunException("connections cannot be counted: " + e.getMessage(), e);
        }
    }

    /** All samples, in order. */
    List<Connections> connections() {
        return List.copyOf(samples);
    }

    /** The most connections that the logins had together. */
    int most() {
        return samples.stream().mapToInt(Connections::total).max().orElse(0);
    }

    /** The share of all pools' connections that was in use, 0 to 1. */
    double busyShare() {
        return possible.sum() == 0 ? 0 : (double) busy.sum() / possible.sum();
    }

    private void sample() throws SQLException {
        for (Replica replica : replicas) {
            busy.add(replica.busyConnections());
            possible.add(Replica.POOL_SIZE);
        }
        samples.add(new Connections(clock.millis(), server.connections()));
    }

    @Override
    public void close() {
        ticking.close();
        server.close();
    }
}
