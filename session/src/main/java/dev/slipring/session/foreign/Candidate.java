package dev.slipring.session.foreign;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A cookie that is spelled as its format asks for, and is not to be believed yet.
 *
 * @param text what has to be signed; without unpaired surrogates
 * @param macs the codes that claim to be its signature
 */
record Candidate(String text, List<byte[]> macs) {

    /** Null if there is no code, or if the text is none that UTF-8 can spell: conversion would make it another. */
    static @Nullable Candidate of(String text, List<byte[]> macs) {
        return macs.isEmpty() || !StandardCharsets.UTF_8.newEncoder().canEncode(text)
                ? null
                : new Candidate(text, macs);
    }

    static @Nullable Candidate of(String text, byte @Nullable [] mac) {
        return mac == null ? null : of(text, List.of(mac));
    }

    /** Leaves out what may be a session. */
    @Override
    public String toString() {
        return "Candidate[" + text.length() + " characters]";
    }
}
