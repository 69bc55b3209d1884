package dev.slipring.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipring.Slipring;
import dev.slipring.contract.ForeignSecretContract;
import dev.slipring.keyring.Keyring;
import dev.slipring.keyring.RotatingSecret;
import dev.slipring.keyring.RotatingSecret.Subscription;
import dev.slipring.keyring.SecretValue;
import dev.slipring.keyring.TimingParameter;
import dev.slipring.keyring.VersionState;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class FollowedSecretSourceTest extends ForeignSecretContract {
    private final Outside outside = new Outside();

    /** The other side, in memory. */
    private static final class Outside implements ForeignSecret {
        private final List<SecretValue> released = new CopyOnWriteArrayList<>();
        private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
        private volatile Optional<Sighting> shown = Optional.empty();
        private volatile int looks;
        private volatile boolean closed;

        @Override
        public Sighting look() {
            looks++;
            Sighting seen = shown.orElseThrow(() -> new StoreUnavailableException("out", null));
            Sighting copy = Sighting.of(seen.current().copy());
            copy = seen.before().map(SecretValue::copy).map(copy::before).orElse(copy);
            copy = seen.next().map(SecretValue::copy).map(copy::next).orElse(copy);
            return seen.validFor().map(copy::validFor).orElse(copy);
        }

        @Override
        public void released(SecretValue value) {
            released.add(value.copy());
        }

        @Override
        public Subscription onChange(Runnable changed) {
            listeners.add(changed);
            return () -> listeners.remove(changed);
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    @Override
    protected ForeignSecret foreign() {
        return outside;
    }

    @Override
    protected void rotate(SecretValue value) {
        show(Sighting.of(value));
    }

    @Override
    protected void outage(boolean out) {
        outside.shown = out ? Optional.empty() : Optional.of(Sighting.of(value("first")));
    }

    private void show(Sighting sighting) {
        outside.shown = Optional.of(sighting);
    }

    @Test
    void read_looksOnce_andValuesNotAtAll() throws Exception {
        SecretSource source = holding(value("first"));
        assertThat(outside.looks).isZero();
        source.read(NAME);
        source.value(NAME, 1);
        source.value(NAME, 2);
        assertThat(outside.looks).isEqualTo(1);
    }

    @Test
    void valueBefore_toldForEver_retiresOnce() throws Exception {
        SecretSource source = holding(value("unused"));
        show(Sighting.of(value("b")).before(value("a")));
        try (RotatingSecret secret = reader(source)) {
            assertThat(secret.primary().value()).isEqualTo(value("b"));
            assertThat(secret.keyring().accepted(1).orElseThrow().value()).isEqualTo(value("a"));
            scheduler.advance(TIMING.get(TimingParameter.OVERLAP).multipliedBy(3));
            assertThat(secret.keyring().accepted()).hasSize(1);
            assertThat(secret.primary().number()).isEqualTo(2);
            show(Sighting.of(value("c")).before(value("b")));
            assertThat(secret.refresh().primary().number()).isEqualTo(3);
            assertThat(secret.keyring().versions()).hasSize(3);
        }
    }

    @Test
    void valueAnnounced_isPublished_thenPrimaryUnderTheSameNumber() throws Exception {
        SecretSource source = holding(value("a"));
        try (RotatingSecret secret = reader(source)) {
            show(Sighting.of(value("a")).next(value("b")));
            assertThat(state(secret.refresh(), 2)).isEqualTo(VersionState.PUBLISHED);
            assertThat(secret.primary().number()).isEqualTo(1);
            show(Sighting.of(value("b")).before(value("a")));
            assertThat(secret.refresh().primary().number()).isEqualTo(2);
            assertThat(state(secret.keyring(), 1)).isEqualTo(VersionState.RETIRING);
        }
    }

    @Test
    void valueAnnounced_thenWithdrawn_isAcceptedForTheOverlapAlone() throws Exception {
        SecretSource source = holding(value("a"));
        try (RotatingSecret secret = reader(source)) {
            show(Sighting.of(value("a")).next(value("b")));
            secret.refresh();
            show(Sighting.of(value("a")).next(value("c")));
            assertThat(state(secret.refresh(), 2)).isEqualTo(VersionState.RETIRING);
            assertThat(state(secret.keyring(), 3)).isEqualTo(VersionState.PUBLISHED);
            show(Sighting.of(value("a")));
            assertThat(state(secret.refresh(), 3)).isEqualTo(VersionState.RETIRING);
            scheduler.advance(TIMING.get(TimingParameter.OVERLAP).plusMinutes(2));
            assertThat(secret.keyring().accepted()).hasSize(1);
            assertThat(secret.primary().number()).isEqualTo(1);
        }
    }

    @Test
    void validity_overBeforeTheOverlap_endsTheVersionThatWasReplaced() throws Exception {
        SecretSource source = holding(value("unused"));
        show(Sighting.of(value("a")).validFor(Duration.ofMinutes(10)));
        try (RotatingSecret secret = reader(source)) {
            show(Sighting.of(value("b")).validFor(Duration.ofDays(9)));
            assertThat(secret.refresh().accepted()).hasSize(2);
            clock.advance(Duration.ofMinutes(10));
            assertThat(secret.refresh().accepted()).hasSize(1);
            assertThat(outside.released).isEmpty();
            clock.advance(TIMING.get(TimingParameter.ADOPTION));
            secret.refresh();
            secret.refresh();
            assertThat(outside.released).containsExactly(value("a"));
            assertThat(source.value(NAME, 1)).isEmpty();
        }
    }

    @Test
    void validity_overWhileNothingFollows_leavesThePrimaryVersion() throws Exception {
        SecretSource source = holding(value("unused"));
        show(Sighting.of(value("a")).validFor(Duration.ZERO));
        clock.advance(Duration.ofDays(1));
        assertThat(KeyringReader.of(source, NAME).load(null).primary().value()).isEqualTo(value("a"));
    }

    @Test
    void versionsThatAreOver_areNotKeptForEver() throws Exception {
        SecretSource source = holding(value("v0"));
        for (int i = 1; i <= 100; i++) {
            rotate(value("v" + i));
            source.read(NAME);
            clock.advance(TIMING.get(TimingParameter.OVERLAP).plusHours(1));
        }
        SecretRecord record = source.read(NAME).record().orElseThrow();
        assertThat(record.versions()).hasSizeLessThan(20);
        assertThat(record.nextNumber()).isEqualTo(101);
    }

    @Test
    void changeThatIsTold_isReadAtOnce_andEachOneIsSeen() throws Exception {
        SecretSource source = holding(value("v0"));
        try (Slipring slipring =
                Slipring.reading(source).scheduler(scheduler).ticker(clock).build()) {
            RotatingSecret secret = slipring.reader(NAME.value());
            for (int i = 1; i <= 5; i++) {
                rotate(value("v" + i));
                outside.listeners.forEach(Runnable::run);
                outside.listeners.forEach(Runnable::run);
                int looks = outside.looks;
                scheduler.runDue();
                assertThat(secret.primary().value()).isEqualTo(value("v" + i));
                assertThat(outside.looks).isEqualTo(looks + 1);
            }
        }
        assertThat(outside.listeners).isEmpty();
    }

    @Test
    void close_closesWhatIsFollowed() throws Exception {
        FollowedSecretSource source = (FollowedSecretSource) holding(value("a"));
        source.close();
        source.close();
        assertThat(outside.closed).isTrue();
    }

    @Test
    void builder_ofTheSameSecretTwice_isRefused() {
        assertThatThrownBy(() -> FollowedSecretSource.builder()
                        .secret(NAME, outside, TIMING)
                        .secret(NAME, outside, TIMING))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("app-db");
    }

    private static VersionState state(Keyring keyring, int number) {
        return keyring.accepted(number).orElseThrow().version().state();
    }
}
