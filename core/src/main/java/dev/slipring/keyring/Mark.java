package dev.slipring.keyring;

import java.time.Instant;
import java.util.Objects;

/**
 * Something an operator said of a version, that guards read: when (store's time), who, and why.
 *
 * @param at when the mark was set
 * @param by who set it, not blank
 * @param reason why, not blank; shown to operators, so it must hold no secret
 */
public record Mark(Instant at, String by, String reason) {
    public Mark {
        Objects.requireNonNull(at, "at");
        if (by.isBlank()) {
            throw new IllegalArgumentException("a mark names who sets it");
        }
        if (reason.isBlank()) {
            throw new IllegalArgumentException("a mark states a reason");
        }
    }
}
