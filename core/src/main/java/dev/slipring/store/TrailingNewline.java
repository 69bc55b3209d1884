package dev.slipring.store;

/** What becomes of a line end after the text of a file, which editors and {@code echo} leave there. */
public enum TrailingNewline {
    /** It is part of the value. */
    KEEP,
    /** One line feed, or one carriage return with a line feed, at the very end is left out. */
    DROP
}
