package dev.slipring.observe;

import dev.slipring.keyring.SecretName;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where a replica keeps what it has learned of the use of its secrets, so that a restart forgets nothing: the habits of
 * four weeks, and what is usual of failures. It holds numbers of uses and no secret material.
 *
 * <p>Both methods are called on the thread that refreshes secrets, for each secret about once an hour, and once more when
 * a {@code Slipring} is closed. What one throws is logged; it is tried again an hour later, and nothing that could not be
 * loaded is ever replaced. Implementations are safe for use by several threads.
 */
public interface UseHistoryStore {
    /** What was saved last of {@code secret}; empty if nothing was. */
    Optional<byte[]> load(SecretName secret);

    /** Keeps {@code history}, at most 8 KiB of JSON in UTF-8, in place of what was saved before. */
    void save(SecretName secret, byte[] history);

    /**
     * Files in {@code directory}, one for each secret, for their owner only where the file system knows of owners. The
     * directory is made when it is first written to, if its parent exists. Replicas whose uses are alike may share one;
     * the last to save is remembered. A method throws {@link UncheckedIOException} if a file cannot be read or written.
     */
    static UseHistoryStore in(Path directory) {
        return new UseHistoryFiles(directory);
    }

    /** Keeps nothing. */
    static UseHistoryStore none() {
        return NoUseHistory.INSTANCE;
    }
}
