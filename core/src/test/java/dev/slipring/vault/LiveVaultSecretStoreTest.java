package dev.slipring.vault;

import static dev.slipring.contract.Records.NAME;
import static org.assertj.core.api.Assertions.assertThat;

import dev.slipring.contract.LiveVault;
import dev.slipring.store.SecretStore;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The same against the key-value engine at {@code secret/} of a real server, if {@link LiveVault} finds one. */
class LiveVaultSecretStoreTest extends VaultStoreContract {
    private static LiveVault vault;

    private final String prefix = "slipring-test/" + UUID.randomUUID();

    @BeforeAll
    static void needsAServer() {
        vault = LiveVault.found();
    }

    @Override
    VaultClient.Builder client() {
        return vault.client();
    }

    @Override
    VaultClient.Builder limited(String policy) {
        return vault.limited(policy);
    }

    @Override
    String prefix() {
        return prefix;
    }

    @Override
    protected SecretStore open() {
        return store(client(), builder -> builder.clock(clock));
    }

    @Test
    void storeNow_isTheServersTime() {
        Instant before = Instant.now().minusSeconds(1);
        assertThat(store(client(), builder -> {}).read(NAME).storeNow()).isBetween(before, Instant.now());
    }

    @Test
    void plainReaders_seeThePrimaryValue() {
        SecretStore store = open();
        store.putValueIfAbsent(NAME, 1, value("one"));
        store.putValueIfAbsent(NAME, 2, value("two"));
        store.compareAndSet(primary(1, 1), window());
        store.reconcile(NAME);
        assertThat(plain()).isEqualTo("b25l");
        store.compareAndSet(primary(2, 2), window());
        store.reconcile(NAME);
        assertThat(plain()).isEqualTo("dHdv");
        store.eraseValue(NAME, 1);
        assertThat(store.value(NAME, 1)).isEmpty();
        assertThat(store.value(NAME, 2)).contains(value("two"));
    }

    private String plain() {
        return new KeyValueEngine(opened(client()), "secret")
                .read(prefix + "/" + NAME)
                .answer()
                .text("data", "data", "value");
    }
}
