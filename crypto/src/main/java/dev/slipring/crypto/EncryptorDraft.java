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

    @Nullable
    DataKeyStore store;

    boolean refers;

    @Nullable
    Ticker ticker;

    @Nullable
    CryptoProviders providers;

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
        CryptoProviders from = providers == null ? CryptoProviders.platform() : providers;
        SuiteChoice choice = SuiteChoice.of(repeatable, shared, from.fips());
        from.require(choice.written());
        SelfTest.run(choice.written(), from);
        Ticker clock = ticker == null ? Ticker.system() : ticker;
        KeySupply supplied = ticker == null ? supply : supply.beside(clock);
        return new EnvelopeKeys.Plan(rings, choice, store, refers, budget, supplied, clock, from);
    }
}
