package dev.slipring.store;

import dev.slipring.contract.StoredSourceContract;
import dev.slipring.keyring.SecretValue;
import dev.slipring.testing.FaultInjectingStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

/** Stores, of which only reading is asked here. */
class StoredSourceTest {
    @Nested
    class InMemory extends StoredSourceContract {
        /** Memory does not go away by itself. */
        private final FaultInjectingStore store = FaultInjectingStore.around(InMemorySecretStore.create(clock), clock);

        @Override
        protected SecretStore store() {
            return store;
        }

        @Override
        protected void outage(boolean out) {
            store.down(out);
        }
    }

    @Nested
    class Sealed extends StoredSourceContract {
        private final FaultInjectingStore inner = FaultInjectingStore.around(InMemorySecretStore.create(clock), clock);
        private final SecretStore store = SealedSecretStore.around(inner, RootSealer.with(1));

        @Override
        protected SecretStore store() {
            return store;
        }

        @Override
        protected void outage(boolean out) {
            inner.down(out);
        }

        @Override
        protected int longestValue() {
            return SecretValue.MAX_LENGTH - RootSealer.OVERHEAD;
        }
    }

    /** A directory that is renamed away, as a file system that is not mounted any more. */
    @Nested
    class InFiles extends StoredSourceContract {
        @TempDir
        Path directory;

        private SecretStore store;

        @Override
        protected SecretStore store() {
            if (store == null) {
                store = FileSecretStore.in(directory.resolve("store"), clock);
            }
            return store;
        }

        @Override
        protected void outage(boolean out) throws IOException {
            Path present = directory.resolve("store");
            Path away = directory.resolve("away");
            Files.move(out ? present : away, out ? away : present);
        }
    }
}
