package dev.slipring.jdbc.login;

import java.nio.charset.StandardCharsets;

/** A PostgreSQL identifier that can be quoted without doubt. */
record PostgresIdentifier(String name) {
    /** Longer names are cut by the server without an error. */
    static final int MAX_BYTES = 63;

    /** @throws IllegalArgumentException if the name is empty, too long, or holds control characters or unpaired surrogates */
    PostgresIdentifier {
        boolean encodable = StandardCharsets.UTF_8.newEncoder().canEncode(name);
        if (name.isEmpty() || !encodable || name.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException(
                    "a role name is empty or holds a control character or an unpaired surrogate");
        }
        int length = name.getBytes(StandardCharsets.UTF_8).length;
        if (length > MAX_BYTES) {
            throw new IllegalArgumentException(
                    "the role name " + name + " has " + length + " bytes; PostgreSQL allows " + MAX_BYTES);
        }
    }

    /** The name between double quotes, those inside it doubled. */
    String quoted() {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    @Override
    public String toString() {
        return name;
    }
}
