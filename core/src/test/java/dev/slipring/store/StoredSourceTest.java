package dev.slipring.store;

import dev.slipring.contract.StoredSourceContract;
import java.nio.file.Path;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

/** Stores, of which only reading is asked here. */
class StoredSourceTest {
    @Nested
    class InMemory extends StoredSourceContract {
        private final InMemorySecretStore store = InMemorySecretStore.create(clock);

        @Override
        protected SecretStore store() {
            return store;
        }
    }

    @Nested
    class InFiles extends StoredSourceContract {
        @TempDir
        Path directory;

        @Override
        protected SecretStore store() {
            return FileSecretStore.in(directory.resolve("store"), clock);
        }
    }
}
