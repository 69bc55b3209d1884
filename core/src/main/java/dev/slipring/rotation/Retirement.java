package dev.slipring.rotation;

/** What ends the overlap of a retiring version. */
public enum Retirement {
    /** Time and evidence: the version is revoked by itself once the overlap is over. */
    ON_TIME,
    /** A census that finds nothing left which only this version can open; destroying it is an operator's command. */
    ON_CENSUS
}
