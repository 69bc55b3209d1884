package dev.slipring.rotation;

import java.util.List;

/**
 * What a replica sees of a record.
 *
 * @param primary the version that it produces with
 * @param accepted the set of versions that it accepts
 * @param retired for each version, how many ticks ago it retired, if what it makes later is to be rejected
 */
record View(int primary, int accepted, List<Integer> retired) {
    /** Whether something made with {@code version} so many ticks ago is accepted. */
    boolean accepts(int version, int age, int grace) {
        if ((accepted >>> version & 1) == 0) {
            return false;
        }
        int bound = version < retired.size() ? retired.get(version) : Parts.NEVER;
        return bound == Parts.NEVER || age >= bound - grace;
    }

    /** The highest version that the replica accepts. */
    int newest() {
        return 31 - Integer.numberOfLeadingZeros(accepted);
    }
}
