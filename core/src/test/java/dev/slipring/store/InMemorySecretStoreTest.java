package dev.slipring.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipring.contract.Records;
import dev.slipring.contract.SecretStoreContract;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class InMemorySecretStoreTest extends SecretStoreContract {
    private final InMemorySecretStore store = InMemorySecretStore.create(clock);

    @Override
    protected SecretStore open() {
        return store;
    }

    @Test
    void create_twice_sharesNothing() {
        InMemorySecretStore other = InMemorySecretStore.create(clock);
        store.compareAndSet(Records.at(1, "a"), window());
        assertThat(other.read(Records.NAME).record()).isEmpty();
        assertThat(other.installationKey()).isNotEqualTo(store.installationKey());
    }

    @Test
    void create_withoutAClock_goesByTheSystemsTime() {
        Instant before = Instant.now();
        Instant read = InMemorySecretStore.create().read(Records.NAME).storeNow();
        assertThat(read).isBetween(before, Instant.now());
    }
}
