package dev.slipring.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.slipring.crypto.EnvelopeException.Failure;
import dev.slipring.crypto.RewrapResult.Changed;
import dev.slipring.crypto.RewrapResult.Failed;
import dev.slipring.crypto.RewrapResult.Unchanged;
import dev.slipring.keyring.StaleKeyringException;
import dev.slipring.testing.FakeSecret;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Many envelopes at once. */
class RewrappingTest {
    private final FakeKeyService service = new FakeKeyService();
    private final FakeSecret ring =
            FakeSecret.create("kek", Keks.clock(), 7, FakeSecret.timing(), FakeKeyService.reference("notes:1"));
    private final EnvelopeEncryptor encryptor =
            EnvelopeEncryptor.builder(ring.rotating(), service).build();

    @AfterEach
    void close() {
        encryptor.close();
        ring.close();
    }

    @Test
    void all_rowsUnderFewDataKeys_unwrapsAndWrapsEachOnce() {
        List<byte[]> rows = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            rows.add(encryptor.partition("p" + i % 4).encrypt(new byte[i], context(i)));
        }
        ring.rotate(FakeKeyService.reference("notes:2"));
        int wraps = service.wraps();
        List<RewrapResult> results = encryptor.rewrapping().all(rows.stream()).toList();
        assertThat(service.unwraps()).isEqualTo(4);
        assertThat(service.wraps() - wraps).isEqualTo(4);
        assertThat(results).hasSize(1000).allMatch(result -> result instanceof Changed);
        for (int i = 0; i < 1000; i++) {
            Envelope before = Envelope.parse(rows.get(i));
            byte[] moved = ((Changed) results.get(i)).bytes();
            Envelope after = Envelope.parse(moved);
            assertThat(after.header()).isEqualTo(new EnvelopeHeader(1, 7, 2));
            assertThat(after.commitment()).isEqualTo(before.commitment());
            assertThat(body(after)).isEqualTo(body(before));
            assertThat(encryptor.decrypt(moved, context(i))).isEqualTo(new byte[i]);
        }
    }

    @Test
    void all_eachKindOfRow_hasAResultOfItsOwn() {
        byte[] old = encryptor.encrypt(Keks.HELLO, Keks.NOTE);
        ring.rotate(FakeKeyService.reference("notes:2"));
        byte[] current = encryptor.encrypt(Keks.HELLO, Keks.NOTE);
        byte[] forged = Keks.flipped(old, 8 * 40);
        byte[] unknown = Keks.flipped(old, 8 * 10);
        List<RewrapResult> results = encryptor
                .rewrapping()
                .all(Stream.of(old, current, forged, new byte[3], unknown, old))
                .toList();
        assertThat(results.get(0)).isInstanceOf(Changed.class);
        assertThat(results.get(1)).isInstanceOf(Unchanged.class);
        assertThat(results.subList(2, 5))
                .extracting(result -> ((Failed) result).failure())
                .containsExactly(Failure.TAMPERED, Failure.MALFORMED, Failure.UNKNOWN_VERSION);
        assertThat(results.get(5)).isInstanceOf(Changed.class);
        assertThat(results.toString()).contains("Changed[", "Unchanged", "UNKNOWN_VERSION");
    }

    @Test
    void all_serviceDown_failsItemByItemAndCanBeRunAgain() {
        byte[] old = encryptor.encrypt(Keks.HELLO, Keks.NOTE);
        ring.rotate(FakeKeyService.reference("notes:2"));
        service.down(true);
        assertThat(encryptor.rewrapping().all(Stream.of(old)).toList())
                .allMatch(result -> result instanceof Failed failed && failed.failure() == Failure.KEY_UNAVAILABLE);
        service.down(false);
        assertThat(encryptor.rewrapping().all(Stream.of(old)).toList()).allMatch(result -> result instanceof Changed);
    }

    @Test
    void all_nothingMayBeProduced_stops() {
        try (FakeSecret stopping = FakeSecret.createStopping("kek", Keks.clock(), Keks.value(1));
                EnvelopeEncryptor stale =
                        EnvelopeEncryptor.builder(stopping.rotating()).build()) {
            byte[] old = stale.encrypt(Keks.HELLO, Keks.NOTE);
            stopping.rotate(Keks.value(2));
            stopping.outage(true);
            stopping.scheduler().advance(Duration.ofMinutes(15).plusNanos(1));
            assertThatExceptionOfType(StaleKeyringException.class)
                    .isThrownBy(() -> stale.rewrapping().all(Stream.of(old)).toList());
        }
    }

    @Test
    void all_afterClose_isRefused() {
        byte[] old = encryptor.encrypt(Keks.HELLO, Keks.NOTE);
        Rewrapping rewrapping = encryptor.rewrapping();
        DataKeys keys = encryptor.dataKeys();
        encryptor.close();
        assertThatIllegalStateException()
                .isThrownBy(() -> rewrapping.all(Stream.of(old)).toList());
        assertThatIllegalStateException().isThrownBy(() -> rewrapping.toInline(old));
        assertThatIllegalStateException().isThrownBy(() -> keys.rewrap(null, 1));
        assertThatIllegalStateException().isThrownBy(keys::lasting);
    }

    private static Context context(int row) {
        return Context.of("table", "notes", "id", Integer.toString(row));
    }

    private static byte[] body(Envelope envelope) {
        return Arrays.copyOfRange(envelope.bytes(), envelope.bodyOffset(), envelope.bytes().length);
    }
}
