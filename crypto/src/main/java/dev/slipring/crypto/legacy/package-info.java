/**
 * Ciphertext of other systems, read so that an application can move to envelopes: start with
 * {@link dev.slipring.crypto.legacy.EnvelopeMigrator}.
 *
 * <p>Each system is a {@link dev.slipring.crypto.legacy.LegacyCipher}, made of explicit keys and a
 * {@link dev.slipring.crypto.legacy.Sunset}, from which on it refuses everything: Tink keysets, the transit engine of
 * Vault and OpenBao, Spring Security's encryptors and Rails' Active Record encryption. Nothing here encrypts in
 * their formats. Plaintext beside ciphertext is taken by the migrator only, by name and until a date as well.
 *
 * <p>Whatever bytes are read, the outcome is a plaintext or an {@link dev.slipring.crypto.EnvelopeException} with one
 * of the failures that envelopes have.
 */
@NullMarked
package dev.slipring.crypto.legacy;

import org.jspecify.annotations.NullMarked;
