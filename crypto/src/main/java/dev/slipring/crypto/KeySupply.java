package dev.slipring.crypto;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;
import java.util.concurrent.Executor;

/**
 * How an encryptor comes by its data keys: when the next one is made, by whom, and how long a call waits for one.
 *
 * <p>The next data key is made when 80 % of the present one's messages, bytes or age are used. Nobody waits for it
 * until the present key is spent. So a KEK or a data-key store may be down for a fifth of a data key's age, at any
 * time, and an encryptor that is in use goes on with the key it has; {@link #outageBudget} makes that longer.
 *
 * <p>Immutable and safe for use by several threads.
 */
public final class KeySupply {
    private static final Duration LONGEST_PATIENCE = Duration.ofHours(1);
    private static final int MOST_OPENED = 1 << 20;
    private static final KeySupply STANDARD =
            new KeySupply(Runnable::run, Duration.ofSeconds(10), Duration.ZERO, 1024, InstantSource.system());

    private final Executor executor;
    private final Duration patience;
    private final Duration outageBudget;
    private final int openedKeys;
    private final InstantSource clock;

    private KeySupply(
            Executor executor, Duration patience, Duration outageBudget, int openedKeys, InstantSource clock) {
        this.executor = executor;
        this.patience = patience;
        this.outageBudget = outageBudget;
        this.openedKeys = openedKeys;
        this.clock = clock;
    }

    /**
     * Made by the caller that comes past 80 %, waited for 10 s, no outage budget beyond a fifth of the age, 1024
     * opened keys.
     *
     * @return how an encryptor that is not told otherwise comes by its data keys
     */
    public static KeySupply standard() {
        return STANDARD;
    }

    /**
     * The same, with the next data key made by {@code value} instead of by the caller that comes past 80 %. Worth it
     * where a remote KEK or a data-key store answers slowly. If it refuses, the caller makes the key.
     *
     * @param value runs one short task for each data key; the owner shuts it down after the encryptor is closed
     * @return a new object
     */
    public KeySupply executor(Executor value) {
        return new KeySupply(Objects.requireNonNull(value, "executor"), patience, outageBudget, openedKeys, clock);
    }

    /**
     * The same, with callers that wait for a key that another thread is getting giving up when {@code value} has
     * passed since it began. Whoever makes the call itself waits as long as the KEK or the store lets it; give their
     * clients a time-out that is shorter.
     *
     * @param value above zero and at most an hour
     * @return a new object
     * @throws IllegalArgumentException if it is out of range
     */
    public KeySupply patience(Duration value) {
        if (value.isNegative() || value.isZero() || value.compareTo(LONGEST_PATIENCE) > 0) {
            throw new IllegalArgumentException(
                    "a patience of " + value + " is not above zero and at most " + LONGEST_PATIENCE);
        }
        return new KeySupply(executor, value, outageBudget, openedKeys, clock);
    }

    /**
     * The same, with the next data key made at least {@code value} before the age of the present one ends: so long
     * the KEK or the store may be down.
     *
     * @param value zero or more; below the age of the data-key budget
     * @return a new object
     * @throws IllegalArgumentException if it is negative
     */
    public KeySupply outageBudget(Duration value) {
        if (value.isNegative()) {
            throw new IllegalArgumentException("an outage budget of " + value + " is below zero");
        }
        return new KeySupply(executor, patience, value, openedKeys, clock);
    }

    /**
     * The same, with {@code value} data keys of opened envelopes kept, and as many of what was refused or not found.
     *
     * @param value 1 to 1 048 576
     * @return a new object
     * @throws IllegalArgumentException if it is out of range
     */
    public KeySupply openedKeys(int value) {
        if (value < 1 || value > MOST_OPENED) {
            throw new IllegalArgumentException(value + " opened data keys are not in 1.." + MOST_OPENED);
        }
        return new KeySupply(executor, patience, outageBudget, value, clock);
    }

    /**
     * The same, with {@code value} as the wall clock: data-key records are dated by it, and a jump of it tells that
     * this process was cloned.
     *
     * @param value the clock; the system's unless told
     * @return a new object
     */
    public KeySupply clock(InstantSource value) {
        return new KeySupply(executor, patience, outageBudget, openedKeys, Objects.requireNonNull(value, "clock"));
    }

    InstantSource clock() {
        return clock;
    }

    Executor executor() {
        return executor;
    }

    Duration patience() {
        return patience;
    }

    int openedKeys() {
        return openedKeys;
    }

    /**
     * How long before the end of a data key's {@code age} the next one is made.
     *
     * @throws IllegalArgumentException if the outage budget is as long as the age
     */
    Duration ahead(Duration age) {
        if (outageBudget.compareTo(age) >= 0) {
            throw new IllegalArgumentException(
                    "an outage budget of " + outageBudget + " is not below the data key's age of " + age);
        }
        Duration fifth = age.dividedBy(5);
        return outageBudget.compareTo(fifth) > 0 ? outageBudget : fifth;
    }
}
