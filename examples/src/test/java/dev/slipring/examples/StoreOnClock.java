package dev.slipring.examples;

import dev.slipring.keyring.SecretName;
import dev.slipring.store.ForwardingStore;
import dev.slipring.store.Reading;
import dev.slipring.store.SecretStore;
import java.time.InstantSource;

/** A store with another clock than that of the server behind it, so that weeks pass in a test. */
final class StoreOnClock extends ForwardingStore {
    private final InstantSource clock;

    StoreOnClock(SecretStore store, InstantSource clock) {
        super(store);
        this.clock = clock;
    }

    @Override
    public Reading read(SecretName secret) {
        return new Reading(super.read(secret).record(), clock.instant());
    }
}
