package dev.slipring.crypto;

import dev.slipring.keyring.Ticker;
import dev.slipring.store.DataKeyStore;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What an encryptor is to be made of, as its builder collects it, and whether that fits together. Not thread-safe. */
final class EncryptorDraft {
    final List<RingSource> rings = new ArrayList<>();
    boolean shared;
    boolean repeatable;
    DataKeyBudget budget = DataKeyBudget.standard();
    KeySupply supply = KeySupply.standard();
    @Nullable DataKeyStore store;
    boolean refers;
    @Nullable Ticker ticker;

    EncryptorDraft(RingSource wrapping) {
        rings.add(wrapping);
    }

    /**
     * The plan, after a known-answer test of the suites that it writes.
     *
     * @throws RuntimeException as in {@link EnvelopeEncryptor.Builder#build()}
     */
    EnvelopeKeys.Plan plan() {
        RingSource.check(rings);
        supply.ahead(budget.age());
        SuiteChoice choice = SuiteChoice.of(repeatable, shared);
        SelfTest.run(choice.written());
        return ticker == null
                ? new EnvelopeKeys.Plan(rings, choice, store, refers, budget, supply, Ticker.system())
                : new EnvelopeKeys.Plan(rings, choice, store, refers, budget, supply.beside(ticker), ticker);
    }
}
