package dev.slipring.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.slipring.crypto.EnvelopeException.Failure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class FlightsTest {
    private static final Duration LONG = Duration.ofMinutes(5);

    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void close() {
        threads.shutdownNow();
    }

    @Test
    void get_whileACallIsUnderWay_sharesIt() throws Exception {
        Flights<String, Object> flights = new Flights<>(LONG);
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch gate = new CountDownLatch(1);
        Object made = new Object();
        Future<Object> first = threads.submit(() -> flights.get("a", () -> {
            begun.countDown();
            await(gate);
            return made;
        }));
        begun.await();
        assertThat(flights.get("b", Object::new)).isNotSameAs(made); // another key is not held up
        Thread waiting =
                new Thread(() -> assertThat(flights.get("a", Object::new)).isSameAs(made));
        List<Throwable> failed = new ArrayList<>();
        waiting.setUncaughtExceptionHandler((thread, e) -> failed.add(e));
        waiting.start();
        while (waiting.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
        gate.countDown();
        waiting.join();
        assertThat(failed).isEmpty();
        assertThat(first.get()).isSameAs(made);
        assertThat(flights.get("a", Object::new)).isNotSameAs(made); // it is no cache
    }

    @Test
    void get_whileACallHangs_givesUpAndLetsTheNextTryAgain() throws Exception {
        Flights<String, String> flights = new Flights<>(Duration.ofMillis(20));
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch gate = new CountDownLatch(1);
        Future<String> hanging = threads.submit(() -> flights.get("a", () -> {
            begun.countDown();
            await(gate);
            return "late";
        }));
        begun.await();
        Keks.assertFailure(Failure.KEY_UNAVAILABLE, () -> flights.get("a", () -> "too early"));
        assertThat(flights.get("a", () -> "fresh")).isEqualTo("fresh");
        gate.countDown();
        assertThat(hanging.get()).isEqualTo("late");
    }

    @Test
    void get_failedCall_failsForAllWithTheSameFailure() {
        Flights<String, String> flights = new Flights<>(LONG);
        Keks.assertFailure(
                Failure.MALFORMED,
                () -> flights.get("a", () -> {
                    throw EnvelopeException.malformed("no");
                }));
        assertThatExceptionOfType(AesKey.Wiped.class)
                .isThrownBy(() -> flights.get("a", () -> {
                    throw new AesKey.Wiped();
                }));
        assertThatIllegalStateException()
                .isThrownBy(() -> flights.get("a", () -> {
                    throw new UnsupportedOperationException("no");
                }))
                .withCauseInstanceOf(UnsupportedOperationException.class);
        assertThatExceptionOfType(StackOverflowError.class)
                .isThrownBy(() -> flights.get("a", () -> {
                    throw new StackOverflowError();
                }));
        assertThat(flights.get("a", () -> "well")).isEqualTo("well");
    }

    @Test
    void get_interrupted_saysSoAndKeepsTheMark() throws Exception {
        Flights<String, String> flights = new Flights<>(LONG);
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch gate = new CountDownLatch(1);
        threads.submit(() -> flights.get("a", () -> {
            begun.countDown();
            await(gate);
            return "late";
        }));
        begun.await();
        Thread.currentThread().interrupt();
        Keks.assertFailure(Failure.KEY_UNAVAILABLE, () -> flights.get("a", () -> "never"));
        assertThat(Thread.interrupted()).isTrue();
        gate.countDown();
    }

    @Test
    void launch_byAnExecutor_isMadeOnceAndNotWaitedFor() {
        Flights<String, String> flights = new Flights<>(LONG);
        List<Runnable> tasks = new ArrayList<>();
        AtomicInteger calls = new AtomicInteger();
        for (int i = 0; i < 3; i++) {
            flights.launch("a", tasks::add, () -> "made " + calls.incrementAndGet());
        }
        assertThat(tasks).hasSize(1);
        assertThat(calls).hasValue(0);
        tasks.get(0).run();
        assertThat(calls).hasValue(1);
        assertThat(flights.get("a", () -> "other")).isEqualTo("other");
    }

    @Test
    void launch_refusedByTheExecutor_isMadeByTheCaller() {
        Flights<String, String> flights = new Flights<>(LONG);
        AtomicInteger calls = new AtomicInteger();
        flights.launch(
                "a",
                task -> {
                    throw new RejectedExecutionException("full");
                },
                () -> "made " + calls.incrementAndGet());
        flights.launch("a", Runnable::run, () -> {
            throw new IllegalStateException("nobody is told");
        });
        assertThat(calls).hasValue(1);
    }

    private static void await(CountDownLatch gate) {
        try {
            gate.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted", e);
        }
    }
}
