package dev.slipring.vault;

import static dev.slipring.vault.ScriptedServer.error;
import static dev.slipring.vault.ScriptedServer.json;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipring.keyring.Keyring;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretValue;
import dev.slipring.keyring.Timing;
import dev.slipring.keyring.TimingParameter;
import dev.slipring.rotation.RotationPolicy;
import dev.slipring.store.FollowedSecretSource;
import dev.slipring.store.ForeignSecret;
import dev.slipring.store.KeyringReader;
import dev.slipring.store.LoginEncoding;
import dev.slipring.store.Sighting;
import dev.slipring.store.StoreUnavailableException;
import dev.slipring.store.UnusableRecordException;
import dev.slipring.testing.ManualClock;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class VaultDatabaseTest {
    private static final SecretName NAME = SecretName.of("app-db");
    private static final Timing TIMING =
            RotationPolicy.logins(Duration.ofDays(30)).timing();
    private static final LoginEncoding ENCODING = (user, password) -> value(user + ":" + new String(password, UTF_8));
    private static final int HOUR = 3600;
    private static final ScriptedServer.Reply DONE = json(204, "");
    private static final ScriptedServer.Reply KNOWN = json(200, "{\"data\":{\"ttl\":1}}");

    private final ManualClock clock = ManualClock.at("2030-01-01T00:00:00Z");
    private final ScriptedServer server = new ScriptedServer();
    private final VaultClient client = VaultClient.builder(
                    server.address(), VaultAuthentication.token(value("s.token")))
            .ticker(clock)
            .pause(clock::advance)
            .build();
    private final ForeignSecret leased = VaultDatabase.of(client).dynamicRole("app", TIMING, ENCODING, clock);

    @AfterEach
    void close() {
        client.close();
        server.close();
    }

    @Test
    void staticRole_isReadWithTheTimeThatItsPasswordHas() {
        ForeignSecret fixed = VaultDatabase.of(client, "pg/main").staticRole("app", ENCODING);
        server.then(json(
                200,
                "{\"data\":{\"username\":\"app\",\"password\":\"p\u00e4ss\",\"ttl\":90,\"rotation_period\":3600,"
                        + "\"last_vault_rotation\":\"2030-01-01T00:00:00Z\"}}"));
        Sighting seen = fixed.look();
        assertThat(seen.current()).isEqualTo(value("app:p\u00e4ss"));
        assertThat(seen.validFor()).contains(Duration.ofSeconds(90));
        assertThat(server.lines()).containsExactly("GET /v1/pg/main/static-creds/app HTTP/1.1");
    }

    @Test
    void staticRole_thatCannotBeRead_isAnOutage_andOneWithoutALoginIsUnusable() {
        ForeignSecret fixed = VaultDatabase.of(client).staticRole("app", ENCODING);
        server.then(error(404, "unknown role"));
        assertThatExceptionOfType(StoreUnavailableException.class)
                .isThrownBy(fixed::look)
                .withMessageContaining("database/static-creds/app");
        server.then(json(200, "{\"data\":{\"username\":\"app\",\"password\":7,\"ttl\":90}}"));
        assertThatExceptionOfType(UnusableRecordException.class)
                .isThrownBy(fixed::look)
                .withMessageContaining("data.password");
    }

    @Test
    void dynamicRole_isAskedOnce_andItsLeaseIsRenewedAtTwoThirds() {
        server.then(created("one", HOUR), KNOWN, renewed("one", HOUR), KNOWN);
        assertThat(user()).isEqualTo("u-one:p");
        clock.advance(Duration.ofMinutes(39));
        assertThat(user()).isEqualTo("u-one:p");
        clock.advance(Duration.ofMinutes(1));
        assertThat(user()).isEqualTo("u-one:p");
        clock.advance(Duration.ofMinutes(39));
        assertThat(leased.look().validFor()).contains(Duration.ofMinutes(21));
        assertThat(server.lines())
                .containsExactly(
                        "GET /v1/database/creds/app HTTP/1.1",
                        "POST /v1/sys/leases/lookup HTTP/1.1",
                        "POST /v1/sys/leases/renew HTTP/1.1",
                        "POST /v1/sys/leases/lookup HTTP/1.1");
    }

    @Test
    void renewalThatFailsForAWhile_leavesTheLogin_andIsTriedAtEachLook() {
        server.then(created("one", HOUR));
        leased.look();
        clock.advance(Duration.ofMinutes(41));
        for (int i = 0; i < 3; i++) {
            for (int tries = 0; tries < Courier.MOST_TRIES; tries++) {
                server.then(error(500, "internal"));
            }
            assertThatThrownBy(leased::look).isInstanceOf(StoreUnavailableException.class);
            clock.advance(Duration.ofMinutes(1));
        }
        server.then(renewed("one", HOUR));
        assertThat(user()).isEqualTo("u-one:p");
    }

    @Test
    void leaseAtItsLongestLife_isFollowedByAnotherLoginAheadOfItsEnd() {
        server.then(created("one", HOUR), renewed("one", 20 * 60), KNOWN, KNOWN, created("two", HOUR));
        leased.look();
        clock.advance(Duration.ofMinutes(40));
        assertThat(user()).isEqualTo("u-one:p");
        Duration ahead = TIMING.get(TimingParameter.REFRESH).multipliedBy(2).plus(TIMING.get(TimingParameter.ADOPTION));
        clock.advance(Duration.ofMinutes(20).minus(ahead).minusSeconds(1));
        assertThat(user()).isEqualTo("u-one:p");
        clock.advance(Duration.ofSeconds(1));
        assertThat(user()).isEqualTo("u-two:p");
    }

    @Test
    void leaseThatTheServerNoLongerKnows_isReplacedAtOnce() {
        server.then(created("one", HOUR), error(400, "invalid lease"), created("two", HOUR));
        leased.look();
        assertThat(user()).isEqualTo("u-two:p");
        server.then(error(400, "lease not found"), created("three", HOUR));
        clock.advance(Duration.ofMinutes(41));
        assertThat(user()).isEqualTo("u-three:p");
    }

    @Test
    void leaseThatMayNotBeLookedUp_isRenewedWhenItIsDue() {
        server.then(created("one", HOUR), error(403, "permission denied"), renewed("one", HOUR));
        leased.look();
        assertThat(user()).isEqualTo("u-one:p");
        clock.advance(Duration.ofMinutes(41));
        assertThat(user()).isEqualTo("u-one:p");
    }

    @Test
    void loginWhoseReplyIsLost_isNotAskedForAgainWithinALook() {
        server.then(ScriptedServer.cut(), error(500, "internal"), created("three", HOUR));
        assertThatThrownBy(leased::look).isInstanceOf(StoreUnavailableException.class);
        assertThat(server.lines()).hasSize(1);
        assertThatThrownBy(leased::look).isInstanceOf(StoreUnavailableException.class);
        assertThat(server.lines()).hasSize(2);
        assertThat(user()).isEqualTo("u-three:p");
    }

    @Test
    void leases_areRevokedWhenTheirLoginIsOver_andAllWhenTheSourceIsClosed() {
        FollowedSecretSource source = FollowedSecretSource.builder()
                .secret(NAME, leased, TIMING)
                .clock(clock)
                .ticker(clock)
                .build();
        KeyringReader reader = KeyringReader.of(source, NAME);
        server.then(created("one", 40 * 24 * HOUR));
        reader.load(null);
        server.then(error(400, "invalid lease"), created("two", 40 * 24 * HOUR));
        Keyring both = reader.load(null);
        assertThat(both.accepted()).hasSize(2);
        clock.advance(TIMING.get(TimingParameter.OVERLAP).plus(TIMING.get(TimingParameter.ADOPTION)));
        server.then(KNOWN, DONE);
        assertThat(reader.load(null).accepted()).hasSize(1);
        assertThat(server.asked().get(4).line()).contains("sys/leases/revoke");
        assertThat(server.asked().get(4).body()).contains("lease/one");

        server.then(DONE);
        source.close();
        assertThat(server.asked()).hasSize(6);
        assertThat(server.asked().get(5).body()).contains("lease/two");
        assertThatThrownBy(leased::look).isInstanceOf(StoreUnavailableException.class);
    }

    @Test
    void role_thatIsNoName_isRefused() {
        assertThatThrownBy(() -> VaultDatabase.of(client).staticRole("../sys", ENCODING))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> VaultDatabase.of(client, "a//b")).isInstanceOf(IllegalArgumentException.class);
    }

    private String user() {
        return leased.look().current().reveal(bytes -> new String(bytes, UTF_8));
    }

    private static ScriptedServer.Reply created(String name, int seconds) {
        return json(
                200,
                "{\"lease_id\":\"lease/" + name + "\",\"lease_duration\":" + seconds
                        + ",\"renewable\":true,\"data\":{\"username\":\"u-" + name + "\",\"password\":\"p\"}}");
    }

    private static ScriptedServer.Reply renewed(String name, int seconds) {
        return json(200, "{\"lease_id\":\"lease/" + name + "\",\"lease_duration\":" + seconds + ",\"renewable\":true}");
    }

    private static SecretValue value(String text) {
        return SecretValue.copyOf(text.getBytes(UTF_8));
    }
}
