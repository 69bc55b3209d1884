package dev.slipring.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.slipring.keyring.Keyring;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretValue;
import dev.slipring.keyring.SecretVersion;
import dev.slipring.keyring.Stamp;
import dev.slipring.keyring.Timing;
import dev.slipring.keyring.TimingParameter;
import dev.slipring.keyring.UsableVersion;
import dev.slipring.keyring.VersionState;
import dev.slipring.testing.FakeSecret;
import dev.slipring.testing.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class EnvironmentSecretSourceTest {
    private static final SecretName NAME = SecretName.of("session");
    private static final Timing TIMING = FakeSecret.timing();
    private static final String A = "k7Qm2ZpX9vRtL4sWc8NdYb3HfJg6TuEa";
    private static final String B = "u5Gx1CwEr7ToIk0PqBzMn4VhDs9YaLf2";
    private static final String C = "e3Wj8SnKd6FvUi2OyRc5XmQa1HtZpBg9";
    private static final Instant SWITCH = Instant.parse("2030-01-01T09:00:00Z");
    private static final Duration OVERLAP = TIMING.get(TimingParameter.OVERLAP);
    private static final Map<String, String> PLAIN = Map.of("KEY", A);
    private static final Map<String, String> BROUGHT =
            Map.of("KEY", A, "KEY_NEXT", B, "KEY_SWITCH_AT", "2030-01-01T09:00:00Z");
    private static final Map<String, String> MOVED =
            Map.of("KEY", B, "KEY_PREVIOUS", A, "KEY_SWITCH_AT", "2030-01-01T10:00:00+01:00");

    private final ManualClock clock = ManualClock.at("2030-01-01T00:00:00Z");

    // ---- one secret

    @Test
    void read_ofOneSecret_isPrimaryForEver() {
        EnvironmentSecretSource source = source(PLAIN);
        Keyring early = load(source);
        clock.advance(Duration.ofDays(3650));
        Keyring late = load(source);
        assertThat(early.primary().number()).isEqualTo(1);
        assertThat(early.versions()).hasSize(1);
        assertThat(late.edition()).isEqualTo(early.edition());
        assertThat(late.asOf()).isEqualTo(clock.instant());
    }

    @Test
    void value_isTheTextAsItStands() {
        String text = "aGV4?=0x" + "\u00e4\u20ac\ud83d\ude00 and more text, well over 32 bytes";
        SecretValue value = source(Map.of("KEY", text)).value(NAME, 1).orElseThrow();
        assertThat(value.copyBytes()).isEqualTo(text.getBytes(UTF_8));
    }

    @Test
    void value_isAFreshCopyEachTime() {
        EnvironmentSecretSource source = source(PLAIN);
        SecretValue first = source.value(NAME, 1).orElseThrow();
        first.wipe();
        assertThat(source.value(NAME, 1)).contains(value(A));
    }

    @Test
    void value_ofVersionThatIsNone_isEmpty() {
        EnvironmentSecretSource source = source(PLAIN);
        assertThat(source.value(NAME, 0)).isEmpty();
        assertThat(source.value(NAME, 2)).isEmpty();
        assertThat(source.value(SecretName.of("other"), 1)).isEmpty();
        assertThat(source.read(SecretName.of("other")).record()).isEmpty();
    }

    @Test
    void source_afterTheMapChanged_isTheSame() {
        Map<String, String> environment = new HashMap<>(PLAIN);
        EnvironmentSecretSource source = source(environment);
        environment.clear();
        assertThat(load(source).primary().value()).isEqualTo(value(A));
    }

    @Test
    void source_ofTheProcess_readsItsEnvironment() {
        assertThatThrownBy(() -> EnvironmentSecretSource.builder()
                        .secret(NAME, "SLIPRING_TEST_THAT_NOBODY_SETS", TIMING)
                        .build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("SLIPRING_TEST_THAT_NOBODY_SETS is missing");
    }

    // ---- the rotation

    @Test
    void read_beforeTheSwitch_producesWithTheOldAndAcceptsBoth() {
        for (Map<String, String> environment : List.of(BROUGHT, MOVED)) {
            Keyring ring = loadAt(environment, SWITCH.minusNanos(1));
            assertThat(ring.primary().value()).isEqualTo(value(A));
            assertThat(states(ring)).isEqualTo("PRIMARY PUBLISHED");
            assertThat(values(ring)).containsExactlyInAnyOrder(value(A), value(B));
        }
    }

    @Test
    void read_fromTheSwitchOn_producesWithTheNewAndRetiresTheOld() {
        for (Map<String, String> environment : List.of(BROUGHT, MOVED)) {
            for (Instant now : List.of(SWITCH, SWITCH.plus(OVERLAP).minusNanos(1))) {
                Keyring ring = loadAt(environment, now);
                assertThat(ring.primary().value()).isEqualTo(value(B));
                assertThat(states(ring)).isEqualTo("RETIRING PRIMARY");
                assertThat(ring.version(1).orElseThrow().at(Stamp.RETIRING)).contains(SWITCH);
                assertThat(ring.version(2).orElseThrow().at(Stamp.PRIMARY)).contains(SWITCH);
                assertThat(values(ring)).containsExactlyInAnyOrder(value(A), value(B));
            }
        }
    }

    @Test
    void read_afterTheOverlap_acceptsTheNewAlone() {
        for (Map<String, String> environment : List.of(BROUGHT, MOVED)) {
            Keyring ring = loadAt(environment, SWITCH.plus(OVERLAP));
            assertThat(ring.primary().value()).isEqualTo(value(B));
            assertThat(states(ring)).isEqualTo("REVOKED PRIMARY");
            assertThat(ring.version(1).orElseThrow().at(Stamp.REVOKED)).contains(SWITCH.plus(OVERLAP));
            assertThat(values(ring)).containsExactly(value(B));
        }
    }

    @Test
    void read_ofEitherSpelling_isTheSameKeyring() {
        for (Duration offset : List.of(Duration.ofHours(-1), Duration.ZERO, OVERLAP)) {
            Keyring brought = loadAt(BROUGHT, SWITCH.plus(offset));
            Keyring moved = loadAt(MOVED, SWITCH.plus(offset));
            assertThat(moved.edition()).isEqualTo(brought.edition());
            assertThat(moved.versions().stream().map(EnvironmentSecretSourceTest::unmarked))
                    .containsExactlyElementsOf(brought.versions().stream()
                            .map(EnvironmentSecretSourceTest::unmarked)
                            .toList());
            assertThat(values(moved)).containsExactlyElementsOf(values(brought).toList());
        }
    }

    @Test
    void read_atEachTransition_isALaterEditionThatSharesItsValues() {
        KeyringReader reader = KeyringReader.of(source(BROUGHT), NAME);
        Keyring ahead = reader.load(null);
        clock.advance(Duration.between(clock.instant(), SWITCH));
        Keyring overlap = reader.load(ahead);
        clock.advance(OVERLAP);
        Keyring over = reader.load(overlap);
        assertThat(List.of(ahead.edition(), overlap.edition(), over.edition()))
                .isSorted()
                .doesNotHaveDuplicates();
        assertThat(overlap.accepted(1).orElseThrow().value())
                .isSameAs(ahead.accepted(1).orElseThrow().value());
        assertThat(over.primary().value())
                .isSameAs(ahead.accepted(2).orElseThrow().value());
    }

    @Test
    void read_betweenTransitions_isTheSameEdition() {
        KeyringReader reader = KeyringReader.of(source(BROUGHT), NAME);
        Keyring first = reader.load(null);
        clock.advance(Duration.ofHours(8));
        assertThat(reader.load(first).edition()).isEqualTo(first.edition());
    }

    @Test
    void rejectIssuedBefore_isInEveryEdition() {
        Map<String, String> environment = new HashMap<>(BROUGHT);
        environment.put("KEY_REJECT_ISSUED_BEFORE", "2029-12-24T18:00:00-05:00");
        for (Duration offset : List.of(Duration.ofHours(-1), Duration.ZERO, OVERLAP)) {
            assertThat(loadAt(environment, SWITCH.plus(offset)).edition().rejectIssuedBefore())
                    .contains(Instant.parse("2029-12-24T23:00:00Z"));
        }
        assertThat(load(source(BROUGHT)).edition().rejectIssuedBefore()).isEmpty();
    }

    @Test
    void switchIsNear_fromPBeforeItOn_untilItHasCome() {
        Instant near = SWITCH.minus(TIMING.get(TimingParameter.PUBLISH));
        EnvironmentSecret secret =
                new EnvironmentVariables(BROUGHT).secret(NAME, "KEY", TIMING).orElseThrow();
        assertThat(secret.switchIsNear(near)).isFalse();
        assertThat(secret.switchIsNear(near.plusNanos(1))).isTrue();
        assertThat(secret.switchIsNear(SWITCH.minusNanos(1))).isTrue();
        assertThat(secret.switchIsNear(SWITCH)).isFalse();
    }

    @Test
    void fingerprint_ofOneValue_differsFromSourceToSource() {
        Optional<String> one = load(source(PLAIN)).primary().version().fingerprint();
        Optional<String> another = load(source(PLAIN)).primary().version().fingerprint();
        assertThat(one).isPresent().isNotEqualTo(another);
    }

    // ---- what is refused

    static Stream<Arguments> refused() {
        return Stream.of(
                Arguments.of(Map.of(), "KEY is missing"),
                Arguments.of(Map.of("KEY", ""), "KEY is blank"),
                Arguments.of(Map.of("KEY", " \t "), "KEY is blank"),
                Arguments.of(Map.of("KEY", " " + A), "KEY begins or ends with white space"),
                Arguments.of(Map.of("KEY", A + "\u00a0"), "KEY begins or ends with white space"),
                Arguments.of(
                        Map.of("KEY", A + "\n"), "KEY begins or ends with white space; KEY has a control character"),
                Arguments.of(Map.of("KEY", A + "\u0007" + B), "KEY has a control character"),
                Arguments.of(Map.of("KEY", "\ufeff" + A), "KEY has a control character"),
                Arguments.of(Map.of("KEY", A + "\ufffd"), "KEY has a character that this process could not decode"),
                Arguments.of(Map.of("KEY", A + "\ud83d"), "KEY has a character that this process could not decode"),
                Arguments.of(Map.of("KEY", A.substring(1)), "KEY has fewer than 32 bytes"),
                Arguments.of(Map.of("KEY", A.repeat(1537)), "KEY has more than 49152 bytes"),
                Arguments.of(
                        Map.of("KEY", "Your-256-bit-secret your-256-bit-secret"),
                        "KEY is a published default or documentation sample, repeated or filled up"),
                Arguments.of(with("KEY_NEXT", B), "KEY_NEXT is set without KEY_SWITCH_AT"),
                Arguments.of(with("KEY_PREVIOUS", B), "KEY_PREVIOUS is set without KEY_SWITCH_AT"),
                Arguments.of(
                        with("KEY_SWITCH_AT", SWITCH.toString()),
                        "KEY_SWITCH_AT is set without KEY_NEXT or KEY_PREVIOUS"),
                Arguments.of(
                        with("KEY_NEXT", B, "KEY_PREVIOUS", C, "KEY_SWITCH_AT", SWITCH.toString()),
                        "KEY_PREVIOUS and KEY_NEXT are both set: one rotation at a time"),
                Arguments.of(
                        with("KEY_NEXT", A, "KEY_SWITCH_AT", SWITCH.toString()),
                        "KEY and KEY_NEXT are the same secret"),
                Arguments.of(
                        with("KEY_PREVIOUS", A, "KEY_SWITCH_AT", SWITCH.toString()),
                        "KEY_PREVIOUS and KEY are the same secret"),
                Arguments.of(with("KEY_NEXT", "", "KEY_SWITCH_AT", SWITCH.toString()), "KEY_NEXT is blank"),
                Arguments.of(
                        with("KEY_NEXT", B.substring(1), "KEY_SWITCH_AT", SWITCH.toString()),
                        "KEY_NEXT has fewer than 32 bytes"),
                Arguments.of(
                        with("KEY_PREVIOUS", "changeme".repeat(4), "KEY_SWITCH_AT", SWITCH.toString()),
                        "KEY_PREVIOUS is a published default or documentation sample, repeated or filled up"));
    }

    @ParameterizedTest
    @MethodSource("refused")
    void environment_thatIsUnusable_isRefusedByTheNameOfTheVariable(Map<String, String> environment, String flaws) {
        assertThatThrownBy(() -> source(environment))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("unusable environment: " + flaws)
                .hasNoCause();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "tomorrow",
                "2030-01-01",
                "2030-01-01T09:00:00",
                "2030-01-01T09:00:00 Z",
                "2030-02-30T09:00:00Z",
                "2030-01-01T09:00:00Z[Europe/Berlin]",
                "1893488400",
                "1969-12-31T23:59:59Z",
                "+999999999-12-31T23:59:59Z",
                C
            })
    void time_thatCannotBeRead_isRefusedByTheNameOfTheVariable(String text) {
        assertThatThrownBy(() -> source(with("KEY_NEXT", B, "KEY_SWITCH_AT", text)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("unusable environment: KEY_SWITCH_AT is not a time with its zone, such as"
                        + " 2030-01-31T09:00:00Z")
                .hasNoCause();
        assertThatThrownBy(() -> source(with("KEY_REJECT_ISSUED_BEFORE", text)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("KEY_REJECT_ISSUED_BEFORE is not a time");
    }

    @Test
    void environment_withSeveralFlaws_isRefusedForAllOfThem() {
        Map<String, String> environment = with("KEY_NEXT", "changeme", "CSRF_SWITCH_AT", "soon");
        assertThatThrownBy(() -> EnvironmentSecretSource.builder(environment)
                        .secret(NAME, "KEY", TIMING)
                        .secret(SecretName.of("csrf"), "CSRF", TIMING)
                        .build())
                .hasMessage("unusable environment: CSRF_SWITCH_AT is set without CSRF_NEXT or CSRF_PREVIOUS;"
                        + " CSRF is missing;"
                        + " CSRF_SWITCH_AT is not a time with its zone, such as 2030-01-31T09:00:00Z;"
                        + " KEY_NEXT is set without KEY_SWITCH_AT;"
                        + " KEY_NEXT has fewer than 32 bytes;"
                        + " KEY_NEXT is a published default or documentation sample");
    }

    @Test
    void environment_thatIsUnusable_isNeverShown() {
        Map<String, String> environment =
                Map.of("KEY", A + " ", "KEY_NEXT", B + "\u0000", "KEY_PREVIOUS", C.substring(4), "KEY_SWITCH_AT", C);
        Throwable thrown = catchThrowable(() -> source(environment));
        assertThat(thrown).isInstanceOf(IllegalArgumentException.class);
        for (String part : List.of(A, B, C.substring(4))) {
            assertThat(thrown.toString()).doesNotContain(part.substring(0, 6));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "KEY=", "key", "9KEY", A, "A-B"})
    void variable_thatIsNoName_isRefusedWithoutBeingShown(String variable) {
        assertThatThrownBy(() -> EnvironmentSecretSource.builder(PLAIN).secret(NAME, variable, TIMING))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("secret session: the name of its environment variable is not 1 to 64 upper-case letters,"
                        + " digits and underscores");
    }

    @Test
    void secret_declaredTwice_isRefused() {
        EnvironmentSecretSource.Builder builder =
                EnvironmentSecretSource.builder(PLAIN).secret(NAME, "KEY", TIMING);
        assertThatThrownBy(() -> builder.secret(NAME, "OTHER", TIMING))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("session is declared already");
    }

    @Test
    void stringForms_showNoValue() {
        EnvironmentSecretSource source = source(BROUGHT);
        assertThat(source).hasToString("EnvironmentSecretSource[session]");
        String printed = source.read(NAME) + " " + source.value(NAME, 1) + load(source);
        assertThat(printed).doesNotContain(A).doesNotContain(B);
    }

    private EnvironmentSecretSource source(Map<String, String> environment) {
        return EnvironmentSecretSource.builder(environment)
                .secret(NAME, "KEY", TIMING)
                .clock(clock)
                .build();
    }

    private static Keyring load(EnvironmentSecretSource source) {
        return KeyringReader.of(source, NAME).load(null);
    }

    private static Keyring loadAt(Map<String, String> environment, Instant now) {
        return load(EnvironmentSecretSource.builder(environment)
                .secret(NAME, "KEY", TIMING)
                .clock(ManualClock.at(now))
                .build());
    }

    /** {@link #PLAIN} and more. */
    private static Map<String, String> with(String... more) {
        Map<String, String> environment = new HashMap<>(PLAIN);
        for (int i = 0; i < more.length; i += 2) {
            environment.put(more[i], more[i + 1]);
        }
        return environment;
    }

    private static String states(Keyring ring) {
        return String.join(
                " ",
                ring.versions().stream()
                        .map(SecretVersion::state)
                        .map(VersionState::name)
                        .toList());
    }

    private static Stream<SecretValue> values(Keyring ring) {
        return ring.accepted().stream().map(UsableVersion::value);
    }

    /** Without the fingerprint, whose key is another in each process. */
    private static SecretVersion unmarked(SecretVersion version) {
        return version.valued("", Map.of());
    }

    private static SecretValue value(String text) {
        return SecretValue.copyOf(text.getBytes(UTF_8));
    }
}
