package dev.slipring.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.slipring.jdbc.login.Connector;
import dev.slipring.jdbc.login.Login;
import dev.slipring.jdbc.login.LoginIssuer;
import dev.slipring.jdbc.login.PostgresLogins;
import dev.slipring.testing.FakeSecret;
import dev.slipring.testing.ManualClock;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.List;
import java.util.Properties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** No object of this module prints a password, and no exception holds one, also if the server refuses it. */
class SecretLeakageTest {
    private static final String PASSWORD = "tw4s-br1ll1g-and-the-sl1thy-toves";

    private final ManualClock clock = ManualClock.at("2030-01-01T00:00:00Z");
    private final Login login = Login.of("nobody_of_this_name", PASSWORD.getBytes(StandardCharsets.US_ASCII));
    private final FakeSecret secret =
            FakeSecret.create("app-db", clock, login.toValue().copyBytes());
    private final Credential credential =
            Credential.of(secret.rotating(), secret.rotating().primary());
    private final Connector connector = Connector.of(PostgresServer.url(), new Properties());
    private final CredentialedDataSource source =
            new CredentialedDataSource(connector, credential, new LoginBreakers(clock), clock);

    @AfterEach
    void close() {
        secret.close();
    }

    @Test
    void objects_printed_hideThePassword() {
        LoginIssuer issuer = PostgresLogins.alternating(() -> null, "app_owner").build();

        assertThat(List.of(login, credential, connector, source, source.logins(), issuer, secret.rotating()))
                .allSatisfy(object -> assertThat(object.toString()).doesNotContain(PASSWORD));
    }

    @Test
    void refusal_byARealServer_hidesThePassword() {
        Throwable refusal = catchThrowable(source::getConnection);

        assertThat(refusal).isInstanceOf(SQLException.class);
        StringWriter trace = new StringWriter();
        refusal.printStackTrace(new PrintWriter(trace));
        assertThat(trace.toString()).contains("28P01").doesNotContain(PASSWORD);
    }

    @Test
    void verification_refusedByTheFormOfAValue_hidesIt() {
        FakeSecret plain = FakeSecret.create("app-db", clock, PASSWORD.getBytes(StandardCharsets.US_ASCII));
        try (plain) {
            Throwable refusal = catchThrowable(
                    () -> Credential.of(plain.rotating(), plain.rotating().primary()));

            StringWriter trace = new StringWriter();
            refusal.printStackTrace(new PrintWriter(trace));
            assertThat(trace.toString()).contains("is not a login").doesNotContain(PASSWORD);
        }
    }
}
