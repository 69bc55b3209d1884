package dev.slipring.crypto;

import dev.slipring.keyring.Ticker;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

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
    private static final KeySupply STANDARD = new KeySupply(new Settings(
            Runnable::run,
            Duration.ofSeconds(10),
            Duration.ZERO,
            1024,
            null,
            () -> ProcessHandle.current().pid()));

    private final Settings settings;

    private record Settings(
            Executor executor,
            Duration patience,
            Duration outageBudget,
            int openedKeys,
            @Nullable InstantSource clock,
            LongSupplier processId) {}

    private KeySupply(Settings settings) {
        this.settings = settings;
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
        return new KeySupply(new Settings(
                Objects.requireNonNull(value, "executor"),
                settings.patience,
                settings.outageBudget,
                settings.openedKeys,
                settings.clock,
                settings.processId));
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
        return new KeySupply(new Settings(
                settings.executor,
                value,
                settings.outageBudget,
                settings.openedKeys,
                settings.clock,
                settings.processId));
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
        return new KeySupply(new Settings(
                settings.executor, settings.patience, value, settings.openedKeys, settings.clock, settings.processId));
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
        return new KeySupply(new Settings(
                settings.executor,
                settings.patience,
                settings.outageBudget,
                value,
                settings.clock,
                settings.processId));
    }

    /**
     * The same, with {@code value} as the wall clock: data-key records are dated by it, and a jump of it tells that
     * this process was cloned.
     *
     * @param value the clock; unless told, the system's, or one that moves with a ticker that the builder is told
     * @return a new object
     */
    public KeySupply clock(InstantSource value) {
        return new KeySupply(new Settings(
                settings.executor,
                settings.patience,
                settings.outageBudget,
                settings.openedKeys,
                Objects.requireNonNull(value, "clock"),
                settings.processId));
    }

    /** The same with {@code value} telling the process id. */
    KeySupply processId(LongSupplier value) {
        return new KeySupply(new Settings(
                settings.executor,
                settings.patience,
                settings.outageBudget,
                settings.openedKeys,
                settings.clock,
                value));
    }

    LongSupplier processId() {
        return settings.processId;
    }

    InstantSource clock() {
        return settings.clock == null ? InstantSource.system() : settings.clock;
    }

    /** The same where a monotonic clock was told: unless a wall clock was too, it is one that moves with it. */
    KeySupply beside(Ticker told) {
        if (settings.clock != null) {
            return this;
        }
        Instant start = Instant.now();
        long origin = told.nanos();
        return clock(() -> start.plusNanos(told.nanos() - origin));
    }

    Executor executor() {
        return settings.executor;
    }

    Duration patience() {
        return settings.patience;
    }

    int openedKeys() {
        return settings.openedKeys;
    }

    /**
     * How long before the end of a data key's {@code age} the next one is made.
     *
     * @throws IllegalArgumentException if the outage budget is as long as the age
     */
    Duration ahead(Duration age) {
        Duration outageBudget = settings.outageBudget;
        if (outageBudget.compareTo(age) >= 0) {
            throw new IllegalArgumentException(
                    "an outage budget of " + outageBudget + " is not below the data key's age of " + age);
        }
        Duration fifth = age.dividedBy(5);
        return outageBudget.compareTo(fifth) > 0 ? outageBudget : fifth;
    }
}
