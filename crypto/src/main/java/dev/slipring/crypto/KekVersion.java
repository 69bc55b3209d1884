package dev.slipring.crypto;

/**
 * A version of a ring.
 *
 * @param ringId number of the ring
 * @param version number of the version, from 1
 */
public record KekVersion(int ringId, int version) {}
