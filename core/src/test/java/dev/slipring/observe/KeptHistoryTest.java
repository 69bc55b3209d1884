package dev.slipring.observe;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipring.keyring.SecretName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeptHistoryTest {
    private static final SecretName SECRET = SecretName.of("stripe-key");
    private static final long HOUR = Duration.ofHours(1).toNanos();

    @TempDir
    Path parent;

    @Test
    void history_printedAndParsed_isTheSameToAThousandth() {
        UseHistory history = learned(7);

        UseHistory parsed = UseHistoryFormat.parse(SECRET, UseHistoryFormat.print(SECRET, history));

        for (int i = 0; i < Habits.HOURS; i++) {
            Habits.Hour hour = history.habits.hours().get(i);
            assertThat(parsed.habits.hours().get(i).weeks()).isEqualTo(hour.weeks());
            assertThat(parsed.habits.hours().get(i).mean()).isBetween(hour.mean() - 0.001, hour.mean() + 0.001);
        }
        assertThat(parsed.baselines).containsOnlyKeys(history.baselines.keySet());
        history.baselines.forEach((kind, baseline) -> {
            assertThat(parsed.baseline(kind).learned()).isEqualTo(baseline.learned());
            assertThat(parsed.baseline(kind).mean()).isBetween(baseline.mean() - 0.001, baseline.mean() + 0.001);
            assertThat(parsed.baseline(kind).variance())
                    .isBetween(baseline.variance() - 0.001, baseline.variance() + 0.001);
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "{}",
                "{\"format\":2,\"secret\":\"stripe-key\",\"hours\":[],\"baselines\":{}}",
                "{\"format\":1,\"secret\":\"other\",\"hours\":[],\"baselines\":{}}",
                "{\"format\":1,\"secret\":\"stripe-key\",\"hours\":[[1,2]],\"baselines\":{}}",
                "{\"format\":1,\"secret\":\"stripe-key\",\"hours\":[[-1,2]],\"baselines\":{}}",
                "{\"format\":1,\"secret\":\"stripe-key\",\"hours\":[[1,\"2\"]],\"baselines\":{}}",
                "{\"format\":1,\"secret\":\"stripe-key\",\"hours\":7,\"baselines\":{}}"
            })
    void garbage_isRefusedWithTheReason(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> UseHistoryFormat.parse(SECRET, text.getBytes(UTF_8)))
                .withMessageStartingWith("it");
    }

    @Test
    void historyWithAnUnknownKind_isRead() {
        String text = new String(UseHistoryFormat.print(SECRET, learned(1)), UTF_8)
                .replace("\"baselines\":{", "\"baselines\":{\"LATER\":[],");
        assertThat(UseHistoryFormat.parse(SECRET, text.getBytes(UTF_8)).baselines)
                .hasSize(3);
    }

    @Test
    void history_isLoadedAtTheFirstTurn_andSavedEachHourAndAtTheEnd() {
        Memory store = new Memory();
        store.save(SECRET, UseHistoryFormat.print(SECRET, learned(3)));
        KeptHistory kept = new KeptHistory(SECRET, store);

        UseHistory resumed = kept.turn(UseHistory.NONE, 5);

        assertThat(resumed.baselines).hasSize(3);
        assertThat(kept.turn(resumed, 5 + HOUR - 1)).isSameAs(resumed);
        assertThat(store.saved).isEqualTo(1);
        kept.turn(resumed, 5 + HOUR);
        kept.turn(resumed, 6 + HOUR);
        assertThat(store.saved).isEqualTo(2);
        kept.end(resumed);
        assertThat(store.saved).isEqualTo(3);
    }

    @Test
    void historyThatCannotBeRead_isTriedAgainAnHourLater_andNeverReplaced() {
        Memory store = new Memory();
        byte[] garbage = "garbage".getBytes(UTF_8);
        store.save(SECRET, garbage);
        KeptHistory kept = new KeptHistory(SECRET, store);

        assertThat(kept.turn(UseHistory.NONE, 0)).isSameAs(UseHistory.NONE);
        kept.turn(UseHistory.NONE, HOUR);
        kept.end(UseHistory.NONE);
        assertThat(store.load(SECRET)).contains(garbage);

        store.save(SECRET, UseHistoryFormat.print(SECRET, learned(3)));
        assertThat(kept.turn(UseHistory.NONE, 2 * HOUR).baselines).hasSize(3);
    }

    @Test
    void storeThatFailsToSave_keepsWhatIsKnown() {
        Memory store = new Memory();
        KeptHistory kept = new KeptHistory(SECRET, store);
        UseHistory history = kept.turn(UseHistory.NONE, 0);
        store.failing = true;

        assertThat(kept.turn(history, HOUR)).isSameAs(history);
        kept.end(history);

        assertThat(store.load(SECRET)).isEmpty();
    }

    @Test
    void files_areReplacedAsAWhole_forTheirOwnerOnly_andOneForEachSecret() throws IOException {
        Path directory = parent.resolve("uses");
        UseHistoryStore store = UseHistoryStore.in(directory);
        assertThat(store.load(SECRET)).isEmpty();

        store.save(SECRET, new byte[] {1});
        store.save(SECRET, new byte[] {2});
        store.save(SecretName.of("other"), new byte[] {3});

        assertThat(UseHistoryStore.in(directory).load(SECRET)).contains(new byte[] {2});
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("stripe-key.use.json", "other.use.json");
        }
        if (directory.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            assertThat(PosixFilePermissions.toString(
                            Files.getPosixFilePermissions(directory.resolve("stripe-key.use.json"))))
                    .isEqualTo("rw-------");
        }
    }

    @Test
    void filesThatCannotBeUsed_areToldByName() throws IOException {
        Path file = Files.createFile(parent.resolve("file"));
        UseHistoryStore store = UseHistoryStore.in(file);
        assertThatThrownBy(() -> store.save(SECRET, new byte[1]))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("stripe-key.use.json cannot be written");
        Files.write(parent.resolve("stripe-key.use.json"), new byte[64 * 1024 + 1]);
        assertThatThrownBy(() -> UseHistoryStore.in(parent).load(SECRET))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("stripe-key.use.json cannot be read");
    }

    private static UseHistory learned(long seed) {
        Random random = new Random(seed);
        Habits habits = Habits.NONE;
        Baseline baseline = Baseline.NONE;
        for (int hour = 0; hour < 500; hour++) {
            habits = habits.learn(hour % Habits.HOURS, random.nextInt(1_000_000));
            baseline = baseline.learn(random.nextInt(50));
        }
        Map<Anomaly.Kind, Baseline> baselines = new EnumMap<>(Anomaly.Kind.class);
        baselines.put(Anomaly.Kind.BAD_SIGNATURES, baseline);
        baselines.put(Anomaly.Kind.UNKNOWN_KEYS, baseline.learn(3));
        baselines.put(Anomaly.Kind.FAILED_LOGINS, Baseline.NONE);
        return new UseHistory(null, baselines, habits, UseHistory.Hourly.NONE);
    }

    private static final class Memory implements UseHistoryStore {
        private final Map<SecretName, byte[]> histories = new HashMap<>();
        private int saved;
        private boolean failing;

        @Override
        public Optional<byte[]> load(SecretName secret) {
            return Optional.ofNullable(histories.get(secret));
        }

        @Override
        public void save(SecretName secret, byte[] history) {
            if (failing) {
                throw new IllegalStateException("no room left");
            }
            histories.put(secret, history);
            saved++;
        }
    }
}
