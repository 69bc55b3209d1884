package dev.slipring.jdbc.rewrap;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipring.testing.ManualClock;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class PaceTest {
    private static final long MILLI = 1_000_000;

    private final ManualClock clock = ManualClock.at("2030-01-01T00:00:00Z");
    private final Pace pace = new Pace(clock, 100, 1000, Duration.ofMillis(200));

    /** A batch in which the database took so long and everything else so long. */
    private long batch(int rows, long databaseMillis, long otherMillis) {
        pace.begin();
        clock.advance(Duration.ofMillis(databaseMillis + otherMillis));
        pace.took(databaseMillis * MILLI);
        return pace.end(rows);
    }

    @Test
    void end_quickBatch_waitsForTheRate() {
        assertThat(batch(100, 10, 20)).isEqualTo(70 * MILLI);
        assertThat(batch(100, 10, 90)).isZero();
        assertThat(batch(0, 10, 0)).isZero();
        assertThat(pace.batch()).isEqualTo(100);
    }

    @Test
    void end_slowDatabase_halvesTheBatchAndPausesAsLong() {
        assertThat(batch(100, 400, 0)).isEqualTo(400 * MILLI);
        assertThat(pace.batch()).isEqualTo(50);
        for (int i = 0; i < 10; i++) {
            batch(pace.batch(), 300, 0);
        }
        assertThat(pace.batch()).isEqualTo(1);
    }

    @Test
    void end_databaseQuickAgain_growsToTheLargest() {
        batch(100, 400, 0);
        batch(50, 150, 0);
        assertThat(pace.batch()).isEqualTo(50);
        batch(50, 20, 0);
        assertThat(pace.batch()).isEqualTo(100);
        batch(100, 20, 0);
        assertThat(pace.batch()).isEqualTo(100);
    }
}
