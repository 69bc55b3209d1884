/**
 * HashiCorp Vault and OpenBao: start with {@link dev.slipring.vault.VaultClient}, which knows the server, logs in and
 * repeats what may be repeated. {@link dev.slipring.vault.TransitClient} is the transit engine by it, and
 * {@link dev.slipring.vault.TransitIssuer} rotates a secret whose versions name versions of a transit key.
 * {@link dev.slipring.vault.VaultDatabase} is the database engine, whose logins are followed.
 *
 * <p>What fails is a {@link dev.slipring.vault.VaultException} with one of a closed set of kinds, which names operation
 * and path. Tokens and bodies are never in messages or logs; of a server's error texts only those that are known to
 * hold nothing secret are shown.
 */
@NullMarked
package dev.slipring.vault;

import org.jspecify.annotations.NullMarked;
