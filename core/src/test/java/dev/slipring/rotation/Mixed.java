package dev.slipring.rotation;

/** Hash codes for records of small numbers, of which the usual ones are nearly all alike. Stateless. */
final class Mixed {
    private Mixed() {}

    static int hash(long... numbers) {
        long hash = 17;
        for (long number : numbers) {
            hash = (hash ^ number) * 0x9E3779B97F4A7C15L;
            hash ^= hash >>> 32;
        }
        return (int) hash;
    }
}
