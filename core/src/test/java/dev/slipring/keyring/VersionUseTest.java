package dev.slipring.keyring;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class VersionUseTest {
    private static final long MARKS = 2_000_000;

    @Test
    void mark_isTakenOnce() {
        VersionUse use = new VersionUse();
        assertThat(use.takeMark()).isFalse();
        use.mark();
        use.mark();
        assertThat(use.takeMark()).isTrue();
        assertThat(use.takeMark()).isFalse();
    }

    /** A use whose marking has ended is covered by the mark that is taken then, or by one that was taken since it began. */
    @Test
    void mark_whileAnotherThreadTakes_isNeverLost() throws Exception {
        VersionUse use = new VersionUse();
        AtomicLong begun = new AtomicLong();
        AtomicLong ended = new AtomicLong();
        ExecutorService other = Executors.newSingleThreadExecutor();
        try {
            Future<?> marking = other.submit(() -> {
                for (long i = 1; i <= MARKS; i++) {
                    begun.set(i);
                    use.mark();
                    ended.set(i);
                }
            });
            long covered = 0;
            long taken = 0;
            while (covered < MARKS) {
                boolean finished = marking.isDone();
                long toCover = ended.get();
                if (use.takeMark()) {
                    covered = begun.get();
                    taken++;
                }
                if (covered < toCover || (finished && covered < MARKS)) {
                    throw new AssertionError("covered " + covered + " of " + toCover);
                }
            }
            marking.get();
            assertThat(taken).isGreaterThan(0);
        } finally {
            other.shutdownNow();
        }
    }
}
