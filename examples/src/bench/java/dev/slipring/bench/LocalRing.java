package dev.slipring.bench;

import dev.slipring.crypto.Context;
import dev.slipring.crypto.DataKeyBudget;
import dev.slipring.crypto.EnvelopeEncryptor;
import dev.slipring.testing.FakeSecret;
import dev.slipring.testing.ManualClock;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** A ring of local KEKs that is rotated by hand, and encryptors whose data keys outlast every run. */
final class LocalRing implements AutoCloseable {
    /** What all messages belong to, as the peers want it. */
    static final Map<String, String> PAIRS = Map.of("table", "customers", "column", "iban", "row", "48151623");

    /** The same for the encryptor. */
    static final Context CONTEXT = Context.copyOf(PAIRS);

    /** The largest there is: no other data key is made in a run. */
    static final DataKeyBudget ENDLESS = new DataKeyBudget(1L << 32, Long.MAX_VALUE, Duration.ofDays(365));

    private final Random random = new Random(20_261_101);
    private final FakeSecret secret;

    /** Version 1 is primary. */
    LocalRing() {
        secret = FakeSecret.create("kek", ManualClock.at(Instant.now()), bytes(32));
    }

    /** An encryptor under construction with an endless budget. */
    EnvelopeEncryptor.Builder builder() {
        return EnvelopeEncryptor.builder(secret.rotating()).dataKeyBudget(ENDLESS);
    }

    /** Makes another version primary; the one before still opens. */
    void rotate() {
        secret.rotate(bytes(32));
    }

    /** Bytes that are the same in each run. */
    byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    @Override
    public void close() {
        secret.close();
    }

    /** Associated data for the baseline and the peers, as long as that of an envelope with {@link #CONTEXT}. */
    static byte[] associatedData() {
        int commitment = 32;
        int length = "slipring/e1/payload".length() + 2 + commitment + Integer.BYTES;
        for (Map.Entry<String, String> pair : PAIRS.entrySet()) {
            length +=
                    2 * Integer.BYTES + pair.getKey().length() + pair.getValue().length();
        }
        byte[] text = new TreeMap<>(PAIRS).toString().getBytes(StandardCharsets.US_ASCII);
        byte[] data = new byte[length];
        for (int i = 0; i < length; i++) {
            data[i] = text[i % text.length];
        }
        return data;
    }
}
