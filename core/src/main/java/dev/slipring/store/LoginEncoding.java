package dev.slipring.store;

import dev.slipring.keyring.SecretValue;

/** Makes one value of a user name and a password, so that they change together. Implementations are thread-safe. */
@FunctionalInterface
public interface LoginEncoding {
    /**
     * Both as one value, which the caller owns.
     *
     * @param password UTF-8; stays the caller's, who wipes it
     * @throws IllegalArgumentException if they cannot be those of a login; the message quotes neither
     */
    SecretValue encode(String user, byte[] password);
}
