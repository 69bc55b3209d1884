package dev.slipring.examples;

/** A part of the library that is put to use, and misused, with secrets that a {@link LeakWorld} knows. */
@FunctionalInterface
interface LeakPart {
    /** Does it all; what it opens is closed with {@code world}. */
    void in(LeakWorld world) throws Exception;
}
