package dev.slipring.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipring.testing.FakeSecret;
import dev.slipring.testing.ManualClock;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** When the next data key is made, by whom, and who waits for it. */
@Timeout(300)
class SealingKeysTest {
    private static final Duration HOUR = Duration.ofHours(1);

    private final ManualClock clock = Keks.clock();
    private final FakeKeyService service = new FakeKeyService();
    private final FakeSecret ring =
            FakeSecret.create("kek", Keks.clock(), 7, FakeSecret.timing(), FakeKeyService.reference("notes:1"));
    private final Queue<Runnable> tasks = new ArrayDeque<>();

    @AfterEach
    void close() {
        ring.close();
    }

    @Test
    void messages_fourFifthsUsed_nextKeyIsMadeAheadAndUsedAtTheEnd() {
        try (EnvelopeEncryptor encryptor = encryptor(new DataKeyBudget(10, 1 << 20, HOUR), tasks::add)) {
            byte[] first = encrypt(encryptor);
            for (int i = 2; i <= 7; i++) {
                encrypt(encryptor);
            }
            assertThat(tasks).isEmpty();
            encrypt(encryptor); // the eighth
            assertThat(tasks).hasSize(1);
            assertThat(service.wraps()).isEqualTo(1); // nobody has made it yet, and nobody waits
            byte[] ninth = encrypt(encryptor);
            tasks.remove().run();
            assertThat(service.wraps()).isEqualTo(2);
            byte[] tenth = encrypt(encryptor);
            byte[] eleventh = encrypt(encryptor);
            assertThat(key(ninth)).isEqualTo(key(first));
            assertThat(key(tenth)).isEqualTo(key(first));
            assertThat(key(eleventh)).isNotEqualTo(key(first));
            assertThat(service.wraps()).isEqualTo(2);
            assertThat(tasks).isEmpty();
        }
    }

    @Test
    void bytes_fourFifthsUsed_nextKeyIsMadeAhead() {
        try (EnvelopeEncryptor encryptor = encryptor(new DataKeyBudget(1 << 20, 1000, HOUR), tasks::add)) {
            encryptor.encrypt(new byte[799], Context.none());
            assertThat(tasks).isEmpty();
            encryptor.encrypt(new byte[1], Context.none());
            assertThat(tasks).hasSize(1);
        }
    }

    @Test
    void age_fourFifthsOver_nextKeyIsMadeAhead() {
        try (EnvelopeEncryptor encryptor = encryptor(DataKeyBudget.standard(), tasks::add)) {
            encrypt(encryptor);
            clock.advance(Duration.ofMinutes(48).minusNanos(1));
            encrypt(encryptor);
            assertThat(tasks).isEmpty();
            clock.advance(Duration.ofNanos(1));
            encrypt(encryptor);
            assertThat(tasks).hasSize(1);
        }
    }

    @Test
    void withoutAnExecutor_theCallerThatComesPastMakesIt() {
        try (EnvelopeEncryptor encryptor = encryptor(new DataKeyBudget(5, 1 << 20, HOUR), Runnable::run)) {
            byte[] first = encrypt(encryptor);
            encrypt(encryptor);
            encrypt(encryptor);
            assertThat(service.wraps()).isEqualTo(1);
            byte[] fourth = encrypt(encryptor);
            assertThat(service.wraps()).isEqualTo(2);
            assertThat(key(fourth)).isEqualTo(key(first));
        }
    }

    @Test
    void executorThatRefuses_leavesItToTheCaller() {
        try (EnvelopeEncryptor encryptor = encryptor(new DataKeyBudget(5, 1 << 20, HOUR), task -> {
            throw new RejectedExecutionException("shut down");
        })) {
            for (int i = 0; i < 4; i++) {
                encrypt(encryptor);
            }
            assertThat(service.wraps()).isEqualTo(2);
        }
    }

    @Test
    void attemptThatFails_isNotFeltAndMadeAgainOnceASecond() {
        try (EnvelopeEncryptor encryptor = encryptor(new DataKeyBudget(100, 1 << 20, HOUR), Runnable::run)) {
            for (int i = 0; i < 79; i++) {
                encrypt(encryptor);
            }
            service.down(true);
            for (int i = 0; i < 5; i++) {
                encrypt(encryptor);
            }
            assertThat(service.wraps()).isEqualTo(2);
            clock.advance(Duration.ofSeconds(1));
            encrypt(encryptor);
            encrypt(encryptor);
            assertThat(service.wraps()).isEqualTo(3);
            service.down(false);
            clock.advance(Duration.ofSeconds(1));
            encrypt(encryptor);
            assertThat(service.wraps()).isEqualTo(4);
            clock.advance(Duration.ofSeconds(1));
            encrypt(encryptor);
            assertThat(service.wraps()).isEqualTo(4);
        }
    }

