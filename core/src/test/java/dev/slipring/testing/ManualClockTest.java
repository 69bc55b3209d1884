package dev.slipring.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ManualClockTest {
    private final ManualClock clock = ManualClock.at("2030-01-01T00:00:00Z");

    @Test
    void clock_leftAlone_stands() {
        assertThat(clock.instant()).isEqualTo(clock.instant()).isEqualTo(Instant.parse("2030-01-01T00:00:00Z"));
        assertThat(clock.nanos()).isEqualTo(clock.nanos());
    }

    @Test
    void advance_step_movesBothClocks() {
        long before = clock.nanos();
        clock.advance(Duration.ofSeconds(61, 7));
        assertThat(clock.instant()).isEqualTo(Instant.parse("2030-01-01T00:01:01.000000007Z"));
        assertThat(clock.nanos() - before).isEqualTo(61_000_000_007L);
        assertThat(clock.millis()).isEqualTo(clock.instant().toEpochMilli());
        assertThat(clock).hasToString("ManualClock[2030-01-01T00:01:01.000000007Z]");
    }

    @Test
    void advance_negativeStep_isRefusedAndMovesNothing() {
        assertThatThrownBy(() -> clock.advance(Duration.ofNanos(-1))).isInstanceOf(IllegalArgumentException.class);
        assertThat(clock.nanos()).isZero();
        assertThat(clock.instant()).isEqualTo(Instant.parse("2030-01-01T00:00:00Z"));
    }

    @Test
    void skew_eitherWay_movesTheWallClockAlone() {
        clock.skew(Duration.ofHours(-2));
        assertThat(clock.instant()).isEqualTo(Instant.parse("2029-12-31T22:00:00Z"));
        clock.skew(Duration.ofHours(3));
        assertThat(clock.instant()).isEqualTo(Instant.parse("2030-01-01T01:00:00Z"));
        assertThat(clock.nanos()).isZero();
    }
}
