package dev.slipring.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipring.keyring.SecretValue;
import dev.slipring.vault.FakeKeyValue;
import dev.slipring.vault.VaultAuthentication;
import dev.slipring.vault.VaultClient;
import dev.slipring.vault.VaultSecretStore;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Commands on a store in a double of Vault. */
class VaultStoreCommandsTest extends StoreCommandsContract {
    private static final String READER = "reader-token-4711";

    private final FakeKeyValue server = new FakeKeyValue();

    @AfterEach
    void close() {
        server.close();
    }

    @Override
    void open() {
        shell.environment.put("SLIPRING_STORE", "vault");
        shell.environment.put("SLIPRING_PREFIX", "app");
        shell.environment.put("VAULT_ADDR", server.address().toString());
        shell.environment.put("VAULT_TOKEN", FakeKeyValue.ROOT);
    }

    @Override
    void readOnly() {
        SecretValue token = SecretValue.copyOf(FakeKeyValue.ROOT.getBytes(StandardCharsets.UTF_8));
        try (VaultClient client = VaultClient.builder(server.address(), VaultAuthentication.token(token))
                .build()) {
            VaultSecretStore store = VaultSecretStore.builder(client, "app").build();
            server.allow(READER, store.policies(Set.of(COOKIE)).reader());
        }
        shell.environment.put("VAULT_TOKEN", READER);
    }

    @Override
    void goAway() {
        server.close();
    }

    @Override
    Set<String> credentials() {
        return Set.of(FakeKeyValue.ROOT, READER);
    }

    @Test
    void token_thatMayDoNothing_isToldSo() {
        shell.environment.put("VAULT_TOKEN", READER);

        failsOnOneLine("status");
        assertThat(run("status").err()).contains("permission denied");
    }
}
