package dev.slipring.jdbc.login;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipring.jdbc.Await;
import dev.slipring.keyring.SecretValue;
import dev.slipring.rotation.IssuerException;
import dev.slipring.rotation.UseReport;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
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
}
