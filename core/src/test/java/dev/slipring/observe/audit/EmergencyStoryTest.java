package dev.slipring.observe.audit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretValue;
import dev.slipring.keyring.VersionState;
import dev.slipring.rotation.AuditEvent;
import dev.slipring.rotation.AuditFailedException;
import dev.slipring.rotation.Command;
import dev.slipring.rotation.RandomIssuer;
import dev.slipring.rotation.RotationListener;
import dev.slipring.rotation.RotationPolicy;
import dev.slipring.rotation.Rotator;
import dev.slipring.rotation.SecretKind;
import dev.slipring.rotation.Step;
import dev.slipring.store.InMemorySecretStore;
import dev.slipring.store.SecretRecord;
import dev.slipring.testing.ManualClock;
import dev.slipring.testing.ManualScheduler;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A cookie key leaks; what was done is told from the trail alone. */
class EmergencyStoryTest {
    private static final SecretName NAME = SecretName.of("session");

    @TempDir
    Path temp;

    private final ManualClock clock = ManualClock.at("2030-01-01T00:00:00Z");
    private final ManualScheduler scheduler = ManualScheduler.on(clock);
    private final InMemorySecretStore store = InMemorySecretStore.create(clock);
    private final List<String> alerts = new ArrayList<>();

    private Path directory() {
        return temp.resolve("audit");
    }

    private Rotator rotator(AuditTrail trail) {
        return Rotator.builder(
                        NAME,
                        store,
                        RandomIssuer.bytes(32),
                        RotationPolicy.sessions(Duration.ofDays(90), Duration.ofHours(12)))
                .ticker(clock)
                .scheduler(scheduler)
                .replica("web-1")
                .audit(trail)
                .listener(new RotationListener() {
                    @Override
                    public void onTransition(Step.Write step, Optional<SecretRecord> before, SecretRecord after) {}

                    @Override
                    public void onAlert(SecretName secret, String why) {
                        alerts.add(why);
                    }
                })
                .build();
    }

    private VersionState state(int version) {
        return store.read(NAME)
                .record()
                .flatMap(record -> record.version(version))
                .orElseThrow()
                .state();
    }

    private List<EmergencyRecord> told() {
        List<AuditEvent> events = new ArrayList<>();
        assertThat(TrailCheck.of(directory()).events(events::add).run()).isInstanceOf(TrailVerdict.Intact.class);
        return EmergencyRecord.of(events);
    }

    @Test
    void compromise_isToldFromTheTrailAlone_asMarkdownAndJson() throws Exception {
        AuditTrail trail = AuditTrail.in(directory()).clock(clock).build();
        Rotator rotator = rotator(trail);
        rotator.prepare();
        rotator.start();
        clock.advance(Duration.ofMinutes(1));
        rotator.command(Command.Compromise.of(SecretKind.SELF, "ada", "laptop | stolen\n# <b>bold</b>"));
        assertThat(told())
                .singleElement()
                .satisfies(open -> assertThat(open.endedAt()).isEmpty());
        scheduler.advance(Duration.ofHours(1));
        rotator.close();

        EmergencyRecord record = told().get(0);

        assertThat(record.endedAt()).isPresent();
        assertThat(record.exposure()).contains(Duration.ZERO);
        assertThat(record.events())
                .extracting(AuditEvent::action)
                .containsExactly("Compromise", "Begin", "Publish", "Promote", "Intend", "Done", "Resolve");
        assertThat(record.toMarkdown()).startsWith("""
                        # Emergency: secret session

                        - Declared: 2030-01-01T00:01:00Z by ada
                        - Reason: laptop \\| stolen(U\\+000A)\\# \\<b\\>bold\\<\\/b\\>
                        - Compromised versions: 1
                        - Plan: REVOKE_FIRST
                        - Planned exposure: PT0S
                        """);
        assertThat(record.toJson())
                .startsWith("{\"secret\":\"session\",\"declaredAt\":\"2030-01-01T00:01:00Z\"")
                .doesNotContain("\n");
        String kept = Files.readString(TrailFiles.in(directory()).get(0));
        for (int version : List.of(1, 2)) {
            SecretValue value = store.value(NAME, version).orElseThrow();
            boolean shown = value.reveal(bytes -> kept.contains(HexFormat.of().formatHex(bytes))
                    || kept.contains(Base64.getEncoder().encodeToString(bytes))
                    || new String(kept.getBytes(UTF_8), ISO_8859_1).contains(new String(bytes, ISO_8859_1)));
            assertThat(shown)
                    .as("the value of version %d is in the trail", version)
                    .isFalse();
        }
    }

    @Test
    void trailThatFails_holdsUpRevocationUntilItWorksAgain_andSomebodyIsTold() throws Exception {
        Rotator rotator = rotator(AuditTrail.in(directory()).clock(clock).build());
        rotator.prepare();
        rotator.command(new Command.Rotate("ada", "drill"));
        Path away = temp.resolve("away");
        Files.move(directory(), away);
        rotator.start();
        scheduler.advance(Duration.ofDays(2));

        assertThat(state(1)).as("waits").isEqualTo(VersionState.RETIRING);
        assertThat(state(2)).as("was promoted").isEqualTo(VersionState.PRIMARY);
        assertThat(alerts).anySatisfy(why -> assertThat(why).contains("Intend could not be audited: audit trail"));
        assertThatThrownBy(() -> rotator.command(Command.Compromise.of(SecretKind.SELF, "ada", "leaked")))
                .isInstanceOf(AuditFailedException.class);

        Files.move(away, directory());
        scheduler.advance(Duration.ofMinutes(10));
        assertThat(state(1)).isEqualTo(VersionState.REVOKED);
        assertThat(TrailCheck.of(directory()).run()).isInstanceOf(TrailVerdict.Intact.class);
        rotator.close();
    }

    @Test
    void eventsWithoutADeclaration_tellNoEmergency() {
        assertThat(EmergencyRecord.of(List.of(AuditEvents.plain(1)))).isEmpty();
    }

    @Test
    void markdown_ofARecord_isThisPage() {
        assertThat(new EmergencyRecord(NAME, List.of(AuditEvents.full())).toMarkdown())
                .isEqualTo("""
                        # Emergency: secret session

                        - Ended: not yet
                        - Compromised versions were valid for: not over yet

                        | time | step | version | outcome | by | replica | epoch | evidence |
                        |---|---|---|---|---|---|---|---|
                        | 2030-01-01T00:00:07Z | Compromise |  | FAILED PROBES\\_ALIVE | ada | web\\-1 | 8 |\
                         probe DEAD, at the issuer IDLE, 2 of 3 replicas have left the old version,\
                         old last used 2030-01-01T00:00:00Z, new last used 2030-01-01T00:00:00.000000001Z |
                        """);
    }

    @Test
    void escaped_hostileText_staysOnItsLineAndMeansNothing() {
        assertThat(EmergencyText.escaped("a|b\r\n<script>`x`[l](http://e) \u202e \u0007 @you"))
                .isEqualTo("a\\|b(U\\+000D)(U\\+000A)\\<script\\>\\`x\\`\\[l\\]\\(http\\:\\/\\/e\\)"
                        + " (U\\+202E) (U\\+0007) \\@you");
    }
}
