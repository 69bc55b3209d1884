/**
 * Where records and values live: start with {@link dev.slipring.store.SecretStore}, and
 * {@link dev.slipring.store.FileSecretStore} for one that needs nothing but a directory.
 *
 * <p>A store keeps, per secret, one small {@link dev.slipring.store.SecretRecord} that is replaced by
 * compare-and-set, and beside it the values, one per version, written once. Record and values have separate
 * paths, so writing a record can never touch a value. A {@link dev.slipring.store.SecretSource} only reads, such
 * as {@link dev.slipring.store.EnvironmentSecretSource} does for applications without a store, and
 * {@link dev.slipring.store.FollowedSecretSource} for secrets that something else rotates, such as in a
 * {@link dev.slipring.store.MountedDirectory}. A
 * {@link dev.slipring.store.SealedSecretStore} keeps the values of any store encrypted.
 *
 * <p>Apart from secrets, a {@link dev.slipring.store.DataKeyStore} keeps the wrapped data keys that encrypted data is
 * under.
 */
@NullMarked
package dev.slipring.store;

import org.jspecify.annotations.NullMarked;
