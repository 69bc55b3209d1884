package dev.slipring.rotation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipring.keyring.SecretName;
import dev.slipring.store.SecretRecord;
import dev.slipring.testing.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AnnouncerTest {
    private static final Duration DAILY = Duration.ofDays(1);

    private final ManualClock clock = ManualClock.at("2030-01-01T00:00:00Z");
    private final List<String> told = new ArrayList<>();
    private final List<List<String>> standing = new ArrayList<>();
    private final Announcer announcer = new Announcer(SecretName.of("session"), List.of(new Listener()), clock);

    @Test
    void alert_isToldOnceInItsInterval_andStandsUntilAPassEndsWithoutIt() {
        pass(List.of(alert("one")));
        clock.advance(DAILY.minusSeconds(1));
        pass(List.of(alert("one"), alert("two")));
        assertThat(told).containsExactly("one", "two");
        clock.advance(Duration.ofSeconds(1));
        pass(List.of(alert("one"), alert("one")));
        assertThat(told).containsExactly("one", "two", "one");
        pass(List.of());
        assertThat(standing).containsExactly(List.of("one"), List.of("one", "two"), List.of("one"), List.of());
    }

    @Test
    void conflicts_moreThanFiveInAMinute_areAnAlert_untilAMinuteHasFewer() {
        for (int i = 0; i < 5; i++) {
            lose();
        }
        pass(List.of());
        assertThat(told).isEmpty();
        clock.advance(Duration.ofSeconds(60));
        lose();
        pass(List.of());
        assertThat(told).singleElement().asString().contains("more than 5 times in a minute");
        clock.advance(Duration.ofSeconds(1));
        pass(List.of());
        assertThat(standing.get(standing.size() - 1)).isEmpty();
        for (int i = 0; i < 30; i++) {
            clock.advance(Duration.ofSeconds(13)); // five in a minute, for as long as it may be
            lose();
            pass(List.of());
            assertThat(standing.get(standing.size() - 1)).isEmpty();
        }
    }

    private void pass(List<Step.Alert> alerts) {
        standing.add(announcer.standing(alerts));
    }

    private void lose() {
        Step step = new Step.Mint(new Issuance(SecretName.of("session"), 1, Optional.empty(), "id", 1, 1));
        announcer.tried(step, StepOutcome.LOST, null, clock.nanos());
    }

    private static Step.Alert alert(String why) {
        return new Step.Alert(Instant.EPOCH, why, DAILY);
    }

    private final class Listener implements RotationListener {
        @Override
        public void onTransition(Step.Write step, Optional<SecretRecord> before, SecretRecord after) {}

        @Override
        public void onAlert(SecretName secret, String why) {
            told.add(why);
        }
    }
}
