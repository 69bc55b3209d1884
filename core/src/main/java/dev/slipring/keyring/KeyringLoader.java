package dev.slipring.keyring;

import org.jspecify.annotations.Nullable;

/** Where a {@link RotatingSecret} gets its snapshots from. Called by one thread at a time. */
@FunctionalInterface
public interface KeyringLoader {
    /**
     * Reads one consistent snapshot.
     *
     * @param known the newest snapshot that the caller holds, so that values which cannot have changed
     *     need not be read again; null at the first read
     * @return a snapshot that shares the values of {@code known} where the versions are the same
     * @throws RuntimeException if the store does not answer or what it holds is unusable; the caller goes on
     *     with what it has
     */
    Keyring load(@Nullable Keyring known);
}
