package dev.slipring.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ManualSchedulerTest {
    private final ManualClock clock = ManualClock.at("2030-01-01T00:00:00Z");
    private final Instant start = clock.instant();
    private final ManualScheduler scheduler = ManualScheduler.on(clock);
    private final List<String> ran = new ArrayList<>();

    @Test
    void execute_untilTimeIsMoved_doesNotRun() {
        scheduler.execute(() -> ran.add("a"));
        assertThat(ran).isEmpty();
        assertThat(scheduler.pending()).isEqualTo(1);
        assertThat(scheduler.runDue()).isEqualTo(1);
        assertThat(ran).containsExactly("a");
        assertThat(scheduler.runDue()).isZero();
    }

    @Test
    void advance_severalTasks_runInOrderOfTimeThenOfSubmission() {
        scheduler.schedule(() -> ran.add("late"), 20, TimeUnit.SECONDS);
        scheduler.schedule(() -> ran.add("first at 10"), 10, TimeUnit.SECONDS);
        scheduler.schedule(() -> ran.add("second at 10"), 10, TimeUnit.SECONDS);
        scheduler.execute(() -> ran.add("now"));
        assertThat(scheduler.advance(Duration.ofSeconds(10))).isEqualTo(3);
        assertThat(ran).containsExactly("now", "first at 10", "second at 10");
        assertThat(scheduler.advance(Duration.ofSeconds(10).minusNanos(1))).isZero();
        assertThat(scheduler.advance(Duration.ofNanos(1))).isEqualTo(1);
    }

    @Test
    void advance_eachTask_seesItsOwnDueTime() {
        List<Instant> seen = new ArrayList<>();
        for (int seconds : new int[] {7, 3, 5}) {
            scheduler.schedule(() -> seen.add(clock.instant()), seconds, TimeUnit.SECONDS);
        }
        scheduler.advance(Duration.ofMinutes(1));
        assertThat(seen).containsExactly(start.plusSeconds(3), start.plusSeconds(5), start.plusSeconds(7));
        assertThat(clock.instant()).isEqualTo(start.plusSeconds(60));
    }

    @Test
    void advance_tasksThatScheduleMore_runThoseToo() {
        scheduler.schedule(
                () -> scheduler.schedule(() -> ran.add("child " + clock.instant()), 5, TimeUnit.SECONDS),
                5,
                TimeUnit.SECONDS);
        scheduler.advance(Duration.ofSeconds(10));
        assertThat(ran).containsExactly("child 2030-01-01T00:00:10Z");
    }

    @Test
    void advance_taskThatMovesTheClock_neverGoesBack() {
        scheduler.schedule(() -> clock.advance(Duration.ofHours(1)), 5, TimeUnit.SECONDS);
        scheduler.schedule(() -> ran.add(clock.instant().toString()), 6, TimeUnit.SECONDS);
        scheduler.advance(Duration.ofSeconds(10));
        assertThat(ran).containsExactly("2030-01-01T01:00:05Z");
        assertThat(clock.instant()).isEqualTo(start.plusSeconds(3605));
    }

    @Test
    void advance_negativeStep_isRefused() {
        assertThatThrownBy(() -> scheduler.advance(Duration.ofNanos(-1))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void schedule_negativeDelay_isDueAtOnce() {
        scheduler.schedule(() -> ran.add("a"), -5, TimeUnit.SECONDS);
        assertThat(scheduler.runDue()).isEqualTo(1);
    }

    @Test
    void schedule_longestDelay_isNeverDue() {
        clock.advance(Duration.ofSeconds(1));
        scheduler.schedule(() -> ran.add("a"), Long.MAX_VALUE, TimeUnit.NANOSECONDS);
        scheduler.schedule(() -> ran.add("b"), Long.MAX_VALUE, TimeUnit.DAYS);
        scheduler.advance(Duration.ofDays(365));
        assertThat(ran).isEmpty();
        assertThat(scheduler.pending()).isEqualTo(2);
    }

    @Test
    void schedule_atAFixedRate_runsOncePerPeriodUntilCancelled() {
        ScheduledFuture<?> task = scheduler.scheduleAtFixedRate(() -> ran.add("a"), 1, 2, TimeUnit.SECONDS);
        assertThat(scheduler.advance(Duration.ofSeconds(7))).isEqualTo(4); // at 1, 3, 5, 7
        task.cancel(false);
        assertThat(scheduler.advance(Duration.ofSeconds(7))).isZero();
        assertThat(scheduler.pending()).isZero();
    }

    @Test
    void schedule_withAFixedDelay_isTheSame() {
        scheduler.scheduleWithFixedDelay(() -> ran.add("a"), 0, 2, TimeUnit.SECONDS);
        assertThat(scheduler.advance(Duration.ofSeconds(4))).isEqualTo(3);
    }

    @Test
    void schedule_periodNotAboveZero_isRefused() {
        assertThatThrownBy(() -> scheduler.scheduleAtFixedRate(() -> ran.add("a"), 0, 0, TimeUnit.SECONDS))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(scheduler.pending()).isZero();
    }

    @Test
    void schedule_periodicTaskThatCancelsItself_ends() {
        List<ScheduledFuture<?>> self = new ArrayList<>();
        self.add(scheduler.scheduleAtFixedRate(
                () -> {
                    ran.add("a");
                    self.get(0).cancel(false);
                },
                1,
                1,
                TimeUnit.SECONDS));
        scheduler.advance(Duration.ofSeconds(5));
        assertThat(ran).hasSize(1);
        assertThat(scheduler.pending()).isZero();
    }

    @Test
    void schedule_periodicTaskThatThrows_endsLikeThoseOfTheJdk() {
        ScheduledFuture<?> task = scheduler.scheduleAtFixedRate(
                () -> {
                    ran.add("a");
                    throw new IllegalStateException("as planned");
                },
                1,
                1,
                TimeUnit.SECONDS);
        scheduler.advance(Duration.ofSeconds(5));
        assertThat(ran).hasSize(1);
        assertThat(task.isDone()).isTrue();
    }

    @Test
    void task_thatThrows_doesNotStopTheOthers() throws Exception {
        Future<?> failing = scheduler.submit(() -> {
            throw new IllegalStateException("as planned");
        });
        Future<String> fine = scheduler.submit(() -> "fine");
        assertThat(scheduler.runDue()).isEqualTo(2);
        assertThatThrownBy(failing::get)
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(IllegalStateException.class);
        assertThat(fine.get()).isEqualTo("fine");
    }

    @Test
    void future_cancelledInTime_doesNotRun() {
        ScheduledFuture<String> task = scheduler.schedule(() -> "a", 5, TimeUnit.SECONDS);
        assertThat(task.getDelay(TimeUnit.SECONDS)).isEqualTo(5);
        assertThat(task.cancel(false)).isTrue();
        assertThat(scheduler.pending()).isZero();
        assertThat(scheduler.advance(Duration.ofMinutes(1))).isZero();
        assertThat(task.isCancelled()).isTrue();
    }

    @Test
    void futures_compareByTheirRemainingDelay() {
        ScheduledFuture<?> late = scheduler.schedule(() -> ran.add("late"), 9, TimeUnit.SECONDS);
        clock.advance(Duration.ofSeconds(5));
        ScheduledFuture<?> early = scheduler.schedule(() -> ran.add("early"), 3, TimeUnit.SECONDS);
        assertThat(early.compareTo(late)).isNegative();
        assertThat(late.getDelay(TimeUnit.SECONDS)).isEqualTo(4);
    }

    @Test
    void shutdownNow_givesBackWhatWaitsAndRefusesMore() {
        scheduler.schedule(() -> ran.add("a"), 5, TimeUnit.SECONDS);
        assertThat(scheduler.shutdownNow()).hasSize(1);
        assertThat(scheduler.isShutdown()).isTrue();
        assertThat(scheduler.isTerminated()).isTrue();
        assertThat(scheduler.awaitTermination(1, TimeUnit.DAYS)).isTrue();
        assertThat(scheduler.advance(Duration.ofMinutes(1))).isZero();
        assertThatThrownBy(() -> scheduler.execute(() -> ran.add("b"))).isInstanceOf(RejectedExecutionException.class);
    }

    @Test
    void shutdown_letsWhatWaitsRunButNoPeriodGoOn() {
        scheduler.schedule(() -> ran.add("once"), 1, TimeUnit.SECONDS);
        scheduler.shutdown();
        assertThat(scheduler.isTerminated()).isFalse();
        scheduler.advance(Duration.ofSeconds(5));
        assertThat(ran).containsExactly("once");
        assertThat(scheduler.isTerminated()).isTrue();
    }
}
