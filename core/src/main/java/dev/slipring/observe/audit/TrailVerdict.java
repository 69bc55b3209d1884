package dev.slipring.observe.audit;

import java.time.Instant;
import java.util.Optional;

/** What a check of a trail found. */
public sealed interface TrailVerdict {
    /**
     * Every line follows from the one before. Lines may be missing after the last one: compare {@code head} with what
     * was noted elsewhere.
     *
     * @param lines how many lines there are, those that open files and mark unfinished lines included
     * @param events how many of them are audit events
     * @param first time of the first event
     * @param last time of the last event
     * @param head number and hash of the last line
     */
    record Intact(long lines, long events, Optional<Instant> first, Optional<Instant> last, AuditTrail.Head head)
            implements TrailVerdict {}

    /**
     * Something is wrong; every line before it is as it was written.
     *
     * @param file name of the file
     * @param line number of the line within the file, from 1; 0 if it is about the file as a whole
     * @param fault what is wrong
     */
    record Broken(String file, long line, Fault fault) implements TrailVerdict {}

    /** What can be wrong. */
    enum Fault {
        /** The file cannot be read. */
        UNREADABLE,
        /** A file before this one is missing. */
        MISSING_FILE,
        /** The last line has no end: a writer was killed, which the next append puts right, or it was cut. */
        UNFINISHED_LINE,
        /** It does not have the form of a line. */
        NOT_A_LINE,
        /** Its hash is not that of its bytes, or not under this key. */
        HASH_MISMATCH,
        /** It does not follow the line before: something was taken out, put in or moved. */
        OUT_OF_ORDER,
        /** The hash that was noted elsewhere is not in the trail: its end was cut off, or it was rewritten. */
        HEAD_MISSING
    }
}
