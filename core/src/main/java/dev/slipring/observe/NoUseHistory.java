package dev.slipring.observe;

import dev.slipring.keyring.SecretName;
import java.util.Optional;

/** Keeps nothing. Stateless. */
enum NoUseHistory implements UseHistoryStore {
    INSTANCE;

    @Override
    public Optional<byte[]> load(SecretName secret) {
        return Optional.empty();
    }

    @Override
    public void save(SecretName secret, byte[] history) {}
}
