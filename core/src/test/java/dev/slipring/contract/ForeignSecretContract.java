package dev.slipring.contract;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipring.keyring.Keyring;
import dev.slipring.keyring.RotatingSecret;
import dev.slipring.keyring.SecretValue;
import dev.slipring.keyring.TimingParameter;
import dev.slipring.keyring.UsableVersion;
import dev.slipring.keyring.VersionState;
import dev.slipring.store.FollowedSecretSource;
import dev.slipring.store.ForeignSecret;
import dev.slipring.store.KeyringReader;
import dev.slipring.store.SecretSource;
import dev.slipring.store.StoreUnavailableException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What every secret that is followed does while something else rotates it. */
public abstract class ForeignSecretContract extends SourceContract {
    private static final Duration OVERLAP = TIMING.get(TimingParameter.OVERLAP);
    private static final Duration REFRESH = TIMING.get(TimingParameter.REFRESH);

    private final AtomicReference<FollowedSecretSource> opened = new AtomicReference<>();

    /** The secret, of which {@link #rotate} tells what is to be seen. */
    protected abstract ForeignSecret foreign() throws Exception;

    /** What the other side does: from now on this value is in force. May be called while others look. */
    protected abstract void rotate(SecretValue value) throws Exception;

    /** Takes the secret out of sight, or brings it back. */
    protected abstract void outage(boolean out) throws Exception;

    @Override
    protected SecretSource holding(SecretValue value) throws Exception {
        rotate(value);
        FollowedSecretSource source = FollowedSecretSource.builder()
                .secret(NAME, foreign(), TIMING)
                .clock(clock)
                .ticker(clock)
                .build();
        opened.set(source);
        return source;
    }

    @AfterEach
    void closeSource() {
        FollowedSecretSource source = opened.get();
        if (source != null) {
            source.close();
        }
    }

    @Test
    void valueOfAnotherRotation_isPrimaryWithinOneRefresh_andTheOldOneLeavesAfterTheOverlap() throws Exception {
        try (RotatingSecret secret = reader(holding(value("first")))) {
            rotate(value("second"));
            scheduler.advance(REFRESH);
            assertThat(secret.primary().number()).isEqualTo(2);
            assertThat(secret.primary().value()).isEqualTo(value("second"));
            UsableVersion old = secret.keyring().accepted(1).orElseThrow();
            assertThat(old.version().state()).isEqualTo(VersionState.RETIRING);
            assertThat(old.value()).isEqualTo(value("first"));

            scheduler.advance(OVERLAP.minus(REFRESH));
            assertThat(secret.keyring().accepted()).hasSize(2);
            scheduler.advance(REFRESH.multipliedBy(2));
            assertThat(secret.keyring().accepted()).hasSize(1);
            assertThat(secret.stale()).isFalse();
        }
    }

    @Test
    void valueThatComesBackInTheOverlap_isPrimaryUnderItsNumber() throws Exception {
        SecretSource source = holding(value("first"));
        try (RotatingSecret secret = reader(source)) {
            rotate(value("second"));
            long epoch = secret.refresh().edition().epoch();
            rotate(value("first"));
            Keyring after = secret.refresh();
            assertThat(after.primary().number()).isEqualTo(1);
            assertThat(after.primary().value()).isEqualTo(value("first"));
            assertThat(after.edition().epoch()).isGreaterThan(epoch);
            assertThat(after.accepted(2)).isPresent();
            scheduler.advance(OVERLAP.plus(REFRESH));
            rotate(value("second"));
            assertThat(secret.refresh().primary().number()).isEqualTo(3);
        }
    }

    @Test
    void outage_isTold_andTheLastGoodKeyringStaysInUse() throws Exception {
        SecretSource source = holding(value("first"));
        try (RotatingSecret secret = reader(source)) {
            Keyring before = secret.keyring();
            outage(true);
            assertThatThrownBy(() -> source.read(NAME)).isInstanceOf(StoreUnavailableException.class);
            scheduler.advance(TIMING.get(TimingParameter.STALENESS).plus(REFRESH));
            assertThat(secret.stale()).isTrue();
            assertThat(secret.keyring()).isSameAs(before);
            assertThat(secret.primary().value()).isEqualTo(value("first"));
            outage(false);
            rotate(value("second"));
            scheduler.advance(REFRESH);
            assertThat(secret.stale()).isFalse();
            assertThat(secret.primary().value()).isEqualTo(value("second"));
        }
    }

    @Test
    void sixteenReaders_whileItRotates_seeWholeValuesAndGrowingEpochs() throws Exception {
        SecretSource source = holding(pair(0));
        AtomicBoolean ended = new AtomicBoolean();
        Thread outside = new Thread(() -> {
            try {
                for (int i = 1; i <= 200; i++) {
                    rotate(pair(i));
                }
            } catch (Exception e) {
                throw new AssertionError(e);
            } finally {
                ended.set(true);
            }
        });
        outside.start();
        inParallel(() -> {
            KeyringReader reader = KeyringReader.of(source, NAME);
            Keyring seen = reader.load(null);
            while (!ended.get()) {
                Keyring next;
                try {
                    next = reader.load(seen);
                } catch (StoreUnavailableException e) {
                    continue; // it changed whenever it was read
                }
                assertThat(next.edition()).isGreaterThanOrEqualTo(seen.edition());
                assertWhole(next.primary().value());
                seen = next;
            }
            return seen;
        });
        outside.join();
        assertThat(KeyringReader.of(source, NAME).load(null).primary().value()).isEqualTo(pair(200));
    }

    @Test
    void close_endsReading() throws Exception {
        SecretSource source = holding(value("first"));
        source.read(NAME);
        closeSource();
        assertThatThrownBy(() -> source.read(NAME))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining("closed");
        assertThat(source.value(NAME, 1)).isEmpty();
    }

    /** Two halves that belong together. */
    protected static SecretValue pair(int number) {
        return value("user-" + number + ":password-" + number);
    }

    private static void assertWhole(SecretValue value) {
        String text = value.reveal(bytes -> new String(bytes, US_ASCII));
        String number = text.substring("user-".length(), text.indexOf(':'));
        assertThat(text).isEqualTo("user-" + number + ":password-" + number);
    }
}
