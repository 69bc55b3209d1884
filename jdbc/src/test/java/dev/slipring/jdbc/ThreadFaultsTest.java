package dev.slipring.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.slipring.jdbc.ClientState.Draining;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Borrowers of many kinds, on real servers. */
class ThreadFaultsTest {
    private static final int BORROWERS = 1_000;

    @ParameterizedTest
    @EnumSource
    void virtualThreads_aThousandOnAPoolOfTen_noticeNoRotation(FaultyServer kind) throws Exception {
        assumeTrue(Runtime.version().feature() >= 21, "virtual threads need Java 21");
        Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
        AtomicInteger done = new AtomicInteger();
        try (LiveLogins logins = LiveLogins.on(kind);
                RotatingDataSource source = logins.pool(logins.config(10, logins.server.port(), Duration.ofSeconds(60)))
                        .build()) {
            ExecutorService borrowers = (ExecutorService)
                    Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
            byte[] second = logins.installed(2);
            for (int i = 0; i < BORROWERS; i++) {
                borrowers.execute(() -> {
                    try {
                        logins.work(source);
                        logins.work(source);
                        done.incrementAndGet();
                    } catch (SQLException | RuntimeException e) {
                        failures.add(e);
                    }
                });
            }
            logins.secret.rotate(second);
            logins.untilStable(source, 2);
            borrowers.shutdown();
            assertThat(borrowers.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
            assertThat(failures).isEmpty();
            assertThat(done).hasValue(BORROWERS);
            assertThat(logins.notes()).isEqualTo(2 * BORROWERS);
            assertThat(logins.work(source)).isEqualTo(logins.user(2));
            logins.revokeAndCheck(1, 2);
        }
    }

    @ParameterizedTest
    @EnumSource
    void interrupt_ofOneWhoWaitsOrReturns_isKeptAndNothingLeaks(FaultyServer kind) throws Exception {
        try (LiveLogins logins = LiveLogins.on(kind);
                RotatingDataSource source = logins.pool(logins.config(1, logins.server.port(), Duration.ofSeconds(30)))
                        .build()) {
            Connection busy = source.getConnection();
            logins.rotate(2);
            logins.pass("draining", () -> source.state().equals(new Draining(2, 1)));

            CompletableFuture<Boolean> kept = new CompletableFuture<>();
            Thread waiting = new Thread(() -> {
                try {
                    source.getConnection().close();
                    kept.completeExceptionally(new AssertionError("a connection was there"));
                } catch (SQLException e) {
                    kept.complete(Thread.currentThread().isInterrupted());
                }
            });
            waiting.start();
            Await.until("waiting", () -> source.pool.waiting() == 1);
            waiting.interrupt();
            assertThat(kept.get(10, TimeUnit.SECONDS)).isTrue();

            Thread.currentThread().interrupt();
            busy.close(); // retires it
            assertThat(Thread.interrupted()).isTrue();
            logins.untilStable(source, 2);
            assertThat(source.pool.waiting()).isZero();
            assertThat(logins.work(source)).isEqualTo(logins.user(2));
            Await.until("gone", () -> logins.server.sessions(logins.user(1)) == 0);
            assertThat(logins.server.sessions(logins.user(2))).isEqualTo(1);
            logins.revokeAndCheck(1, 2);
        }
    }
}
