package dev.slipring.session.foreign;

import java.util.List;

/** A format that can be issued. Its key is the secret itself. */
sealed interface IssuingScheme extends Scheme permits DottedScheme, KeygripScheme {
    /**
     * Signs a session.
     *
     * @param value without unpaired surrogates
     * @return the values of {@link #cookies}, in that order
     * @throws IllegalArgumentException if the format has no spelling for such a value
     */
    List<String> signed(String value, MacKey key);

    @Override
    default List<byte[]> keys(byte[] secret) {
        return List.of(secret.clone());
    }

    @Override
    default boolean isTimed() {
        return false;
    }
}
