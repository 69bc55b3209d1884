/**
 * Columns that Jakarta Persistence keeps encrypted: an attribute is plaintext in the entity and an envelope in the
 * database. One converter class for each column extends one of
 * {@link dev.slipring.crypto.jpa.EncryptedTextConverter}, {@link dev.slipring.crypto.jpa.EncryptedTextToBytesConverter}
 * and {@link dev.slipring.crypto.jpa.EncryptedBytesConverter}:
 *
 * <pre>{@code
 * @Converter
 * public class BodyConverter extends EncryptedTextConverter {
 *     public BodyConverter() {
 *         super(Application::encryptor, Context.of("table", "notes", "column", "body"));
 *     }
 * }
 *
 * @Convert(converter = BodyConverter.class)
 * @Column(columnDefinition = "text")
 * private String body;
 * }</pre>
 *
 * A container of beans that makes converters, such as CDI or Spring, can inject the encryptor instead. Hibernate makes
 * its own of a class that {@code @Convert} names, whatever instance its {@code Configuration} was given.
 *
 * <h2>What it does not do</h2>
 *
 * <ul>
 *   <li>A converter does not see the row. The context is the column's, so whoever can write to the table can move an
 *       envelope to <strong>another row of the same column, and it opens there</strong>. Where that matters, keep the
 *       envelope in the entity and encrypt in the entity or its repository, with the row's id in the context.
 *   <li>No two envelopes are alike, so a query by equality finds nothing, and neither do {@code LIKE}, joins, unique
 *       constraints and sorting. {@code IS NULL} works: null stays null.
 *   <li>Where the provider keeps an entity, it keeps plaintext: in the persistence context, and in a second-level cache
 *       (where Hibernate keeps an envelope only of an array that may be written to in place).
 * </ul>
 *
 * <h2>Lengths</h2>
 *
 * Of <i>p</i> bytes, text counted in UTF-8 with 1 to 3 bytes a {@code char}, under a KEK that is held here:
 *
 * <pre>
 * p                                    bytes in a binary column, b
 * up to 16384                          p + 115
 * longer                               p + 143 + 16 * (p / 16384 + 1)
 * with sharedDataKeys, up to 16384     p + 131
 * with repeatableRandomness            p + 115
 * in reference mode                    50 less
 * under a remote KEK                   its wrapped data key less 40 more
 * characters in a text column          3 + 4 * b / 3, rounded up
 * </pre>
 *
 * So a {@code varchar(255)}, which a {@code String} is mapped to unless told, holds 74 bytes.
 *
 * <h2>Changes</h2>
 *
 * Of Hibernate 7; another provider may differ. It compares attributes, not columns: what did not change is not written,
 * although a new envelope of it would differ. An UPDATE of any attribute writes all columns, unless there is
 * {@code @DynamicUpdate}, so all are encrypted anew. A {@code byte[]} is compared with a copy, which is made by
 * encrypting and opening it again, at each load; so an array written to in place is updated, and loading takes three
 * operations for one, and fails when nothing can be encrypted. If no array is ever written to in place, put Hibernate's
 * {@code @Immutable} on the converter class: then there is no copy, and what is written to in place is lost.
 *
 * <p>To rewrap a column after the KEK has rotated, update it in SQL with the result of
 * {@link dev.slipring.crypto.EnvelopeEncryptor#rewrap}, where it still has the old value. The entity did not change, so
 * its version column stays.
 *
 * <h2>Failures</h2>
 *
 * A converter throws {@link dev.slipring.crypto.EnvelopeException}; the provider wraps it in a
 * {@code PersistenceException}: look for the failure among its causes. No message holds plaintext or ciphertext.
 *
 * <p>The only package that touches the Persistence API (3.2); nothing else of this module needs its jar.
 */
@NullMarked
package dev.slipring.crypto.jpa;

import org.jspecify.annotations.NullMarked;
