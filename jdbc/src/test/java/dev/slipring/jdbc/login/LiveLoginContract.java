package dev.slipring.jdbc.login;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipring.jdbc.Await;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretValue;
import dev.slipring.keyring.SecretVersion;
import dev.slipring.keyring.VersionState;
import dev.slipring.rotation.Install;
import dev.slipring.rotation.Issuance;
import dev.slipring.rotation.IssuerException;
import dev.slipring.rotation.ProbeVerdict;
import dev.slipring.rotation.RotationPolicy;
import dev.slipring.rotation.Rotator;
import dev.slipring.rotation.Step;
import dev.slipring.rotation.UseReport;
import dev.slipring.store.InMemorySecretStore;
import dev.slipring.store.SecretRecord;
import dev.slipring.testing.ManualClock;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** What can only be shown with a real server. */
abstract class LiveLoginContract extends LoginIssuerContract {
    /** Whatever the server has logged: statements and errors. */
    abstract String log();

    @Test
    void use_whereItIsReported_followsTheSessions() throws Exception {
        World world = world();
        LoginIssuer issuer = world.issuer(world.admin());
        Story story = new Story(world);
        story.play("+1", issuer, issuer);
        if (!issuer.traits().reportsUse()) {
            assertThat(issuer.use(world.version(1))).isEqualTo(UseReport.UNKNOWN);
            return;
        }
        Await.until("the probe's session ended", () -> issuer.use(world.version(1)) == UseReport.IDLE);
        Connection session = world.connect(Login.parse(story.values.get(1)));
        assertThat(issuer.use(world.version(1))).isEqualTo(UseReport.IN_USE);
        assertThat(issuer.use(world.version(2))).isEqualTo(UseReport.IDLE);
        session.close();
        Await.until("the session ended", () -> issuer.use(world.version(1)) == UseReport.IDLE);
        assertThat(world.issuer(() -> {
                            throw new SQLException("unreachable", "08001");
                        })
                        .use(world.version(1)))
                .isEqualTo(UseReport.UNKNOWN);
    }

    @Test
    void setUp_printedAndRun_passesTheCheck() throws SQLException {
        World world = world();
        world.issuer(world.admin()).checkSetup();
    }

    @Test
    void passwords_areNotInTheServersLogNorInExceptions() throws SQLException {
        World world = world();
        LoginIssuer issuer = world.issuer(world.admin());
        LoginIssuer garbling = world.issuer(new Garbling(world.admin()));
        Story story = new Story(world);
        SecretValue value = issuer.mint(world.version(1), List.of());
        assertThatThrownBy(() -> garbling.install(world.version(1), value))
                .isInstanceOf(IssuerException.class)
                .satisfies(e -> assertThat(trace(e))
                        .contains("42")
                        .doesNotContain(Login.parse(value).revealPassword())
                        .doesNotContain("SCRAM-SHA-256$")
                        .doesNotContainPattern("\\*[0-9A-F]{8}"));
        story.values.put(1, value);
        for (String step : List.of("+1", "+2", "-1", "+3")) {
            story.play(step, issuer, issuer);
        }
        story.check(issuer, 0);
        String log = log();
        assertThat(log).contains(issuer.attributes(value).get("user"));
        story.values
                .values()
                .forEach(
                        each -> assertThat(log).doesNotContain(Login.parse(each).revealPassword()));
    }

    private static String trace(Throwable e) {
        StringWriter trace = new StringWriter();
        e.printStackTrace(new PrintWriter(trace));
        return trace.toString();
    }

    /** Two rotations on schedule; of the versions before, nothing works. */
    @Test
    void replicas_threeRotatingByTheProtocol_areOfOneMind() throws Exception {
        World world = world();
        LoginIssuer issuer = world.issuer(world.admin());
        SecretName name = world.version(1).secret();
        ManualClock clock = ManualClock.at("2030-01-01T00:00:00Z");
        InMemorySecretStore store = InMemorySecretStore.create(clock);
        List<Rotator> rotators = new ArrayList<>();
        for (String replica : List.of("a", "b", "c")) {
            rotators.add(Rotator.builder(
                            name, store, world.issuer(world.admin()), RotationPolicy.logins(Duration.ofDays(30)))
                    .replica(replica)
                    .ticker(clock)
                    .build());
        }
        ExecutorService replicas = Executors.newFixedThreadPool(3);
        SecretRecord record;
        int rounds = 0;
        do {
            List<Future<Step.Rest>> passes =
                    rotators.stream().map(r -> replicas.submit(r::run)).toList();
            Instant next = clock.instant().plus(Duration.ofDays(1));
            for (Future<Step.Rest> pass : passes) {
                Instant until = pass.get().until();
                next = until.isBefore(next) ? until : next;
            }
            record = store.read(name).record().orElseThrow();
            for (SecretVersion version : record.versions()) {
                VersionState state = version.state();
                ProbeVerdict due = state == VersionState.PRIMARY
                                || (state == VersionState.RETIRING
                                        && issuer.traits().install() == Install.BEFORE_PUBLISH)
                        ? ProbeVerdict.ALIVE
                        : ProbeVerdict.DEAD;
                SecretValue value = store.value(name, version.number()).orElse(null);
                if (value != null && state != VersionState.PUBLISHED && state != VersionState.STAGED) {
                    assertThat(issuer.probe(issuance(name, version), value))
                            .as("%s in round %d", version, rounds)
                            .isEqualTo(due);
                }
            }
            Duration step = Duration.between(clock.instant(), next);
            clock.advance(step.isNegative() || step.isZero() ? Duration.ofSeconds(60) : step);
        } while (rounds++ < 500
                && record.version(2)
                        .filter(v -> v.state() == VersionState.DESTROYED)
                        .isEmpty());
        replicas.shutdown();
        assertThat(record.version(1).orElseThrow().state()).isEqualTo(VersionState.DESTROYED);
        assertThat(record.version(2).orElseThrow().state()).isEqualTo(VersionState.DESTROYED);
        assertThat(record.version(3).orElseThrow().state()).isEqualTo(VersionState.PRIMARY);
    }

    private static Issuance issuance(SecretName secret, SecretVersion version) {
        SecretVersion.Origin origin = version.origin();
        return new Issuance(
                secret, version.number(), version.slot(), origin.rotationId(), origin.sequence(), origin.attempt());
    }
}
