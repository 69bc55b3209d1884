package dev.slipring.observe.inventory;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipring.json.JsonText;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretValue;
import dev.slipring.observe.inventory.InventoryNotice.Attention;
import dev.slipring.observe.inventory.InventoryNotice.Kind;
import dev.slipring.rotation.Environment;
import dev.slipring.rotation.RandomIssuer;
import dev.slipring.rotation.Rotator;
import dev.slipring.rotation.Step;
import dev.slipring.store.InMemorySecretStore;
import dev.slipring.store.Reading;
import dev.slipring.store.SecretSource;
import dev.slipring.store.StoreUnavailableException;
import dev.slipring.store.UnusableRecordException;
import dev.slipring.testing.FaultInjectingStore;
import dev.slipring.testing.ManualClock;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class InventoryTest {
    @ParameterizedTest
    @ValueSource(strings = {"txt", "json", "html"})
    void form_ofTheUsual_isAsItWas(String form) throws IOException {
        Inventory inventory = Inventories.usual();
        String actual = switch (form) {
            case "txt" -> inventory.text();
            case "json" -> inventory.json();
            default -> inventory.html();
        };
        Path place = Files.createDirectories(Path.of("target/inventory")).resolve("inventory." + form);
        Files.writeString(place, actual);
        try (InputStream golden = InventoryTest.class.getResourceAsStream("inventory." + form)) {
            assertThat(golden).as("golden file").isNotNull();
            assertThat(actual).as("to be compared with " + place).isEqualTo(new String(golden.readAllBytes(), UTF_8));
        }
    }

    static Stream<Arguments> notices() {
        return Stream.of(
                Arguments.of(Inventories.inOrder(), List.of(), Attention.NONE),
                Arguments.of(Inventories.overlapping(), List.of(), Attention.NONE),
                Arguments.of(Inventories.minting(), List.of(), Attention.NONE),
                Arguments.of(Inventories.aborting(), List.of(), Attention.NONE),
                Arguments.of(Inventories.revoking(), List.of(), Attention.NONE),
                Arguments.of(Inventories.followed(), List.of(), Attention.NONE),
                Arguments.of(Inventories.unread(), List.of(Kind.NOT_READ), Attention.ACT),
                Arguments.of(Inventories.warned("a", 75), List.of(), Attention.NONE),
                Arguments.of(Inventories.warned("a", 76), List.of(Kind.WARN), Attention.LOOK),
                Arguments.of(Inventories.warned("a", 83), List.of(Kind.PAGE), Attention.ACT),
                Arguments.of(Inventories.warned("a", 90), List.of(Kind.OVERDUE), Attention.ACT),
                Arguments.of(Inventories.overdue(), List.of(Kind.OVERDUE), Attention.ACT),
                Arguments.of(
                        Inventories.emergency(), List.of(Kind.EMERGENCY, Kind.COMPROMISED, Kind.FAILED), Attention.ACT),
                Arguments.of(Inventories.held(), List.of(Kind.HELD), Attention.LOOK),
                Arguments.of(Inventories.frozen(), List.of(Kind.FROZEN), Attention.LOOK),
                Arguments.of(Inventories.closing(), List.of(Kind.CLOSING), Attention.LOOK),
                Arguments.of(Inventories.retired(), List.of(Kind.RETIRED), Attention.NONE));
    }

    @ParameterizedTest
    @MethodSource("notices")
    void entry_inEachSituation_saysWhatNotToOverlook(InventoryEntry entry, List<Kind> kinds, Attention attention) {
        assertThat(entry.notices()).extracting(InventoryNotice::kind).isEqualTo(kinds);
        assertThat(entry.attention()).isEqualTo(attention);
    }

    @Test
    void entry_readLongAgo_isStalePastTheLease() {
        InventoryEntry fresh = Inventories.inOrder();
        Duration lease = Duration.ofMinutes(15);
        Reading reading = new Reading(Optional.of(fresh.known().orElseThrow().record()), Inventories.NOW.minus(lease));

        assertThat(kinds(reading, Inventories.NOW)).isEmpty();
        assertThat(kinds(reading, Inventories.NOW.plusNanos(1))).containsExactly(Kind.STALE);
    }

    private static List<Kind> kinds(Reading reading, Instant at) {
        return InventoryEntry.of(SecretName.of("session-key"), SecretDescription.NONE, Optional.empty(), reading, at)
                .notices()
                .stream()
                .map(InventoryNotice::kind)
                .toList();
    }

    @Test
    void deadlines_countFromWhenThePrimaryBecamePrimary() {
        InventoryEntry.Due due = Inventories.warned("a", 10).deadlines().orElseThrow();

        assertThat(due.warn()).isEqualTo(Inventories.ago(10).plus(Duration.ofDays(76)));
        assertThat(due.page()).isEqualTo(Inventories.ago(10).plus(Duration.ofDays(83)));
        assertThat(due.hard()).isEqualTo(Inventories.ago(10).plus(Duration.ofDays(90)));
        assertThat(due.start()).isBefore(due.warn());
        assertThat(Inventories.retired().deadlines()).isEmpty();
        assertThat(Inventories.followed().deadlines()).isEmpty();
    }

    @Test
    void plan_ofAFrozenSecret_beginsAfterTheFreeze_andOneOfAnOperatorHasNoDate() {
        assertThat(Inventories.frozen().next().orElseThrow().at()).isEqualTo(Inventories.NOW.plus(Duration.ofDays(12)));
        assertThat(Inventories.overdue().next()).isEmpty();
        assertThat(Inventories.overdue().plan().orElseThrow().open()).contains("an operator has to provide");
    }

    @Test
    void forms_ofEverything_showNoFingerprintAndNoAttribute() {
        Inventory inventory = Inventories.everything();
        for (String form : List.of(inventory.text(), inventory.json(), inventory.html(), inventory.toString())) {
            assertThat(form).doesNotContain(Inventories.FINGERPRINT).doesNotContain(Inventories.ATTRIBUTE);
            inventory
                    .secrets()
                    .forEach(entry -> assertThat(form).contains(entry.secret().value()));
        }
    }

    @Test
    void text_ofNoSecretAndOfMany_hasALineForEachAndItsColumnsAligned() {
        assertThat(Inventories.inventory(List.of()).text())
                .isEqualTo("0 secrets, 2030-04-01 09:30 UTC, environment production, store FileSecretStore\n");
        List<String> table =
                Inventories.many(200).text().lines().skip(2).limit(201).toList();
        int column = table.get(0).indexOf("KIND");
        assertThat(table.subList(1, 201)).allMatch(line -> line.startsWith("self", column));
    }

    @Test
    void store_isReadWithoutOpeningAValue_andOneDamagedRecordHidesNoOther() {
        ManualClock clock = ManualClock.at(Inventories.NOW);
        InMemorySecretStore store = InMemorySecretStore.create(clock);
        Rotator rotator = Rotator.builder(
                        SecretName.of("session"), store, RandomIssuer.bytes(32), Inventories.SESSIONS.policy())
                .ticker(clock)
                .build();
        rotator.prepare();
        clock.advance(Duration.ofDays(20));

        Inventory all = Inventory.reading(store)
                .environment(Environment.STAGING)
                .describe("session", Inventories.owned("identity"))
                .rule("session", InventoryEntry.Rule.of(rotator.policy(), rotator.issuer()))
                .at(clock.instant());
        InventoryEntry entry = all.secret("session").orElseThrow();
        assertThat(all.store()).isEqualTo("InMemorySecretStore");
        assertThat(entry.plan().orElseThrow().at(Step.Begin.class))
                .isEqualTo(rotator.plan().at(Step.Begin.class));
        assertThat(entry.plan()).contains(rotator.plan());
        assertThat(entry.age(clock.instant()).orElseThrow())
                .isEqualTo(Duration.ofDays(20).minusSeconds(5));

        SecretSource damaged = new SecretSource() {
            @Override
            public Reading read(SecretName secret) {
                if (secret.value().equals("damaged")) {
                    throw new UnusableRecordException("words of a failure", null);
                }
                return store.read(secret);
            }

            @Override
            public Optional<SecretValue> value(SecretName secret, int version) {
                throw new AssertionError("a value was opened");
            }
        };
        Inventory some = Inventory.reading(damaged, List.of("session", "damaged", "missing"))
                .at(clock.instant());
        assertThat(some.secrets())
                .extracting(each -> each.secret().value())
                .containsExactly("damaged", "missing", "session");
        assertThat(some.secret("damaged").orElseThrow().notices())
                .extracting(InventoryNotice::kind)
                .containsExactly(Kind.UNUSABLE);
        assertThat(some.secret("missing").orElseThrow().notices())
                .extracting(InventoryNotice::detail)
                .containsExactly("it has no record");
        assertThat(some.secret("session").orElseThrow().versions()).hasSize(1);
        assertThat(some.text() + some.json() + some.html()).doesNotContain("words of a failure");
    }

    @Test
    void store_thatIsDown_isNotTakenForAnEmptyOne() {
        ManualClock clock = ManualClock.at(Inventories.NOW);
        FaultInjectingStore store = FaultInjectingStore.around(InMemorySecretStore.create(clock), clock);
        store.down(true);

        assertThatThrownBy(() -> Inventory.reading(store).at(clock.instant()))
                .isInstanceOf(StoreUnavailableException.class);
    }

    @Test
    void json_isWhatItsDescriptionNames() {
        Map<String, Object> tree =
                JsonText.parse(Inventories.everything().json().getBytes(UTF_8));

        assertThat(tree).containsOnlyKeys("format", "at", "environment", "store", "secrets");
        assertThat(tree).containsEntry("format", 1L).containsEntry("at", "2030-04-01T09:30:00Z");
        List<String> fields = List.of(
                "name",
                "attention",
                "owner",
                "procedure",
                "kind",
                "issuer",
                "maxAgeSeconds",
                "readAt",
                "incarnation",
                "epoch",
                "phase",
                "primary",
                "ageSeconds",
                "versions",
                "notices",
                "steps",
                "thenWaitsFor",
                "deadlines");
        for (Object secret : (List<?>) tree.get("secrets")) {
            assertThat(fields)
                    .containsAll(((Map<?, ?>) secret)
                            .keySet().stream().map(String::valueOf).toList());
        }
    }
}
