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
 */
@NullMarked
package dev.slipring.crypto;

import org.jspecify.annotations.NullMarked;
