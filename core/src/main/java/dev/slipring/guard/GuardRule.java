package dev.slipring.guard;

/** What is wrong with a value, without doubt; a set that grows. */
public enum GuardRule {
    /**
     * Even if it was drawn at random from the characters that it shows, it holds fewer bits than its kind needs: 112
     * where whoever sees what is made with it may try values at leisure, 64 where each try is a login or a call.
     */
    WEAK,
    /** It is one byte or a short pattern repeated, or a published default or documentation sample. */
    PUBLISHED,
    /** It says of itself that it is for development or tests, and is used in production. */
    DEVELOPMENT,
    /** Another secret has it too. */
    DUPLICATED,
    /** Another environment has it too. */
    SHARED
}
