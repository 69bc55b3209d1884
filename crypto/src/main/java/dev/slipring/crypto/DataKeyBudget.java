package dev.slipring.crypto;

import java.time.Duration;

/**
 * How much one data key may encrypt before the next one is made. The first bound that is reached counts,
 * and none is ever exceeded. A smaller budget means that fewer envelopes share a data key, and more wrapping.
 * A stream has a data key of its own, and no part in any of this.
 *
 * @param messages most envelopes under one data key, 1 to 2^32; with random IVs of 96 bits more would risk a
 *     repeated one
 * @param bytes most plaintext under one data key, at least 1; a single message longer than this is refused
 * @param age longest time from making a data key to its last use for encryption, above zero and at most 365
 *     days
 */
public record DataKeyBudget(long messages, long bytes, Duration age) {
    private static final long MOST_MESSAGES = 1L << 32;
    private static final Duration LONGEST_AGE = Duration.ofDays(365);
    private static final DataKeyBudget STANDARD = new DataKeyBudget(1L << 24, 64L << 30, Duration.ofHours(1));

    /**
     * A budget.
     *
     * @param messages most envelopes under one data key
     * @param bytes most plaintext under one data key
     * @param age longest time in which a data key encrypts
     * @throws IllegalArgumentException if a bound is outside its range
     */
    public DataKeyBudget {
        if (messages < 1 || messages > MOST_MESSAGES) {
            throw new IllegalArgumentException("a data key's " + messages + " messages are not in 1.." + MOST_MESSAGES);
        }
        if (bytes < 1) {
            throw new IllegalArgumentException("a data key's budget of " + bytes + " bytes is below 1");
        }
        if (age.isNegative() || age.isZero() || age.compareTo(LONGEST_AGE) > 0) {
            throw new IllegalArgumentException(
                    "a data key's age of " + age + " is not above zero and at most " + LONGEST_AGE);
        }
    }

    /**
     * 2^24 messages, 64 GiB, one hour.
     *
     * @return the budget of an encryptor that is not told another
     */
    public static DataKeyBudget standard() {
        return STANDARD;
    }
}
