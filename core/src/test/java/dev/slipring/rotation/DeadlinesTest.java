package dev.slipring.rotation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class DeadlinesTest {
    @Test
    void deadlines_ofTheProceduresAges_areThoseOfItsTable() {
        assertDays(30, 24, 28);
        assertDays(60, 50, 56);
        assertDays(90, 76, 83);
        assertDays(180, 155, 170);
    }

    @Test
    void deadlines_ofOtherAges_growWithThem_andStayInOrder() {
        Deadlines before = Deadlines.of(Duration.ofHours(1));
        for (int days = 1; days <= 800; days++) {
            Deadlines next = Deadlines.of(Duration.ofDays(days));
            assertThat(next.warn()).isGreaterThan(before.warn()).isLessThan(next.page());
            assertThat(next.page()).isGreaterThan(before.page()).isLessThan(next.hard());
            assertThat(next.hard()).isEqualTo(Duration.ofDays(days));
            before = next;
        }
        assertDays(15, 12, 14);
        assertDays(360, 310, 340);
    }

    @Test
    void maximumAge_notAboveZero_isRefused() {
        assertThatThrownBy(() -> Deadlines.of(Duration.ZERO)).isInstanceOf(IllegalArgumentException.class);
    }

    private static void assertDays(int maxAge, int warn, int page) {
        assertThat(Deadlines.of(Duration.ofDays(maxAge)))
                .isEqualTo(new Deadlines(Duration.ofDays(warn), Duration.ofDays(page), Duration.ofDays(maxAge)));
    }
}
