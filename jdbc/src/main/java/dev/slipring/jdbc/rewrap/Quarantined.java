package dev.slipring.jdbc.rewrap;

import java.util.List;

/**
 * A cell that was set aside.
 *
 * @param key what its row's primary key says, column by column, bytes in hexadecimal
 * @param reason why
 */
public record Quarantined(List<String> key, String reason) {
    public Quarantined {
        key = List.copyOf(key);
    }
}
