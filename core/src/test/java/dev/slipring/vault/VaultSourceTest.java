package dev.slipring.vault;

import dev.slipring.contract.StoredSourceContract;
import dev.slipring.store.SecretStore;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;

/** A store in Vault, of which only reading is asked here; it is away while it is sealed. */
class VaultSourceTest extends StoredSourceContract {
    private final FakeKeyValue server = new FakeKeyValue();
    private final VaultClient client = VaultClient.builder(
                    server.address(), VaultAuthentication.token(value(FakeKeyValue.ROOT)))
            .requestTimeout(Duration.ofSeconds(60))
            .deadline(Duration.ofSeconds(120))
            .pause(length -> {})
            .build();

    @AfterEach
    void close() {
        client.close();
        server.close();
    }

    @Override
    protected SecretStore store() {
        return VaultSecretStore.builder(client, "app").clock(clock).build();
    }

    @Override
    protected void outage(boolean out) {
        server.seal(out);
    }
}
