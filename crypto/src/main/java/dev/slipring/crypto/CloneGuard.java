package dev.slipring.crypto;

import dev.slipring.keyring.Ticker;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;

/**
 * Notices that this process may be a clone: restored from a checkpoint or a snapshot, so that another one has the same
 * keys. Two signs tell: another process id, and a wall clock that moved otherwise than the monotonic one by more than
 * 5 s. A clock that was set shows the second sign too, which costs a data key. Neither sign has to come; who can be
 * told of a restore drops the keys then.
 *
 * <p>Looks at most once a second. Safe for use by several threads.
 */
final class CloneGuard {
    private static final long EVERY = Duration.ofSeconds(1).toNanos();
    private static final Duration JUMP = Duration.ofSeconds(5);

    private final LongSupplier processId;
    private final InstantSource clock;
    private final Ticker ticker;
    private final AtomicReference<Sample> last;

    /** What one look saw; compared by identity. */
    private static final class Sample {
        private final long processId;
        private final Instant wall;
        private final long nanos;

        Sample(long processId, Instant wall, long nanos) {
            this.processId = processId;
            this.wall = wall;
            this.nanos = nanos;
        }

        boolean contradicts(Sample earlier) {
            Duration apart = Duration.between(earlier.wall, wall).minusNanos(nanos - earlier.nanos);
            return processId != earlier.processId || apart.abs().compareTo(JUMP) > 0;
        }
    }

    CloneGuard(KeySupply supply, Ticker ticker) {
        this.processId = supply.processId();
        this.clock = supply.clock();
        this.ticker = ticker;
        last = new AtomicReference<>(look());
    }

    /** Whether something happened since the last look that a process sees when it is cloned; told to one caller. */
    boolean cloned(long now) {
        Sample seen = Objects.requireNonNull(last.get());
        if (now - seen.nanos < EVERY) {
            return false;
        }
        Sample present = look();
        return last.compareAndSet(seen, present) && present.contradicts(seen);
    }

    private Sample look() {
        return new Sample(processId.getAsLong(), clock.instant(), ticker.nanos());
    }
}
