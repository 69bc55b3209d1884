package dev.slipring.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipring.testing.FakeSecret;
import dev.slipring.testing.ManualClock;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DataKeyBudgetTest {
    private static final int THREADS = 8;

    private final ManualClock clock = Keks.clock();
    private final FakeSecret ring = Keks.ring(7);

    @AfterEach
    void close() {
        ring.close();
    }

    @Test
    void messages_eightThreads_areNeverExceededAndNoneIsLost() throws Exception {
        int budget = 97;
        int messages = 20_000;
        Map<ByteBuffer, Integer> perKey = new HashMap<>();
        try (EnvelopeEncryptor encryptor = encryptor(new DataKeyBudget(budget, 1L << 30, Duration.ofHours(1)))) {
            encryptInParallel(encryptor, messages, 16)
                    .forEach(envelope -> perKey.merge(ByteBuffer.wrap(Keks.commitment(envelope)), 1, Integer::sum));
        }
        assertThat(perKey.values()).allMatch(count -> count <= budget);
        assertThat(perKey).hasSize((messages + budget - 1) / budget);
    }

    @Test
    void bytes_eightThreads_areNeverExceeded() throws Exception {
        int budget = 10_000;
        Map<ByteBuffer, Integer> perKey = new HashMap<>();
        try (EnvelopeEncryptor encryptor = encryptor(new DataKeyBudget(1L << 32, budget, Duration.ofHours(1)))) {
            encryptInParallel(encryptor, 8_000, 300)
                    .forEach(envelope -> perKey.merge(ByteBuffer.wrap(Keks.commitment(envelope)), 300, Integer::sum));
        }
        assertThat(perKey.values()).allMatch(bytes -> bytes <= budget);
        assertThat(perKey).hasSize((8_000 + 32) / 33);
    }

    @Test
    void coldKey_manyThreads_isMadeOnce() throws Exception {
        try (EnvelopeEncryptor encryptor = encryptor(DataKeyBudget.standard())) {
            Set<ByteBuffer> keys = new HashSet<>();
            encryptInParallel(encryptor, 800, 1).forEach(e -> keys.add(ByteBuffer.wrap(Keks.commitment(e))));
            assertThat(keys).hasSize(1);
        }
    }

    @Test
    void bytes_messageOverTheWholeBudget_isRefused() {
        try (EnvelopeEncryptor encryptor = encryptor(new DataKeyBudget(10, 100, Duration.ofHours(1)))) {
            assertThat(encryptor.encrypt(new byte[100], Context.none())).hasSize(215);
            assertThatThrownBy(() -> encryptor.encrypt(new byte[101], Context.none()))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void age_justReached_endsTheKey() {
        try (EnvelopeEncryptor encryptor = encryptor(DataKeyBudget.standard())) {
            byte[] first = encryptor.encrypt(Keks.HELLO, Keks.NOTE);
            clock.advance(Duration.ofHours(1).minusNanos(1));
            byte[] last = encryptor.encrypt(Keks.HELLO, Keks.NOTE);
            clock.advance(Duration.ofNanos(1));
            byte[] next = encryptor.encrypt(Keks.HELLO, Keks.NOTE);
            assertThat(Keks.commitment(last)).isEqualTo(Keks.commitment(first));
            assertThat(Keks.commitment(next)).isNotEqualTo(Keks.commitment(first));
        }
    }

    @Test
    void primary_promoted_getsANewDataKeyAtOnce() {
        try (EnvelopeEncryptor encryptor = encryptor(DataKeyBudget.standard())) {
            byte[] before = encryptor.encrypt(Keks.HELLO, Keks.NOTE);
            int second = ring.publish(Keks.value(2));
            ring.refresh();
            assertThat(Keks.commitment(encryptor.encrypt(Keks.HELLO, Keks.NOTE)))
                    .isEqualTo(Keks.commitment(before));
            ring.promote(second);
            ring.refresh();
            byte[] after = encryptor.encrypt(Keks.HELLO, Keks.NOTE);
            assertThat(EnvelopeHeader.read(after).kekVersion()).isEqualTo(second);
            assertThat(Keks.commitment(after)).isNotEqualTo(Keks.commitment(before));
        }
    }

    @Test
    void refresh_sameValues_keepsTheDataKey() {
        try (EnvelopeEncryptor encryptor = encryptor(DataKeyBudget.standard())) {
            byte[] before = encryptor.encrypt(Keks.HELLO, Keks.NOTE);
            ring.refresh();
            assertThat(Keks.commitment(encryptor.encrypt(Keks.HELLO, Keks.NOTE)))
                    .isEqualTo(Keks.commitment(before));
        }
    }

    @Test
    void budget_outOfRange_isRefused() {
        Duration hour = Duration.ofHours(1);
        assertThat(new DataKeyBudget(1L << 24, 64L << 30, hour)).isEqualTo(DataKeyBudget.standard());
        for (Callable<DataKeyBudget> bad : List.<Callable<DataKeyBudget>>of(
                () -> new DataKeyBudget(0, 1, hour),
                () -> new DataKeyBudget((1L << 32) + 1, 1, hour),
                () -> new DataKeyBudget(1, 0, hour),
                () -> new DataKeyBudget(1, 1, Duration.ZERO),
                () -> new DataKeyBudget(1, 1, Duration.ofSeconds(-1)),
                () -> new DataKeyBudget(1, 1, Duration.ofDays(366)))) {
            assertThatThrownBy(bad::call).isInstanceOf(IllegalArgumentException.class);
        }
    }

    private EnvelopeEncryptor encryptor(DataKeyBudget budget) {
        return EnvelopeEncryptor.builder(ring.rotating())
                .dataKeyBudget(budget)
                .ticker(clock)
                .build();
    }

    private static List<byte[]> encryptInParallel(EnvelopeEncryptor encryptor, int messages, int length)
            throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            CountDownLatch start = new CountDownLatch(THREADS);
            List<Future<List<byte[]>>> parts = new ArrayList<>();
            for (int thread = 0; thread < THREADS; thread++) {
                parts.add(threads.submit(() -> {
                    start.countDown();
                    start.await();
                    List<byte[]> made = new ArrayList<>();
                    for (int i = 0; i < messages / THREADS; i++) {
                        made.add(encryptor.encrypt(new byte[length], Context.none()));
                    }
                    return made;
                }));
            }
            List<byte[]> all = new ArrayList<>();
            for (Future<List<byte[]>> part : parts) {
                all.addAll(part.get());
            }
            return all;
        } finally {
            threads.shutdownNow();
        }
    }
}
