package dev.slipring.jdbc.login;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.slipring.jdbc.Await;
import dev.slipring.jdbc.ClientState;
import dev.slipring.jdbc.RotatingDataSource;
import dev.slipring.jdbc.hikari.HikariRotation;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretValue;
import dev.slipring.keyring.VersionState;
import dev.slipring.rotation.Install;
import dev.slipring.rotation.Issuance;
import dev.slipring.rotation.ProbeVerdict;
import dev.slipring.testing.FakeSecret;
import dev.slipring.testing.ManualClock;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * One login that is rotated again and again by the steps of the protocol, while threads use a pool of it as hard as
 * they can and never try anything twice.
 */
final class LoadedLogin {
    static final int POOL = 10;
    private static final int SHORT_THREADS = 14;
    private static final int LONG_THREADS = 2;
    private static final double SHORT_SECONDS = 0.005;
    private static final double LONG_SECONDS = 2;

    private final LoadedServer server;
    private final LoginIssuer issuer;
    private final OpenConnections open;
    private final FakeSecret secret;
    private final List<SecretValue> values = new ArrayList<>();
    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private final AtomicLong shortDone = new AtomicLong();
    private final AtomicLong longDone = new AtomicLong();
    private final AtomicInteger longRunning = new AtomicInteger();
    private final AtomicLong samples = new AtomicLong();
    private final AtomicLong busy = new AtomicLong();
    private final AtomicInteger peak = new AtomicInteger();
    private volatile boolean stopped;

    /** What one run came to. */
    record Outcome(
            int rotations,
            long shortDone,
            long longDone,
            long rows,
            List<Throwable> failures,
            double busy,
            Peaks peaks) {
        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "%d rotations, %d transactions of 5 ms and %d of 2 s, %d failed, pool busy %.1f %%,"
                            + " peak %d connections of which the server saw %d",
                    rotations,
                    shortDone,
                    longDone,
                    failures.size(),
                    100 * busy,
                    peaks.opened,
                    peaks.seen);
        }
    }

    /**
     * Most connections at one time.
     *
     * @param opened as the client counts them
     * @param seen as the server's samples tell
     */
    record Peaks(int opened, int seen) {}

    LoadedLogin(LoadedServer server) throws SQLException {
        this.server = server;
        issuer = server.issuer();
        open = new OpenConnections(server.url());
        SecretValue first = minted(1);
        install(1, first);
        secret = FakeSecret.create(server.stem(), ManualClock.at("2030-01-01T00:00:00Z"), first.copyBytes());
    }

    /** Every value that there was. */
    List<SecretValue> values() {
        return values;
    }

    /**
     * Rotates so many times under load; an assertion fails where the server tells otherwise than the protocol wants.
     */
    Outcome rotate(int rotations) throws Exception {
        HikariConfig config = new HikariConfig();
        config.setDataSource(open.source());
        config.setMaximumPoolSize(POOL);
        config.setConnectionTimeout(20_000);
        try (secret;
                RotatingDataSource source = HikariRotation.builder(secret.rotating(), config)
                        .rightsProbe("SELECT 1 FROM " + server.table() + " WHERE 1 = 0")
                        .build()) {
            HikariDataSource pool = source.unwrap(HikariDataSource.class);
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < SHORT_THREADS + LONG_THREADS; i++) {
                int thread = i;
                threads.add(started("work", () -> work(source, thread)));
            }
            threads.add(started("sampler", () -> sample(pool)));
            try {
                Await.until("the pool is full", () -> pool.getHikariPoolMXBean().getTotalConnections() == POOL);
                for (int version = 2; version <= rotations + 1; version++) {
                    rotateTo(version, source);
                }
            } finally {
                stopped = true;
                for (Thread thread : threads) {
                    thread.join();
                }
            }
        }
        return new Outcome(
                rotations,
                shortDone.get(),
                longDone.get(),
                server.rows(),
                List.copyOf(failures),
                (double) busy.get() / (samples.get() * POOL),
                new Peaks(open.peak(), peak.get()));
    }

    private void rotateTo(int version, RotatingDataSource source) throws Exception {
        int before = version - 1;
        boolean switches = issuer.traits().install() != Install.BEFORE_PUBLISH;
        SecretValue value = minted(version);
        if (!switches) {
            install(version, value);
        }
        secret.publish(value.copyBytes());
        secret.refresh();
        if (switches) {
            install(version, value);
        }
        until(version, "a long transaction runs", () -> longRunning.get() > 0);
        String promotion = server.mark();
        assertThat(server.sessionsBefore(promotion))
                .as("live sessions of version %d at the promotion", before)
                .isPositive();
        secret.promote(version);
        secret.refresh();
        until(version, "stable", () -> source.state().equals(new ClientState.Stable(version)));
        assertThat(source.draining()).isZero();
        until(version, "no session is left", () -> server.sessionsBefore(promotion) == 0);
        server.administering(() -> issuer.revoke(issuance(before)));
        secret.move(before, VersionState.REVOKED);
        secret.refresh();
        assertThat(issuer.probe(issuance(before), values.get(before - 1)))
                .as("version %d once it is revoked", before)
                .isEqualTo(ProbeVerdict.DEAD);
    }

    /** A failure of the load ends the waiting, too. */
    private void until(int version, String what, Callable<Boolean> condition) throws Exception {
        Await.until("version " + version + ": " + what, () -> !failures.isEmpty() || condition.call());
        assertThat(failures).isEmpty();
    }

    private SecretValue minted(int version) {
        SecretValue value = issuer.mint(issuance(version), List.of());
        values.add(value);
        return value;
    }

    private void install(int version, SecretValue value) {
        server.administering(() -> issuer.install(issuance(version), value));
        assertThat(issuer.probe(issuance(version), value)).isEqualTo(ProbeVerdict.ALIVE);
    }

    private Issuance issuance(int version) {
        List<String> slots = issuer.traits().slots();
        Optional<String> slot =
                slots.isEmpty() ? Optional.empty() : Optional.of(slots.get((version - 1) % slots.size()));
        return new Issuance(SecretName.of(server.stem()), version, slot, "r" + version, version, 1);
    }

    private void work(RotatingDataSource source, int thread) {
        boolean lasting = thread >= SHORT_THREADS;
        while (!stopped) {
            try (Connection connection = source.getConnection()) {
                connection.setAutoCommit(false);
                longRunning.addAndGet(lasting ? 1 : 0);
                try (PreparedStatement insert = connection.prepareStatement(server.slowInsert())) {
                    insert.setInt(1, thread);
                    insert.setDouble(2, lasting ? LONG_SECONDS : SHORT_SECONDS);
                    insert.execute();
                } finally {
                    longRunning.addAndGet(lasting ? -1 : 0);
                }
                connection.commit();
                (lasting ? longDone : shortDone).incrementAndGet();
            } catch (SQLException | RuntimeException e) {
                failures.add(e);
            }
        }
    }

    private void sample(HikariDataSource pool) {
        try (LoadedServer.Sessions sessions = server.sessions()) {
            while (!stopped) {
                peak.accumulateAndGet(sessions.count(), Math::max);
                busy.addAndGet(pool.getHikariPoolMXBean().getActiveConnections());
                samples.incrementAndGet();
                LockSupport.parkNanos(5_000_000);
            }
        } catch (SQLException e) {
            failures.add(e);
        }
    }

    private static Thread started(String name, Runnable task) {
        Thread thread = new Thread(task, "load-" + name);
        thread.start();
        return thread;
    }
}
