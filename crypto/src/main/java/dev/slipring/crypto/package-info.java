/**
 * Envelope encryption: start with {@link dev.slipring.crypto.EnvelopeEncryptor}.
 *
 * <p>An envelope holds the ciphertext, and beside it the data key (DEK) that made it, wrapped by a version
 * of a rotating secret (KEK). So a KEK rotates without touching payloads: old envelopes go on to open, and
 * {@link dev.slipring.crypto.EnvelopeEncryptor#rewrap rewrap} moves them under the new version one by one.
 * Every envelope is bound to a {@link dev.slipring.crypto.Context}, such as the table and column it belongs
 * in, and commits to its one key.
 *
 * <p>An {@link dev.slipring.crypto.EnvelopeCensus} tells when an old version can go. An
 * {@link dev.slipring.crypto.EnvelopeValueSealer} seals the values of a secret store in envelopes, under a
 * {@link dev.slipring.crypto.RootKey} from outside.
 *
 * <p>The format is {@code e1}, fixed byte for byte; this package reads its suites 01 to 04 and chooses the one
 * it writes by what it is told of the writers. An envelope is one array or text, or a stream of any length.
 * Whatever bytes are opened, the outcome is the plaintext or an
 * {@link dev.slipring.crypto.EnvelopeException} with one of a closed set of failures.
 *
 * <p>{@link dev.slipring.crypto.CryptoProviders} says where the cryptography comes from: the platform, providers that
 * the application names, or a FIPS module.
 *
 * <p>In reference mode an envelope has the commitment alone, and the wrapped data key stands in a
 * {@link dev.slipring.store.DataKeyStore}, found by it. The record there, integers big endian:
 *
 * <pre>
 * offset length
 *      0      2  magic F5 44
 *      2      1  record version 01
 *      3      1  suite
 *      4      4  ring id
 *      8      4  KEK version, from 1, unsigned
 *     12      8  created, in milliseconds since 1970, at most 2^63 - 1
 *     20     32  commitment C
 *     52      2  n, length of the wrapped DEK, 1 to 4096
 *     54      n  wrapped DEK, as in an inline envelope; nothing follows
 * </pre>
 *
 * A rewrap replaces ring, version, n and wrapped DEK. Nothing of it is trusted before the DEK gave C.
 *
 * <p>Two clones of a process must not share a data key. A clone is noticed where the process id or the clocks show it,
 * within a second; where a checkpoint says so itself, as CRaC does, drop the keys then:
 *
 * <pre>{@code
 * final class DropKeys implements org.crac.Resource { // keep a reference to it: CRaC does not
 *     public void beforeCheckpoint(Context<? extends Resource> context) {
 *         encryptor.dropKeys();
 *     }
 *
 *     public void afterRestore(Context<? extends Resource> context) {
 *         encryptor.dropKeys();
 *     }
 * }
 * }</pre>
 */
@NullMarked
package dev.slipring.crypto;

import org.jspecify.annotations.NullMarked;
