package dev.slipring.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.slipring.testing.FakeSecret;
import dev.slipring.testing.ManualClock;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two clones of one process do not encrypt under one data key. */
class CloneGuardTest {
    private final ManualClock clock = Keks.clock();
    private final AtomicLong processId = new AtomicLong(4711);
    private final AtomicLong looks = new AtomicLong();
    private final FakeSecret ring = Keks.ring(7);
    private final EnvelopeEncryptor encryptor = EnvelopeEncryptor.builder(ring.rotating())
            .keySupply(KeySupply.standard().clock(clock).processId(() -> {
                looks.incrementAndGet();
                return processId.get();
            }))
            .ticker(clock)
            .build();

    @AfterEach
    void close() {
        encryptor.close();
        ring.close();
    }

    @Test
    void processId_changed_dropsTheKeysOfAllPartitions() {
        Object before = key(encryptor);
        Object partition = key(encryptor.partition("a"));
        processId.set(4712);
        clock.advance(Duration.ofSeconds(1));
        assertThat(key(encryptor.partition("a"))).isNotEqualTo(partition);
        Object after = key(encryptor);
        assertThat(after).isNotEqualTo(before);
        clock.advance(Duration.ofSeconds(1));
        assertThat(key(encryptor)).isEqualTo(after);
    }

    @ParameterizedTest
    @ValueSource(longs = {5_001, -5_001, 86_400_000})
    void wallClock_jumped_dropsTheKeys(long millis) {
        Object before = key(encryptor);
        clock.advance(Duration.ofSeconds(1));
        clock.skew(Duration.ofMillis(millis));
        assertThat(key(encryptor)).isNotEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(longs = {5_000, -5_000, 0})
    void wallClock_movedALittle_keepsTheKeys(long millis) {
        Object before = key(encryptor);
        clock.advance(Duration.ofMinutes(10));
        clock.skew(Duration.ofMillis(millis));
        assertThat(key(encryptor)).isEqualTo(before);
    }

    @Test
    void looking_isDoneOnceASecondAtMost() {
        long built = looks.get();
        for (int i = 0; i < 1000; i++) {
            key(encryptor);
        }
        assertThat(looks).hasValue(built);
        clock.advance(Duration.ofSeconds(1));
        for (int i = 0; i < 1000; i++) {
            key(encryptor);
        }
        assertThat(looks).hasValue(built + 1);
    }

    @Test
    void clone_noticed_alsoDropsAKeyThatWasMadeAhead() {
        Object before = key(encryptor);
        clock.advance(Duration.ofMinutes(50));
        assertThat(key(encryptor)).isEqualTo(before); // and makes the next
        assertThat(encryptor.dataKeys().lasting()).isEqualTo(Duration.ofHours(1));
        processId.set(1);
        clock.advance(Duration.ofSeconds(1));
        Object fresh = key(encryptor);
        assertThat(fresh).isNotEqualTo(before);
        assertThat(encryptor.dataKeys().lasting()).isEqualTo(Duration.ofHours(1));
    }

    @Test
    void dropKeys_byHand_isWhatACheckpointCalls() {
        byte[] envelope = encryptor.encrypt(Keks.HELLO, Keks.NOTE);
        encryptor.dropKeys();
        assertThat(encryptor.dataKeys().lasting()).isZero();
        assertThat(key(encryptor)).isNotEqualTo(Envelope.parse(envelope).commitment());
        assertThat(encryptor.decrypt(envelope, Keks.NOTE)).isEqualTo(Keks.HELLO);
    }

    @Test
    void stream_begunBeforeTheClone_encryptsNoMore() throws Exception {
        OutputStream begun = encryptor.streams().encrypting(new ByteArrayOutputStream(), Keks.NOTE);
        begun.write(new byte[20_000]);
        processId.set(1);
        clock.advance(Duration.ofSeconds(1));
        assertThatIOException().isThrownBy(() -> begun.write(new byte[20_000])).withMessageContaining("dropped");
        assertThatIOException().isThrownBy(() -> begun.write(1));
        begun.close();

        ByteArrayOutputStream sink = new ByteArrayOutputStream();
        OutputStream ended = encryptor.streams().encrypting(sink, Keks.NOTE);
        ended.write(Keks.HELLO);
        encryptor.dropKeys();
        assertThatIOException().isThrownBy(ended::close);
        try (OutputStream fresh = encryptor.streams().encrypting(sink, Keks.NOTE)) {
            clock.advance(Duration.ofHours(3)); // nothing is wrong with a slow one
            fresh.write(Keks.HELLO);
        }
    }

    private static Object key(EnvelopeEncryptor encryptor) {
        return Envelope.parse(encryptor.encrypt(Keks.HELLO, Keks.NOTE)).commitment();
    }
}
