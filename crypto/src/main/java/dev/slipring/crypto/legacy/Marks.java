package dev.slipring.crypto.legacy;

import java.util.Arrays;

/** Looks at the first bytes of what is stored. */
final class Marks {
    private Marks() {}

    static boolean begins(byte[] stored, byte[] mark) {
        return stored.length >= mark.length && Arrays.equals(stored, 0, mark.length, mark, 0, mark.length);
    }
}
