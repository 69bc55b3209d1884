package dev.slipring.crypto;

import dev.slipring.keyring.Ticker;
import java.util.EnumMap;
import java.util.Map;

/**
 * The data keys that encrypt now: one for each suite that is written, with a budget of its own. A key is made
 * when the first message needs it. Safe for use by several threads.
 */
final class Sealers implements AutoCloseable {
    private final SuiteChoice choice;
    private final Map<Suite, SealingKeys> keys = new EnumMap<>(Suite.class);

    Sealers(SuiteChoice choice, Ring ring, DataKeyBudget budget, Ticker ticker) {
        this.choice = choice;
        choice.written().forEach(suite -> keys.put(suite, new SealingKeys(suite, ring, budget, ticker)));
    }

    /** A key with one message of {@code length} bytes reserved, which may not be over a data key's whole budget. */
    SealingKey reserve(int length) {
        SealingKeys fit = keys.get(choice.suite(length));
        if (fit == null) {
            throw new IllegalStateException("no data keys for " + choice.suite(length));
        }
        return fit.reserve(length);
    }

    /** Retires the keys. */
    @Override
    public void close() {
        keys.values().forEach(SealingKeys::close);
    }
}
