package dev.slipring.guard;

/**
 * How many bits a value holds at most: as if each of its symbols had been drawn at random from the alphabet that it
 * shows, but for what merely goes on with or copies what was there before. What a person chose holds fewer, of which
 * nothing is known here. Stateless.
 */
final class Randomness {
    /** Fewer equal or counted symbols in a row, or symbols copied, also come by chance. */
    private static final int LEAST = 6;

    /** Enough of a value to hold whatever is asked of it. */
    private static final int LOOKED_AT = 4096;

    private static final int BYTES = 256;
    private static final int MARKS = 33;

    private Randomness() {}

    /** Whether {@code value} may hold {@code bits}. */
    static boolean mayHold(byte[] value, int bits) {
        return bitsAtMost(value, bits) >= bits;
    }

    /** An upper bound of what {@code value} holds, in bits; it is not looked at further once that is {@code enough}. */
    static double bitsAtMost(byte[] value, int enough) {
        double each = Math.log(alphabet(value)) / Math.log(2);
        int length = Math.min(value.length, LOOKED_AT);
        double bits = 0;
        int at = 0;
        while (at < length && bits < enough) {
            int counted = counted(value, at, length);
            int copied = counted < LEAST - 1 ? copied(value, at, length) : 0;
            if (counted >= LEAST - 1) {
                bits += each; // how far
                at += counted;
            } else if (copied >= LEAST) {
                bits += 2 * each; // from where, and how far
                at += copied;
            } else {
                bits += each;
                at++;
            }
        }
        return bits;
    }

    /** How many symbols from {@code at} on go on as the last two did: the same again, or one up or down. */
    private static int counted(byte[] value, int at, int length) {
        if (at == 0 || at == length) {
            return 0;
        }
        int step = value[at] - value[at - 1];
        if (Math.abs(step) > 1) {
            return 0;
        }
        int end = at;
        while (end < length && value[end] - value[end - 1] == step) {
            end++;
        }
        return end - at;
    }

    /** The length of the longest copy, from {@code at} on, of what began before. */
    private static int copied(byte[] value, int at, int length) {
        int longest = 0;
        for (int from = 0; from < at; from++) {
            int same = 0;
            while (at + same < length && value[at + same] == value[from + same]) {
                same++;
            }
            longest = Math.max(longest, same);
        }
        return longest;
    }

    /** The size of the smallest of the usual alphabets that has all the symbols. */
    private static int alphabet(byte[] value) {
        boolean digits = false;
        boolean lower = false;
        boolean upper = false;
        boolean marks = false;
        boolean beyondHex = false;
        for (byte symbol : value) {
            if (symbol < ' ' || symbol > '~') {
                return BYTES;
            } else if (symbol >= '0' && symbol <= '9') {
                digits = true;
            } else if (symbol >= 'a' && symbol <= 'z') {
                lower = true;
                beyondHex |= symbol > 'f';
            } else if (symbol >= 'A' && symbol <= 'Z') {
                upper = true;
                beyondHex |= symbol > 'F';
            } else {
                marks = true;
            }
        }
        boolean hex = (lower || upper) && !(lower && upper) && !beyondHex && !marks;
        return hex ? 16 : (digits ? 10 : 0) + (lower ? 26 : 0) + (upper ? 26 : 0) + (marks ? MARKS : 0);
    }
}