    @Test
    void primary_promotedWhileANextKeyWaits_isUsedAtOnce() {
        try (EnvelopeEncryptor encryptor = encryptor(new DataKeyBudget(5, 1 << 20, HOUR), Runnable::run)) {
            for (int i = 0; i < 4; i++) {
                encrypt(encryptor);
            }
            ring.rotate(FakeKeyService.reference("notes:2"));
            Set<ByteBuffer> keys = new HashSet<>();
            for (int i = 0; i < 5; i++) {
                byte[] envelope = encrypt(encryptor);
                assertThat(EnvelopeHeader.read(envelope).kekVersion()).isEqualTo(2);
                keys.add(key(envelope));
            }
            assertThat(keys).hasSize(1);
        }
    }

    @Test
    void keyMadeForAVersionThatIsNoLongerPrimary_isNotUsed() {
        try (EnvelopeEncryptor encryptor = encryptor(new DataKeyBudget(5, 1 << 20, HOUR), tasks::add)) {
            for (int i = 0; i < 4; i++) {
                encrypt(encryptor);
            }
            encryptor.dropKeys();
            tasks.remove().run(); // begun before the keys were dropped
            ring.rotate(FakeKeyService.reference("notes:2"));
            assertThat(EnvelopeHeader.read(encrypt(encryptor)).kekVersion()).isEqualTo(2);
        }
    }

    @Test
    void keyThatIsBeingMadeWhenKeysAreDropped_isNotKept() throws Exception {
        ExecutorService threads = Executors.newSingleThreadExecutor();
        try (EnvelopeEncryptor encryptor = encryptor(DataKeyBudget.standard(), Runnable::run)) {
            CountDownLatch gate = service.hang();
            Future<byte[]> first = threads.submit(() -> encrypt(encryptor));
            while (service.hanging() == 0) {
                Thread.onSpinWait();
            }
            encryptor.dropKeys();
            gate.countDown();
            assertThat(key(encrypt(encryptor))).isEqualTo(key(first.get()));
            assertThat(service.wraps()).isEqualTo(2);
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void compromisedVersion_isNotUsedAfterTheRefreshThatReplacesIt() {
        try (EnvelopeEncryptor encryptor = encryptor(DataKeyBudget.standard(), Runnable::run)) {
            encrypt(encryptor);
            ring.publish(FakeKeyService.reference("notes:2"));
            ring.compromise(1);
            ring.promote(2);
            assertThat(EnvelopeHeader.read(encrypt(encryptor)).kekVersion()).isEqualTo(1);
            ring.refresh();
            assertThat(EnvelopeHeader.read(encrypt(encryptor)).kekVersion()).isEqualTo(2);
        }
    }

    @Test
    void sixteenThreads_overManyKeys_exceedNoBudgetAndMintNoMoreThanNeeded() throws Exception {
        int budget = 50;
        int each = 400;
        Queue<byte[]> made = new ConcurrentLinkedQueue<>();
        try (EnvelopeEncryptor encryptor = encryptor(new DataKeyBudget(budget, 1 << 20, HOUR), Runnable::run)) {
            Crowd.of(16).all(() -> {
                for (int i = 0; i < each; i++) {
                    made.add(encrypt(encryptor));
                }
                return true;
            });
        }
        List<ByteBuffer> keys = new ArrayList<>();
        made.forEach(envelope -> keys.add(key(envelope)));
        Set<ByteBuffer> distinct = new HashSet<>(keys);
        assertThat(keys).hasSize(16 * each);
        assertThat(distinct).hasSize(16 * each / budget);
        assertThat(service.wraps()).isBetween(distinct.size(), distinct.size() + 1);
        distinct.forEach(
                key -> assertThat(keys.stream().filter(key::equals).count()).isEqualTo(budget));
    }

    @Test
    void keySupply_outOfRange_isRefused() {
        KeySupply standard = KeySupply.standard();
        for (Runnable bad : List.<Runnable>of(
                () -> standard.patience(Duration.ZERO),
                () -> standard.patience(Duration.ofSeconds(-1)),
                () -> standard.patience(Duration.ofHours(1).plusNanos(1)),
                () -> standard.outageBudget(Duration.ofNanos(-1)),
                () -> standard.openedKeys(0),
                () -> standard.openedKeys((1 << 20) + 1))) {
            assertThatThrownBy(bad::run).isInstanceOf(IllegalArgumentException.class);
        }
    }

    private EnvelopeEncryptor encryptor(DataKeyBudget budget, Executor executor) {
        return EnvelopeEncryptor.builder(ring.rotating(), service)
                .dataKeyBudget(budget)
                .keySupply(KeySupply.standard().executor(executor).clock(clock))
                .ticker(clock)
                .build();
    }

    private static byte[] encrypt(EnvelopeEncryptor encryptor) {
        return encryptor.encrypt(Keks.HELLO, Keks.NOTE);
    }

    private static ByteBuffer key(byte[] envelope) {
        return ByteBuffer.wrap(Envelope.parse(envelope).commitment().bytes());
    }
}
