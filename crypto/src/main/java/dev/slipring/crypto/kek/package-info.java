/**
 * Values for KEKs from outside: {@link dev.slipring.crypto.kek.KeyFile} imports a key from PEM, PKCS#8 or PKCS#12,
 * {@link dev.slipring.crypto.kek.Argon2id} derives one from a passphrase. Both give a
 * {@link dev.slipring.keyring.SecretValue} of at least 32 bytes, to be handed to {@code Slipring.adopt} as the first
 * version of a secret that is rotated from then on. {@link dev.slipring.crypto.kek.TransitKeys} leaves the keys to a
 * server instead, and values only name them.
 *
 * <p>The same key gives the same value each time and everywhere. What is short, weak or published is refused, as are
 * files that ask for more work than an honest one: both with an {@link java.lang.IllegalArgumentException} that names
 * the file and the reason, and nothing of the key.
 */
@NullMarked
package dev.slipring.crypto.kek;

import org.jspecify.annotations.NullMarked;
