package dev.slipring.session;

/**
 * One accepted version: its key, and what its metadata allow.
 *
 * @param version number of the version
 * @param key prints no material
 * @param compromised whether everything under it is rejected
 * @param lastIssue the last second in which a live replica may have signed with it
 * @param lastResign what was issued by then moves to the primary version
 */
record AcceptedKey(int version, SessionKey key, boolean compromised, long lastIssue, long lastResign) {}
