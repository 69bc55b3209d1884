package dev.slipring.store;

import dev.slipring.contract.SourceContract;
import dev.slipring.keyring.SecretValue;
import dev.slipring.keyring.SecretVersion;
import dev.slipring.keyring.VersionState;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** A store, of which only reading is asked here. */
class StoredSourceTest extends SourceContract {
    @Override
    protected SecretSource holding(SecretValue value) {
        InMemorySecretStore store = InMemorySecretStore.create(clock);
        SecretVersion version = SecretVersion.staged(1, new SecretVersion.Origin("r1", 1, 1), Optional.empty())
                .in(VersionState.PRIMARY)
                .valued("00", Map.of());
        store.putValueIfAbsent(NAME, 1, value).wipe();
        store.compareAndSet(
                SecretRecord.first(NAME, new Rotation("r1", 1, TIMING), version, 0),
                WriteWindow.open(clock, Duration.ofSeconds(5)));
        return store;
    }
}
