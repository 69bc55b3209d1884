package dev.slipring.contract;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipring.keyring.Keyring;
import dev.slipring.keyring.RotatingSecret;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretValue;
import dev.slipring.keyring.Timing;
import dev.slipring.keyring.VersionState;
import dev.slipring.rotation.RotationPolicy;
import dev.slipring.store.KeyringReader;
import dev.slipring.store.Reading;
import dev.slipring.store.SecretRecord;
import dev.slipring.store.SecretSource;
import dev.slipring.store.UnusableRecordException;
import dev.slipring.testing.ManualClock;
import dev.slipring.testing.ManualScheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** What everything that is read has in common, whoever writes it. */
public abstract class SourceContract {
    protected static final SecretName NAME = SecretName.of("app-db");
    protected static final Timing TIMING =
            RotationPolicy.logins(Duration.ofDays(30)).timing();
    protected static final int THREADS = 16;
    private static final String FIRST = "k7Qm2ZpX9vRtL4sWc8NdYb3HfJg6TuEa";

    protected final ManualClock clock = ManualClock.at("2030-01-01T00:00:00Z");
    protected final ManualScheduler scheduler = ManualScheduler.on(clock);

    /** A source by {@link #clock} in which the one secret {@link #NAME} has this value and no other. */
    protected abstract SecretSource holding(SecretValue value) throws Exception;

    /** The longest value that this source has room for, in bytes. */
    protected int longestValue() {
        return SecretValue.MAX_LENGTH;
    }

    @Test
    void read_ofAnUnknownSecret_isEmpty() throws Exception {
        SecretSource source = holding(value(FIRST));
        List<String> names = List.of("other", "app-d", "app-db2", "a..b", "con", "0", "x".repeat(64), "app-db.json");
        for (String each : names) {
            SecretName name = SecretName.of(each);
            assertThat(source.read(name).record()).isEmpty();
            assertThat(source.value(name, 1)).isEmpty();
            assertThatThrownBy(() -> KeyringReader.of(source, name).load(null))
                    .isInstanceOf(UnusableRecordException.class)
                    .hasMessageContaining(each);
        }
    }

    @Test
    void read_ofOneValue_isItsPrimaryVersionAlone() throws Exception {
        SecretSource source = holding(value(FIRST));
        SecretRecord record = source.read(NAME).record().orElseThrow();
        assertThat(record.secret()).isEqualTo(NAME);
        assertThat(record.versions()).hasSize(1);
        int number = record.versions().get(0).number();
        assertThat(record.version(number).orElseThrow().state()).isEqualTo(VersionState.PRIMARY);
        assertThat(source.value(NAME, number)).contains(value(FIRST));
        assertThat(source.value(NAME, number + 1)).isEmpty();
        assertThat(record.toString() + source).doesNotContain(FIRST);
    }

    @Test
    void read_repeated_changesNothing() throws Exception {
        SecretSource source = holding(value(FIRST));
        Reading first = source.read(NAME);
        for (int i = 0; i < 100; i++) {
            clock.advance(Duration.ofHours(1));
            Reading again = source.read(NAME);
            assertThat(again.record()).isEqualTo(first.record());
            assertThat(again.storeNow()).isAfter(first.storeNow());
        }
    }

    @Test
    void value_wipedByTheReader_isStillThere() throws Exception {
        SecretSource source = holding(value(FIRST));
        int number = source.read(NAME).record().orElseThrow().versions().get(0).number();
        source.value(NAME, number).orElseThrow().wipe();
        source.read(NAME);
        assertThat(source.value(NAME, number)).contains(value(FIRST));
    }

    @Test
    void value_ofTheGreatestLength_isReadWhole() throws Exception {
        String large = FIRST.repeat(longestValue() / FIRST.length());
        try (RotatingSecret secret = reader(holding(value(large)))) {
            assertThat(secret.primary().value()).isEqualTo(value(large));
        }
    }

    @Test
    void read_bySixteenThreads_isTheSameForAll() throws Exception {
        SecretSource source = holding(value(FIRST));
        List<Keyring> keyrings = inParallel(() -> KeyringReader.of(source, NAME).load(null));
        assertThat(keyrings).allSatisfy(keyring -> {
            assertThat(keyring.edition()).isEqualTo(keyrings.get(0).edition());
            assertThat(keyring.primary().value()).isEqualTo(value(FIRST));
        });
    }

    @Test
    void view_underAClockThatIsSetBack_neverGoesBack() throws Exception {
        try (RotatingSecret secret = reader(holding(value(FIRST)))) {
            Keyring before = secret.keyring();
            clock.skew(Duration.ofDays(-1));
            Keyring after = secret.refresh();
            assertThat(after.edition()).isEqualTo(before.edition());
            assertThat(after.primary().value()).isEqualTo(value(FIRST));
        }
    }

    protected RotatingSecret reader(SecretSource source) {
        return RotatingSecret.builder(NAME, KeyringReader.of(source, NAME), scheduler)
                .ticker(clock)
                .build();
    }

    protected static SecretValue value(String text) {
        return SecretValue.copyOf(text.getBytes(US_ASCII));
    }

    /** What each of 16 threads answers. */
    protected static <T> List<T> inParallel(Callable<T> task) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(THREADS);
        try {
            List<Future<T>> futures = new ArrayList<>();
            for (int thread = 0; thread < THREADS; thread++) {
                futures.add(pool.submit(task));
            }
            List<T> results = new ArrayList<>();
            for (Future<T> future : futures) {
                results.add(future.get());
            }
            return results;
        } finally {
            pool.shutdownNow();
        }
    }
}
