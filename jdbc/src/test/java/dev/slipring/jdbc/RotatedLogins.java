package dev.slipring.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipring.jdbc.login.Connector;
import dev.slipring.jdbc.login.LoginIssuer;
import dev.slipring.jdbc.login.PostgresLogins;
import dev.slipring.keyring.RotatingSecret;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretValue;
import dev.slipring.keyring.VersionState;
import dev.slipring.rotation.Issuance;
import dev.slipring.rotation.ProbeVerdict;
import dev.slipring.rotation.UseReport;
import dev.slipring.testing.FakeSecret;
import dev.slipring.testing.ManualClock;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** A secret whose versions are real PostgreSQL logins that alternate, rotated step by step as the protocol does it. */
public final class RotatedLogins implements AutoCloseable {
    private final String stem;
    private final LoginIssuer issuer;
    private final FakeSecret secret;
    private int version = 1;

    private RotatedLogins(String stem, LoginIssuer issuer) {
        this.stem = stem;
        this.issuer = issuer;
        secret = FakeSecret.create(stem + "-db", ManualClock.at("2030-01-01T00:00:00Z"), installed(1));
    }

    /**
     * Logins {@code <stem>_a} and {@code <stem>_b} of the owner {@code <stem>_owner}, who also owns a schema of the
     * name {@code stem}. Roles outlive the test, so each has a stem of its own.
     */
    public static RotatedLogins create(String stem, int connectionLimit) throws SQLException {
        String owner = stem + "_owner";
        String rotator = stem + "_rotator";
        String setup = PostgresLogins.alternating(PostgresServer::superuser, owner)
                .rotator(rotator)
                .build()
                .setupSql();
        LoginIssuer issuer = PostgresLogins.alternating(PostgresServer.rotator(setup, rotator), owner)
                .connectionLimit(connectionLimit)
                .loginTest(Connector.of(PostgresServer.url()))
                .build();
        issuer.checkSetup();
        PostgresServer.execute("CREATE SCHEMA " + stem + " AUTHORIZATION " + owner);
        return new RotatedLogins(stem, issuer);
    }

    public RotatingSecret secret() {
        return secret.rotating();
    }

    /**
     * Replaces the primary version, waits until {@code source} has followed, and revokes the version before: with live
     * sessions of it at the promotion, and none at the revocation.
     */
    public void rotate(RotatingDataSource source) throws Exception {
        int before = version++;
        secret.publish(installed(version));
        secret.refresh();
        assertThat(issuer.use(issuance(before))).isEqualTo(UseReport.IN_USE);
        secret.promote(version);
        secret.refresh();
        Await.until("version " + version + " is stable", () -> source.state().equals(new ClientState.Stable(version)));
        assertThat(source.draining()).isZero();
        Await.until(
                "no session of version " + before + " is left", () -> issuer.use(issuance(before)) == UseReport.IDLE);
        issuer.revoke(issuance(before));
        secret.move(before, VersionState.REVOKED);
        secret.refresh();
        assertThat(issuer.use(issuance(version))).isEqualTo(UseReport.IN_USE);
    }

    @Override
    public void close() {
        secret.close();
    }

    private byte[] installed(int number) {
        SecretValue value = issuer.mint(issuance(number), List.of());
        issuer.install(issuance(number), value);
        assertThat(issuer.probe(issuance(number), value)).isEqualTo(ProbeVerdict.ALIVE);
        return value.copyBytes();
    }

    private Issuance issuance(int number) {
        String slot = stem + (number % 2 == 1 ? "_a" : "_b");
        return new Issuance(SecretName.of(stem + "-db"), number, Optional.of(slot), "r" + number, number, 1);
    }
}
