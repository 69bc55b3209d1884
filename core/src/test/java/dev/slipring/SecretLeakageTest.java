package dev.slipring;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.slipring.keyring.Keyring;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretValue;
import dev.slipring.keyring.SecretVersion;
import dev.slipring.keyring.UsableVersion;
import dev.slipring.keyring.VersionState;
import dev.slipring.store.FileSecretStore;
import dev.slipring.store.InMemorySecretStore;
import dev.slipring.store.KeyringReader;
import dev.slipring.store.SecretRecord;
import dev.slipring.store.SecretRecordFormat;
import dev.slipring.store.SecretStore;
import dev.slipring.store.WriteWindow;
import dev.slipring.testing.FakeSecret;
import dev.slipring.testing.FaultInjectingStore;
import dev.slipring.testing.ManualClock;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nothing that ends up in a log shows the bytes of a value, in any spelling. */
class SecretLeakageTest {
    private static final byte[] VALUE = "hunter2-\u00ff\u00fe-correct-horse".getBytes(ISO_8859_1);
    private static final SecretName NAME = SecretName.of("orders.login");

    @TempDir
    Path temp;

    private final ManualClock clock = ManualClock.at("2030-01-01T00:00:00Z");
    private final FakeSecret secret = FakeSecret.create(NAME.value(), clock, VALUE);

    @AfterEach
    void close() {
        secret.close();
    }

    @Test
    void stringForms_ofEverything_showNoValue() {
        SecretValue value = SecretValue.copyOf(VALUE);
        Keyring ring = secret.rotating().keyring();
        InMemorySecretStore memory = InMemorySecretStore.create(clock);
        SecretRecord record = fill(memory);
        SecretStore file = FileSecretStore.in(temp.resolve("store"), clock);
        fill(file);
        Slipring slipring = Slipring.builder(memory)
                .scheduler(secret.scheduler())
                .ticker(clock)
                .build();
        List<Object> printed = List.of(
                value,
                Optional.of(value),
                Map.of(1, value),
                ring,
                ring.primary(),
                ring.accepted(),
                ring.versions(),
                ring.edition(),
                secret,
                secret.rotating(),
                record,
                SecretRecordFormat.print(record),
                memory,
                memory.read(NAME),
                memory.value(NAME, 1),
                file,
                file.read(NAME),
                file.value(NAME, 1),
                KeyringReader.of(memory, NAME).load(null),
                FaultInjectingStore.around(memory, clock),
                WriteWindow.open(clock, Duration.ofSeconds(1)),
                slipring,
                slipring.reader(NAME.value()));
        for (Object each : printed) {
            assertHarmless(each.toString());
        }
        slipring.close();
    }

