package dev.slipring.crypto;

import dev.slipring.crypto.EnvelopeException.Failure;
import dev.slipring.keyring.Ticker;
import java.util.Arrays;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Makes the data keys that encrypt in one suite, under the primary version of a ring. Safe for use by several threads. */
final class Minter {
    private final Suite suite;
    private final Ring ring;
    private final @Nullable DataKeyRecords records;
    private final DataKeyBudget budget;
    private final Ticker ticker;
    private final CryptoProviders providers;

    /**
     * Makes data keys for one suite.
     *
     * @param records where they are kept for envelopes in reference mode; null for inline ones
     */
    Minter(Suite suite, Ring ring, @Nullable DataKeyRecords records, EnvelopeKeys.Plan plan) {
        this.suite = suite;
        this.ring = ring;
        this.records = records;
        budget = plan.budget();
        ticker = plan.ticker();
        providers = plan.providers();
    }

    /**
     * A new data key. Its age counts from before the call.
     *
     * @throws EnvelopeException {@code KEY_UNAVAILABLE} if there is no primary KEK, or what is called does not answer
     */
    SealingKey mint() {
        long now = ticker.nanos();
        WrappingKey kek = ring.primary();
        byte[] dek = providers.randomBytes(DataKey.LENGTH);
        try {
            DataKey key = DataKey.derive(suite, dek, providers);
            byte[] wrapped = kek.wrap(dek, suite, key.commitment());
            kek.wrapped();
            return new SealingKey(kek, key, prefix(kek, wrapped, key.commitment()), budget, now);
        } finally {
            Arrays.fill(dek, (byte) 0);
        }
    }

    /**
     * The start of a stream under a data key of its own.
     *
     * @param valid says false once the key may no longer encrypt
     * @throws EnvelopeException as in {@link #mint}
     */
    StreamStart mintStream(Context context, BooleanSupplier valid) {
        WrappingKey kek = ring.primary();
        byte[] dek = providers.randomBytes(DataKey.LENGTH);
        try {
            DataKey key = DataKey.derive(suite, dek, providers);
            try {
                byte[] wrapped = kek.wrap(dek, suite, key.commitment());
                kek.wrapped();
                return StreamStart.of(kek, prefix(kek, wrapped, key.commitment()), key.newStream(context), valid);
            } finally {
                key.wipe();
            }
        } finally {
            Arrays.fill(dek, (byte) 0);
        }
    }

    /** What its envelopes begin with; in reference mode only once the store has the record that they refer to. */
    private byte[] prefix(WrappingKey kek, byte[] wrapped, byte[] commitment) {
        if (records == null) {
            return Envelope.prefix(suite, kek, wrapped, commitment);
        }
        if (!records.put(WrappedKey.of(suite, kek, wrapped, commitment))) {
            throw new EnvelopeException(Failure.KEY_UNAVAILABLE, "the store has another record of a new data key");
        }
        return Envelope.referringPrefix(suite, commitment);
    }
}
