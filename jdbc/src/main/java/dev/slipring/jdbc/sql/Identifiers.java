package dev.slipring.jdbc.sql;

import java.nio.charset.StandardCharsets;

/** Names of schemas, tables and columns that can be quoted without doubt. */
final class Identifiers {
    /** PostgreSQL cuts longer names without an error, MariaDB and MySQL allow one more. */
    private static final int MAX_BYTES = 63;

    private Identifiers() {}

    /**
     * {@code name}, if it can be quoted.
     *
     * @throws IllegalArgumentException if it is empty, too long, or holds a control character or an unpaired surrogate
     */
    static String checked(String name) {
        boolean encodable = StandardCharsets.UTF_8.newEncoder().canEncode(name);
        if (name.isBlank() || !encodable || name.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException(
                    "a name in SQL is blank or holds a control character or an unpaired surrogate");
        }
        int length = name.getBytes(StandardCharsets.UTF_8).length;
        if (length > MAX_BYTES) {
            throw new IllegalArgumentException(
                    "the name " + name + " has " + length + " bytes; " + MAX_BYTES + " are allowed");
        }
        return name;
    }
}