    @Test
    void filesOfTheStore_otherThanTheValues_showNoValue() throws IOException {
        Path root = temp.resolve("store");
        fill(FileSecretStore.in(root, clock));
        try (var files = Files.walk(root)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                assertHarmless(file.toString());
                if (!file.getParent().endsWith("value")) {
                    assertHarmless(Files.readString(file, ISO_8859_1));
                }
            }
        }
    }

    @Test
    void failures_ofEveryKind_showNoValue() throws IOException {
        SecretValue value = SecretValue.copyOf(VALUE);
        SecretVersion primary = secret.rotating().primary().version();
        InMemorySecretStore memory = InMemorySecretStore.create(clock);
        SecretRecord record = fill(memory);
        FaultInjectingStore faulty = FaultInjectingStore.around(memory, clock);
        faulty.down(true);
        Path root = temp.resolve("store");
        FileSecretStore file = FileSecretStore.in(root, clock);
        fill(file);
        Path stored = root.resolve(NAME.value()).resolve("value/1");
        Path epoch = root.resolve(NAME.value()).resolve("record/0000000000000001.json");
        String text = Files.readString(epoch);
        List<Throwable> thrown = new ArrayList<>();

        thrown.add(catchThrowable(() -> value.reveal(bytes -> {
            throw new IllegalStateException("use failed");
        })));
        thrown.add(catchThrowable(() -> Keyring.of(
                NAME, record.edition(), clock.instant(), List.of(primary.in(VersionState.REVOKED)), Map.of(1, value))));
        thrown.add(catchThrowable(
                () -> Keyring.of(NAME, record.edition(), clock.instant(), List.of(primary), Map.of(2, value))));
        thrown.add(catchThrowable(() -> faulty.putValueIfAbsent(NAME, 2, value)));
        faulty.down(false);
        faulty.loseReplies(1);
        thrown.add(catchThrowable(() -> faulty.putValueIfAbsent(NAME, 2, value)));
        Files.write(stored, Arrays.copyOf(VALUE, SecretValue.MAX_LENGTH + 1));
        thrown.add(catchThrowable(() -> file.value(NAME, 1)));
        // a value that somebody put where a record belongs
        Files.write(epoch, VALUE);
        thrown.add(catchThrowable(() -> file.read(NAME)));
        Files.write(epoch, ("{\"" + new String(VALUE, ISO_8859_1)).getBytes(UTF_8));
        thrown.add(catchThrowable(() -> file.read(NAME)));
        Files.writeString(epoch, text.replace("\"IDLE\"", "\"" + new String(VALUE, ISO_8859_1) + "\""));
        thrown.add(catchThrowable(() -> file.read(NAME)));
        Files.writeString(epoch, text.replace("\"PT20M\"", "\"" + new String(VALUE, ISO_8859_1) + "\""));
        thrown.add(catchThrowable(() -> file.read(NAME)));
        value.wipe();
        thrown.add(catchThrowable(value::copyBytes));
        secret.rotating().close();
        thrown.add(catchThrowable(() -> secret.rotating().refresh()));
        for (int i = 0; i < thrown.size(); i++) {
            assertThat(thrown.get(i)).as("failure %s", i).isNotNull();
            StringWriter all = new StringWriter();
            thrown.get(i).printStackTrace(new PrintWriter(all));
            assertHarmless(all.toString());
        }
    }

    @Test
    void usableVersion_isNoRecord_soThatNothingPrintsItsComponents() {
        assertThat(UsableVersion.class.isRecord()).isFalse();
        assertThat(SecretValue.class.isRecord()).isFalse();
        assertThat(SecretValue.class).isFinal();
    }

    @Test
    void check_ofThisTest_findsEverySpelling() {
        for (String spelling : spellings()) {
            assertThat(catchThrowable(() -> assertHarmless("x" + spelling + "y")))
                    .isInstanceOf(AssertionError.class);
        }
    }

    private SecretRecord fill(SecretStore store) {
        SecretVersion primary = secret.rotating().primary().version().valued("0123456789abcdef", Map.of("user", "app"));
        SecretRecord record =
                SecretRecord.first(NAME, new dev.slipring.store.Rotation("r1", 1, FakeSecret.timing()), primary, 1);
        store.putValueIfAbsent(NAME, 1, SecretValue.copyOf(VALUE));
        assertThat(store.compareAndSet(record, WriteWindow.open(clock, Duration.ofSeconds(5))))
                .isTrue();
        return record;
    }

    private static void assertHarmless(String text) {
        assertThat(text.toLowerCase(Locale.ROOT))
                .doesNotContain(spellings().stream()
                        .map(s -> s.toLowerCase(Locale.ROOT))
                        .toArray(String[]::new));
    }

    /** Enough of the value to be recognised, in the usual spellings. */
    private static List<String> spellings() {
        byte[] part = Arrays.copyOf(VALUE, 6);
        return List.of(
                "hunter2",
                "correct-horse",
                HexFormat.of().formatHex(part),
                HexFormat.ofDelimiter(":").formatHex(part),
                Base64.getEncoder().withoutPadding().encodeToString(part),
                Base64.getUrlEncoder().withoutPadding().encodeToString(part),
                Arrays.toString(part).replaceAll("[\\[\\]]", ""));
    }
}
