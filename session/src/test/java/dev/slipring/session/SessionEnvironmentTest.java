package dev.slipring.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipring.Slipring;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.Timing;
import dev.slipring.keyring.TimingParameter;
import dev.slipring.rotation.RotationPolicy;
import dev.slipring.session.Verification.Rejected;
import dev.slipring.session.Verification.Valid;
import dev.slipring.store.EnvironmentSecretSource;
import dev.slipring.testing.ManualClock;
import dev.slipring.testing.ManualScheduler;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Two replicas without a store, whose session secret rotates by what their deployments put into the environment. */
class SessionEnvironmentTest {
    private static final Duration LIFE = Duration.ofHours(12);
    private static final Timing TIMING =
            RotationPolicy.sessions(Duration.ofDays(90), LIFE).timing();
    private static final Duration OVERLAP = TIMING.get(TimingParameter.OVERLAP);
    private static final String A = "k7Qm2ZpX9vRtL4sWc8NdYb3HfJg6TuEa";
    private static final String B = "u5Gx1CwEr7ToIk0PqBzMn4VhDs9YaLf2";
    private static final String SWITCH = "2030-01-01T09:00:00Z";
    private static final Map<String, String> FIRST = Map.of("SESSION_SECRET", A);
    private static final Map<String, String> SECOND =
            Map.of("SESSION_SECRET", A, "SESSION_SECRET_NEXT", B, "SESSION_SECRET_SWITCH_AT", SWITCH);
    private static final Map<String, String> RENAMED =
            Map.of("SESSION_SECRET", B, "SESSION_SECRET_PREVIOUS", A, "SESSION_SECRET_SWITCH_AT", SWITCH);
    private static final Map<String, String> LAST = Map.of("SESSION_SECRET", B);

    private final ManualClock clock = ManualClock.at("2030-01-01T00:00:00Z");
    private final ManualScheduler scheduler = ManualScheduler.on(clock);
    private final List<Slipring> running = new ArrayList<>();

    @AfterEach
    void close() {
        running.forEach(Slipring::close);
    }

    @Test
    void sessions_throughOneDeploymentAndASwitch_liveOnAllReplicas() {
        SessionSigner one = deploy(FIRST);
        SessionSigner two = deploy(SECOND);
        assertEachVerifiesTheOther(one, two);

        // The deployment reaches the other replica, long before the switch.
        one = deploy(SECOND);
        assertEachVerifiesTheOther(one, two);
        String session = one.sign("user-42");
        assertThat(valid(two, session).resign()).isEmpty();
        until(SWITCH);
        String late = one.sign("user-43");

        // The switch passes. Each replica sees it with its next refresh; what one signs the other takes, anyway.
        assertEachVerifiesTheOther(one, two);
        scheduler.advance(TIMING.get(TimingParameter.REFRESH));
        assertEachVerifiesTheOther(one, two);
        Valid old = valid(two, session);
        String moved = old.resign().orElseThrow();
        assertThat(valid(one, session).resign()).contains(moved);
        assertThat(valid(one, moved).issuedAt()).isEqualTo(old.issuedAt());
        assertThat(valid(one, moved).resign()).isEmpty();

        // Another deployment in the middle of it, in which the names have moved on.
        two = deploy(RENAMED);
        assertEachVerifiesTheOther(one, two);
        assertThat(valid(two, moved).text()).isEqualTo("user-42");
        assertThat(valid(two, late).resign()).isEqualTo(valid(one, late).resign());

        // Nothing is lost before its time: the last token under the old secret lives as long as it was to live.
        until(valid(one, late).expiresAt().minusSeconds(31).toString());
        assertThat(valid(one, late).text()).isEqualTo("user-43");
        assertThat(valid(two, late).text()).isEqualTo("user-43");

        // The overlap is over: the old secret is unknown.
        String renewed = two.renew(valid(two, late));
        until(Instant.parse(SWITCH).plus(OVERLAP).toString());
        scheduler.advance(TIMING.get(TimingParameter.REFRESH));
        String stolen = deploy(FIRST).sign("user-66");
        assertThat(one.verify(stolen)).isEqualTo(new Rejected(RejectionReason.UNKNOWN_KEY));
        assertThat(two.verify(stolen)).isEqualTo(new Rejected(RejectionReason.UNKNOWN_KEY));

        // A last deployment, whenever there is one, tidies up.
        SessionSigner last = deploy(LAST);
        assertEachVerifiesTheOther(one, last);
        assertEachVerifiesTheOther(two, last);
        assertThat(valid(last, renewed).text()).isEqualTo("user-43");
        assertThat(last.verify(stolen)).isEqualTo(new Rejected(RejectionReason.UNKNOWN_KEY));
    }

    @Test
    void sessions_issuedBeforeTheMomentInTheEnvironment_end() {
        SessionSigner before = deploy(FIRST);
        String early = before.sign("user-42");
        clock.advance(Duration.ofSeconds(2));
        SessionSigner after =
                deploy(Map.of("SESSION_SECRET", A, "SESSION_SECRET_REJECT_ISSUED_BEFORE", "2030-01-01T00:00:01Z"));
        assertThat(after.verify(early)).isEqualTo(new Rejected(RejectionReason.ISSUED_TOO_EARLY));
        assertThat(valid(after, before.sign("user-42")).text()).isEqualTo("user-42");
    }

    private SessionSigner deploy(Map<String, String> environment) {
        EnvironmentSecretSource source = EnvironmentSecretSource.builder(environment)
                .secret(SecretName.of("session"), "SESSION_SECRET", TIMING)
                .clock(clock)
                .build();
        Slipring slipring =
                Slipring.reading(source).scheduler(scheduler).ticker(clock).build();
        running.add(slipring);
        return SessionSigner.builder(slipring.reader("session"))
                .cookie("__Host-sid")
                .maxLife(LIFE)
                .clock(clock)
                .build();
    }

    private void until(String moment) {
        scheduler.advance(Duration.between(clock.instant(), Instant.parse(moment)));
    }

    private static void assertEachVerifiesTheOther(SessionSigner one, SessionSigner two) {
        assertThat(valid(two, one.sign("user-1")).text()).isEqualTo("user-1");
        assertThat(valid(one, two.sign("user-2")).text()).isEqualTo("user-2");
    }

    private static Valid valid(SessionSigner signer, String token) {
        return SessionFixture.valid(signer, token);
    }
}
