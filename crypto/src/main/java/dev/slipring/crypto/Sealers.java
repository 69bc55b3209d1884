package dev.slipring.crypto;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.slipring.keyring.Ticker;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The data keys that encrypt now: one for each suite that is written and each partition in use, with a budget of its
 * own. A key is made when the first message needs it. The number of partitions is bounded; the keys of those that were
 * not used for long are retired, and made anew when they are. Safe for use by several threads.
 */
final class Sealers implements AutoCloseable {
    private static final int MOST_PARTITIONS = 4096;

    private final SuiteChoice choice;
    private final Function<Suite, Minter> minters;
    private final Ring ring;
    private final KeySupply supply;
    private final Duration ahead;
    private final Ticker ticker;
    private final CloneGuard guard;
    private final AtomicInteger drops = new AtomicInteger();
    private final LongAdder gone = new LongAdder();
    private final LongAdder goneReserved = new LongAdder();
    private final AtomicLong mostMade = new AtomicLong();
    private final AtomicLong mostHits = new AtomicLong();
    private final Map<Suite, SealingKeys> unpartitioned;
    private final Cache<String, Map<Suite, SealingKeys>> partitions = Caffeine.newBuilder()
            .maximumSize(MOST_PARTITIONS)
            .executor(Runnable::run)
            .<String, Map<Suite, SealingKeys>>removalListener((name, keys, cause) -> {
                if (keys != null) {
                    keys.values().forEach(this::end);
                }
            })
            .build();

    Sealers(EnvelopeKeys.Plan plan, Ring ring, @Nullable DataKeyRecords records) {
        this.ring = ring;
        choice = plan.choice();
        supply = plan.supply();
        ticker = plan.ticker();
        ahead = supply.ahead(plan.budget().age());
        minters = suite -> new Minter(suite, ring, records, plan);
        guard = new CloneGuard(supply, ticker);
        unpartitioned = keys();
    }

    /**
     * A key with one message of {@code length} bytes reserved, which may not be over a data key's whole budget.
     *
     * @param partition its name, or an empty one for none
     */
    SealingKey reserve(String partition, int length) {
        return keys(partition, length).reserve(length);
    }

    /**
     * The start of a stream under a data key of its own.
     *
     * @throws UnsupportedOperationException if no suite for streams is safe here
     */
    StreamStart stream(Context context) {
        int begun = drops.get();
        return minters.apply(choice.streamSuite()).mintStream(context, () -> {
            dropIfCloned(ticker.nanos());
            return drops.get() == begun;
        });
    }

    /** How long the keys at hand for short messages will encrypt, as far as their messages and bytes last. */
    Duration lasting(String partition) {
        return keys(partition, 0).lasting();
    }

    /** The ring whose primary version wraps. */
    Ring ring() {
        return ring;
    }

    KeySupply supply() {
        return supply;
    }

    /** The monotonic clock. */
    Ticker ticker() {
        return ticker;
    }

    /** How long before the end of a data key's age the next one is made. */
    Duration ahead() {
        return ahead;
    }

    /** How many data keys were made. Read while keys change it may be too low for a moment, yet it never falls. */
    long made() {
        return mostMade.accumulateAndGet(
                gone.sum() + live().mapToLong(SealingKeys::made).sum(), Math::max);
    }

    /** How many messages were encrypted under a data key that was at hand: all but the first of each. */
    long hits() {
        long reserved =
                goneReserved.sum() + live().mapToLong(SealingKeys::reserved).sum();
        return mostHits.accumulateAndGet(Math.max(0, reserved - made()), Math::max);
    }

    /** How many messages the data keys at hand still take. */
    long messagesLeft() {
        return live().mapToLong(SealingKeys::messagesLeft).sum();
    }

    private Stream<SealingKeys> live() {
        return Stream.concat(Stream.of(unpartitioned), partitions.asMap().values().stream())
                .flatMap(keys -> keys.values().stream());
    }

    private void end(SealingKeys keys) {
        keys.close();
        gone.add(keys.made());
        goneReserved.add(keys.reserved());
    }

    /** Retires the keys of one partition. */
    void drop(String partition) {
        partitions.invalidate(partition);
    }

    /** Retires all keys if this process may be a clone of the one that made them. */
    void dropIfCloned(long now) {
        if (guard.cloned(now)) {
            drop();
        }
    }

    /** Retires all keys; the next message of each partition is encrypted under a new one, and open streams fail. */
    void drop() {
        drops.incrementAndGet();
        unpartitioned.values().forEach(SealingKeys::drop);
        partitions.invalidateAll();
    }

    /** Retires all keys, and makes no more. */
    @Override
    public void close() {
        unpartitioned.values().forEach(SealingKeys::close);
        partitions.invalidateAll();
    }

    private SealingKeys keys(String partition, int length) {
        Map<Suite, SealingKeys> keys = partition.isEmpty() ? unpartitioned : partitions.get(partition, name -> keys());
        SealingKeys fit = keys.get(choice.suite(length));
        if (fit == null) {
            throw new IllegalStateException("no data keys for " + choice.suite(length));
        }
        return fit;
    }

    private Map<Suite, SealingKeys> keys() {
        Map<Suite, SealingKeys> keys = new EnumMap<>(Suite.class);
        for (Suite suite : choice.written()) {
            keys.put(suite, new SealingKeys(minters.apply(suite), this));
        }
        return keys;
    }
}
