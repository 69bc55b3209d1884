package dev.slipring.rotation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class DeadlinesTest {
    @Test
    void deadlines_ofTheProceduresAges_areThoseOfItsTable() {
        assertDays(30, 20, 1, 24, 28);
        assertDays(60, 43, 2, 50, 56);
        assertDays(90, 65, 3, 76, 83);
        assertDays(180, 135, 5, 155, 170);
    }

    @Test
    void deadlines_ofOtherAges_growWithThem_andStayInOrder() {
        Deadlines before = Deadlines.of(Duration.ofHours(1));
        for (int days = 1; days <= 800; days++) {
            Deadlines next = Deadlines.of(Duration.ofDays(days));
            assertThat(next.start()).isGreaterThan(before.start());
            assertThat(next.start().plus(next.spread())).isLessThan(next.warn());
            assertThat(next.warn()).isGreaterThan(before.warn()).isLessThan(next.page());
            assertThat(next.page()).isGreaterThan(before.page()).isLessThan(next.hard());
            assertThat(next.hard()).isEqualTo(Duration.ofDays(days));
            before = next;
        }
        assertDays(15, 10, 0.5, 12, 14);
        assertDays(360, 270, 10, 310, 340);
    }

    @Test
    void maximumAge_notAboveZero_isRefused() {
        assertThatThrownBy(() -> Deadlines.of(Duration.ZERO)).isInstanceOf(IllegalArgumentException.class);
    }

    private static void assertDays(int maxAge, int start, double spread, int warn, int page) {
        assertThat(Deadlines.of(Duration.ofDays(maxAge)))
                .isEqualTo(new Deadlines(
                        Duration.ofDays(start),
                        Duration.ofHours(Math.round(24 * spread)),
                        Duration.ofDays(warn),
                        Duration.ofDays(page),
                        Duration.ofDays(maxAge)));
    }
}
