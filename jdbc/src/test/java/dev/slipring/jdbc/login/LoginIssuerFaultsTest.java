package dev.slipring.jdbc.login;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipring.jdbc.DatabaseProcess;
import dev.slipring.jdbc.FaultProxy;
import dev.slipring.jdbc.FaultyServer;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretValue;
import dev.slipring.rotation.Issuance;
import dev.slipring.rotation.IssuerException;
import dev.slipring.rotation.ProbeVerdict;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Server and network fail while logins are made and retired. */
class LoginIssuerFaultsTest {
    private static final AtomicInteger STEMS = new AtomicInteger();

    private String stem;

    private LoginIssuer setUp(DatabaseProcess server) throws SQLException {
        stem = "issuing" + STEMS.incrementAndGet();
        server.setUp(stem);
        return server.issuer(server.rotator(stem, server.port()), stem);
    }

    private Issuance version(int number) {
        String slot = stem + (number % 2 == 1 ? "_a" : "_b");
        return new Issuance(SecretName.of(stem), number, Optional.of(slot), "r" + number, number, 1);
    }

    private SecretValue installed(LoginIssuer issuer, int number) {
        SecretValue value = issuer.mint(version(number), List.of());
        issuer.install(version(number), value);
        return value;
    }

    /**
     * The server dies with the statement done and its reply under way, and also its sessions and what it kept in
     * memory.
     */
    @ParameterizedTest
    @EnumSource
    void server_killedInMidDdl_isFollowedByTheSameEnd(FaultyServer kind) throws Exception {
        DatabaseProcess server = kind.process();
        boolean blown = true;
        int k = 1;
        for (; blown; k += 3) {
            LoginIssuer immortal = setUp(server);
            SecretValue first = installed(immortal, 1);
            SecretValue second = immortal.mint(version(2), List.of());
            Fuse fuse = new Fuse(server.rotator(stem, server.port()), k, true, server::kill);
            LoginIssuer mortal = server.issuer(fuse, stem);
            boolean installs = true;
            try {
                mortal.install(version(2), second);
                installs = false;
                mortal.revoke(version(1));
            } catch (IssuerException e) {
                server.restart();
                if (installs) {
                    assertThat(immortal.probe(version(1), first)).isEqualTo(ProbeVerdict.ALIVE);
                    immortal.install(version(2), second);
                }
                immortal.revoke(version(1));
            }
            blown = fuse.blown();
            assertThat(immortal.probe(version(2), second)).as("killed at %d", k).isEqualTo(ProbeVerdict.ALIVE);
            assertThat(immortal.probe(version(1), first)).as("killed at %d", k).isEqualTo(ProbeVerdict.DEAD);
            assertThat(immortal.probe(version(3), installed(immortal, 3))).isEqualTo(ProbeVerdict.ALIVE);
        }
        assertThat(k).as("moments").isGreaterThan(7);
    }

    @ParameterizedTest
    @EnumSource
    void reply_lostAfterDdl_isMadeGoodByDoingItAgain(FaultyServer kind) throws Exception {
        DatabaseProcess server = kind.process();
        boolean maria = kind == FaultyServer.MARIADB;
        String installing = maria ? "ACCOUNT UNLOCK" : "COMMIT";
        String revoking = maria ? "ACCOUNT LOCK" : "COMMIT";
        LoginIssuer near = setUp(server);
        SecretValue first = installed(near, 1);
        SecretValue second = near.mint(version(2), List.of());
        try (FaultProxy proxy = FaultProxy.before(server.port())) {
            LoginIssuer issuer = server.issuer(server.rotator(stem, proxy.port()), stem);
            for (int passing : new int[] {0, 3}) {
                proxy.tearReplyTo(installing, passing);
                assertThatThrownBy(() -> issuer.install(version(2), second))
                        .isInstanceOf(IssuerException.class)
                        .hasMessageContaining("install version 2 of " + stem)
                        .hasMessageContaining("SQLState 08");
                assertThat(proxy.hasTorn()).isTrue();
                assertThat(near.probe(version(2), second)).as("it was done").isEqualTo(ProbeVerdict.ALIVE);
            }
            issuer.install(version(2), second);
            proxy.tearReplyTo(revoking, 0);
            assertThatThrownBy(() -> issuer.revoke(version(1)))
                    .isInstanceOf(IssuerException.class)
                    .hasMessageContaining("SQLState 08");
            assertThat(near.probe(version(1), first)).as("it was done").isEqualTo(ProbeVerdict.DEAD);
            issuer.revoke(version(1));
            assertThat(issuer.probe(version(2), second)).isEqualTo(ProbeVerdict.ALIVE);
            assertThat(issuer.probe(version(1), first)).isEqualTo(ProbeVerdict.DEAD);
        }
    }

    @ParameterizedTest
    @EnumSource
    void password_hostile_isInstalledAndLogsIn(FaultyServer kind) throws Exception {
        LoginIssuer issuer = setUp(kind.process());
        List<String> passwords =
                List.of("'; DROP TABLE x; -- ", "\"`'\\", "back\\", "$1 ? :name", "x".repeat(200), "*94BDC");
        int number = 1;
        for (String password : passwords) {
            SecretValue value = Login.of(
                            stem + (number % 2 == 1 ? "_a" : "_b"), password.getBytes(StandardCharsets.UTF_8))
                    .toValue();
            issuer.install(version(number), value);
            assertThat(issuer.probe(version(number), value)).as("%d", number).isEqualTo(ProbeVerdict.ALIVE);
            issuer.revoke(version(number));
            assertThat(issuer.probe(version(number), value)).isEqualTo(ProbeVerdict.DEAD);
            number++;
        }
        requireAsciiForScram(kind, issuer, number);
    }

    /** Beyond ASCII, SCRAM wants passwords prepared in a way that servers and drivers differ in. */
    private void requireAsciiForScram(FaultyServer kind, LoginIssuer issuer, int number) {
        byte[] password = "p\u00e4ssw\u00f6rd \u20ac".getBytes(StandardCharsets.UTF_8);
        SecretValue value =
                Login.of(stem + (number % 2 == 1 ? "_a" : "_b"), password).toValue();
        if (kind == FaultyServer.MARIADB) {
            issuer.install(version(number), value);
            assertThat(issuer.probe(version(number), value)).isEqualTo(ProbeVerdict.ALIVE);
        } else {
            assertThatThrownBy(() -> issuer.install(version(number), value))
                    .hasMessageContaining("not printable ASCII");
        }
    }
}
