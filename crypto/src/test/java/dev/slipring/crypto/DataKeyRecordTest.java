package dev.slipring.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipring.crypto.EnvelopeException.Failure;
import dev.slipring.store.Commitment;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DataKeyRecordTest {
    private static final Commitment C = Commitment.copyOf(Keks.value(9));
    private static final Instant CREATED = Instant.parse("2030-01-01T00:00:00.123Z");

    private final byte[] record = DataKeyRecord.of(
                    WrappedKey.of(Suite.AES_256_GCM, Keks.kek(7), Keks.kek(7).wrap(Keks.value(1)), C.bytes()), CREATED)
            .bytes();

    @Test
    void vectors_everyRecord_agreesByteForByte() throws IOException {
        int checked = 0;
        for (Json vector : Json.objects(Json.resource("slipring/data-key-record-1.json"))) {
            Commitment commitment = Commitment.copyOf(vector.hex("commitment"));
            DataKeyRecord parsed = DataKeyRecord.parse(commitment, vector.hex("record"));
            assertThat(parsed.key().header())
                    .isEqualTo(new EnvelopeHeader(
                            vector.number("suite"), vector.unsigned("ringId"), vector.unsigned("kekVersion")));
            assertThat(parsed.key().wrapped()).isEqualTo(vector.hex("wrappedDek"));
            assertThat(parsed.commitment()).isEqualTo(commitment);
            Instant created = Instant.ofEpochMilli(Long.parseLong(vector.text("createdAtMillis")));
            assertThat(DataKeyRecord.of(parsed.key(), created).bytes()).isEqualTo(vector.hex("record"));
            assertThat(parsed.rewrapped(parsed.key()).bytes()).isEqualTo(vector.hex("record"));
            checked++;
        }
        assertThat(checked).isEqualTo(5);
    }

    @Test
    void parse_itsOwnBytes_isEqualAndShowsNoKey() {
        DataKeyRecord parsed = DataKeyRecord.parse(C, record.clone());
        assertThat(parsed.bytes()).isEqualTo(record).hasSize(94);
        assertThat(parsed)
                .isEqualTo(DataKeyRecord.parse(C, record))
                .hasSameHashCodeAs(DataKeyRecord.parse(C, record))
                .hasToString("DataKeyRecord[WrappedKey[EnvelopeHeader[suite=1, ringId=7, kekVersion=1], 40 bytes], "
                        + "created 2030-01-01T00:00:00.123Z]");
    }

    @Test
    void parse_anyLengthButItsOwn_isMalformed() {
        for (int length = 0; length < record.length + 50; length++) {
            if (length != record.length) {
                byte[] other = Arrays.copyOf(record, length);
                Keks.assertFailure(Failure.MALFORMED, () -> DataKeyRecord.parse(C, other));
            }
        }
        byte[] longest = Arrays.copyOf(record, 54 + 4096);
        ByteBuffer.wrap(longest).putShort(52, (short) 4096);
        assertThat(DataKeyRecord.parse(C, longest).key().wrapped()).hasSize(4096);
        byte[] over = Arrays.copyOf(record, 54 + 4097);
        ByteBuffer.wrap(over).putShort(52, (short) 4097);
        Keks.assertFailure(Failure.MALFORMED, () -> DataKeyRecord.parse(C, over));
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0xF4, MALFORMED", // magic
        "1, 0x53, MALFORMED", // an envelope's
        "2, 0x00, UNSUPPORTED", // version
        "2, 0x02, UNSUPPORTED",
        "3, 0x00, UNSUPPORTED", // suite
        "3, 0x05, UNSUPPORTED",
        "12, 0x80, MALFORMED", // a date before 1970
        "20, 0x08, TAMPERED", // commitment
        "51, 0x08, TAMPERED",
        "52, 0x01, MALFORMED", // n
        "53, 0x00, MALFORMED",
        "53, 0x27, MALFORMED",
        "53, 0x29, MALFORMED",
    })
    void parse_oneByteChanged_failsAsNamed(int offset, String value, Failure expected) {
        byte[] changed = record.clone();
        changed[offset] = (byte) Integer.decode(value).intValue();
        assertThat(changed).isNotEqualTo(record);
        Keks.assertFailure(expected, () -> DataKeyRecord.parse(C, changed));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 54})
    void parse_withoutAWrappedKey_isMalformed(int length) {
        byte[] none = Arrays.copyOf(record, length);
        if (length == 54) {
            ByteBuffer.wrap(none).putShort(52, (short) 0);
        }
        Keks.assertFailure(Failure.MALFORMED, () -> DataKeyRecord.parse(C, none));
    }
}
