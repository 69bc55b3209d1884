package dev.slipring.examples.cli;

import dev.slipring.examples.Closing;
import dev.slipring.store.SecretStore;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A store in use.
 *
 * @param store the store
 * @param auditPlace where an audit trail beside it is, if it is a directory
 * @param resources what was opened for it
 */
record OpenStore(SecretStore store, Optional<Path> auditPlace, Closing resources) implements AutoCloseable {
    @Override
    public void close() {
        resources.close();
    }
}
