package dev.slipring.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipring.examples.Timeline.Change;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretVersion;
import dev.slipring.keyring.VersionState;
import dev.slipring.rotation.RotationListener;
import dev.slipring.rotation.RotationPolicy;
import dev.slipring.rotation.Step;
import dev.slipring.store.Phase;
import dev.slipring.store.Rotation;
import dev.slipring.store.SecretRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class TimelineTest {
    private static final SecretRecord CREATED = SecretRecord.first(
            SecretName.of("session"),
            new Rotation(
                    "r1",
                    1,
                    RotationPolicy.sessions(Duration.ofDays(90), Duration.ofHours(12))
                            .timing()),
            version(1).in(VersionState.PRIMARY),
            7);
    private static final SecretRecord BEGUN = CREATED.then(Phase.MINTING).plus(version(2));
    private static final SecretRecord PUBLISHED =
            BEGUN.then(Phase.PUBLISHED).with(2, v -> v.in(VersionState.PUBLISHED));
    private static final SecretRecord PROMOTED = PUBLISHED
            .then(Phase.OVERLAP)
            .with(1, v -> v.in(VersionState.RETIRING))
            .with(2, v -> v.in(VersionState.PRIMARY));
    private static final SecretRecord PARKED = PROMOTED.then(Phase.IDLE);

    private final AtomicLong nanos = new AtomicLong();
    private final List<String> news = new ArrayList<>();
    private final Timeline timeline = new Timeline(new RunClock(nanos::get), news::add);
    private final RotationListener first = timeline.listener("replica 1");
    private final RotationListener second = timeline.listener("replica 2");

    @Test
    void rotation_asTold_isFollowedFromPhaseToPhase() {
        first.onTransition(new Step.Create(CREATED), Optional.empty(), CREATED);
        assertThat(timeline.rotating()).isFalse();

        first.onTransition(new Step.Begin(BEGUN), Optional.of(CREATED), BEGUN);
        assertThat(timeline.rotating("session")).isTrue();
        second.onTransition(new Step.Publish(PUBLISHED), Optional.of(BEGUN), PUBLISHED);
        second.onTransition(new Step.Promote(PROMOTED), Optional.of(PUBLISHED), PROMOTED);
        assertThat(timeline.completed("session")).isZero();
        assertThat(timeline.primary("session")).isEqualTo(2);
        assertThat(timeline.has("session", VersionState.RETIRING)).isTrue();

        first.onTransition(new Step.Park(PARKED), Optional.of(PROMOTED), PARKED);
        assertThat(timeline.completed("session")).isEqualTo(1);
        assertThat(timeline.rotating()).isFalse();
        assertThat(news).anyMatch(line -> line.contains("v2 PRIMARY") && line.contains("replica 2"));
    }

    @Test
    void writes_toldInTheOtherOrder_areOrderedByEpoch() {
        first.onTransition(new Step.Create(CREATED), Optional.empty(), CREATED);
        nanos.set(5_000_000);
        first.onTransition(new Step.Park(PARKED), Optional.of(PROMOTED), PARKED);
        second.onTransition(new Step.Promote(PROMOTED), Optional.of(PUBLISHED), PROMOTED);
        nanos.set(9_000_000);
        second.onTransition(new Step.Publish(PUBLISHED), Optional.of(BEGUN), PUBLISHED);

        assertThat(timeline.rotating()).isFalse();
        assertThat(timeline.changes())
                .containsExactly(
                        new Change("session", 1, VersionState.PRIMARY, 0, "replica 1", 1),
                        new Change("session", 2, VersionState.PUBLISHED, 5, "replica 2", 3),
                        new Change("session", 1, VersionState.RETIRING, 5, "replica 2", 4),
                        new Change("session", 2, VersionState.PRIMARY, 5, "replica 2", 4));
    }

    @Test
    void succession_isToldWithTheVersionBefore() {
        List<String> told = new ArrayList<>();
        timeline.onSuccession(
                (change, old) -> told.add(old.number() + " to " + change.version() + " " + change.state()));

        first.onTransition(new Step.Create(CREATED), Optional.empty(), CREATED);
        first.onTransition(new Step.Publish(PUBLISHED), Optional.of(BEGUN), PUBLISHED);
        first.onTransition(new Step.Promote(PROMOTED), Optional.of(PUBLISHED), PROMOTED);

        assertThat(told).containsExactly("1 to 2 PUBLISHED", "1 to 2 PRIMARY");
    }

    @Test
    void alert_isToldOnce() {
        first.onAlert(SecretName.of("session"), "something waits");
        second.onAlert(SecretName.of("session"), "something waits");

        assertThat(news).containsExactly("alert: session: something waits");
    }

    private static SecretVersion version(int number) {
        return SecretVersion.staged(number, new SecretVersion.Origin("r" + number, number, 1), Optional.empty());
    }
}
