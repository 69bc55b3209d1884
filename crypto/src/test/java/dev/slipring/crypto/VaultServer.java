package dev.slipring.crypto;

import dev.slipring.vault.VaultClient;

/** A server with a transit engine at {@code transit/}, real or not. */
interface VaultServer {
    /** Somebody who may do everything. */
    VaultClient.Builder client();

    /** Somebody who may write to these paths and what begins like them, and to no others. */
    VaultClient.Builder limited(String... paths);

    /** Somebody whom the server does not know. */
    VaultClient.Builder stranger();

    /** Seals the server, or unseals it. */
    void sealed(boolean value);
}
