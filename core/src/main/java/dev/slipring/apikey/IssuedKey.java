package dev.slipring.apikey;

import java.util.Objects;

/**
 * A key as its service lists it, without its value.
 *
 * @param id what the service calls the unit that is revoked: the key, or the account that owns it
 * @param name the name it was made with
 */
public record IssuedKey(String id, String name) {
    public IssuedKey {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(name, "name");
    }
}
