package dev.slipring.rotation;

import dev.slipring.store.SecretRecord;

/** What became of an operator's command. */
public sealed interface Answer {
    /** The command was carried out, as far as it can be at once; {@code after} is the record that says so. */
    record Accepted(SecretRecord after) implements Answer {}

    /** The command is not allowed at present; nothing was changed. */
    record Refused(String why) implements Answer {}
}
