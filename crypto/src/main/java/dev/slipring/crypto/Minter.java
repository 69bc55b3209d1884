package dev.slipring.crypto;

import dev.slipring.keyring.Ticker;
import java.security.SecureRandom;
import java.util.Arrays;

/** Makes the data keys that encrypt in one suite, under the primary version of a ring. Safe for use by several threads. */
final class Minter {
    private final Suite suite;
    private final Ring ring;
    private final DataKeyBudget budget;
    private final Ticker ticker;
    private final SecureRandom random = new SecureRandom();

    Minter(Suite suite, Ring ring, DataKeyBudget budget, Ticker ticker) {
        this.suite = suite;
        this.ring = ring;
        this.budget = budget;
        this.ticker = ticker;
    }

    /**
     * A new data key. Its age counts from before the call.
     *
     * @throws EnvelopeException {@code KEY_UNAVAILABLE} if there is no primary KEK, or what is called does not answer
     */
    SealingKey mint() {
        long now = ticker.nanos();
        WrappingKey kek = ring.primary();
        byte[] dek = new byte[DataKey.LENGTH];
        random.nextBytes(dek);
        try {
            DataKey key = DataKey.derive(suite, dek);
            byte[] wrapped = kek.wrap(dek, suite, key.commitment());
            byte[] prefix = Envelope.prefix(suite, kek, wrapped, key.commitment());
            return new SealingKey(kek, key, prefix, budget, now);
        } finally {
            Arrays.fill(dek, (byte) 0);
        }
    }
}
