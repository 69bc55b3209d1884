package dev.slipring.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.slipring.contract.LiveVault;
import dev.slipring.crypto.kek.TransitKeys;
import dev.slipring.keyring.SecretValue;
import dev.slipring.store.Commitment;
import dev.slipring.testing.ManualClock;
import dev.slipring.vault.TransitClient;
import dev.slipring.vault.VaultAuthentication;
import dev.slipring.vault.VaultClient;
import dev.slipring.vault.VaultException;
import dev.slipring.vault.VaultException.Kind;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The same against a real server, if {@link LiveVault} finds one. */
class LiveTransitTest extends TransitContract {
    private static final KeyBinding BINDING = new KeyBinding(7, 1, Commitment.copyOf(Keks.value(3)));

    private static LiveVault vault;

    @BeforeAll
    static void needsAServer() {
        vault = LiveVault.found();
    }

    @Override
    VaultServer server() {
        return new LiveTransit(vault);
    }

    @Test
    void role_logsIn_renewsItsToken_andLogsInAgainWhenItIsTaken() {
        ManualClock clock = Keks.clock();
        try (VaultClient client = vault.role(3600, LiveTransit.policy("transit/encrypt/", "transit/decrypt/"))
                .ticker(clock)
                .build()) {
            KeyWrapper wrapper = wrapper(TransitKeys.of(TransitClient.of(client)), key.version(1));
            byte[] wrapped = wrapper.wrap(Keks.value(1), BINDING);
            clock.advance(Duration.ofSeconds(2500));
            assertThat(wrapper.unwrap(wrapped, BINDING)).isEqualTo(Keks.value(1));
            clock.advance(Duration.ofSeconds(2500)); // past the first life, within the renewed one
            assertThat(wrapper.unwrap(wrapped, BINDING)).isEqualTo(Keks.value(1));
            vault.revokeTokensOfRoles();
            clock.advance(Duration.ofSeconds(6));
            assertThat(wrapper.unwrap(wrapped, BINDING)).isEqualTo(Keks.value(1));
            assertKind(
                    Kind.DENIED,
                    "rewrap",
                    () -> TransitClient.of(client)
                            .rewrap(key.version(1), new String(wrapped, StandardCharsets.US_ASCII)));
        }
    }

    @Test
    void tls_underAPrivateAuthority_isTrustedOnlyWhereItIsTold() {
        URI address = URI.create(vault.told("tlsAddress"));
        VaultAuthentication token =
                VaultAuthentication.token(SecretValue.copyOf(vault.told("token").getBytes(StandardCharsets.US_ASCII)));
        try (VaultClient trusting = VaultClient.builder(address, token)
                        .authorities(Path.of(vault.told("authorities")))
                        .build();
                VaultClient wary = VaultClient.builder(address, token).build()) {
            assertThatExceptionOfType(VaultException.class)
                    .isThrownBy(() -> TransitClient.of(trusting).status(key))
                    .matches(e -> e.kind() == Kind.NOT_FOUND);
            assertThatExceptionOfType(VaultException.class)
                    .isThrownBy(() -> TransitClient.of(wary).status(key))
                    .withMessageContainingAll("read key", "transit/keys/" + key.name(), "TLS")
                    .withCauseInstanceOf(SSLHandshakeException.class)
                    .matches(e -> e.kind() == Kind.UNAVAILABLE);
        }
    }
}
