package dev.slipring.crypto;

import java.security.Provider;
import java.util.function.Supplier;

/** A provider of what a test gives it, and of nothing else. */
class SpiProvider extends Provider {
    private static final long serialVersionUID = 1L;

    SpiProvider(String name) {
        super(name, "1", "for tests");
    }

    /** Adds the algorithm {@code name}; each object comes from {@code spi}. */
    final SpiProvider with(String type, String name, Supplier<?> spi) {
        putService(new Service(this, type, name, spi.getClass().getName(), null, null) {
            @Override
            public Object newInstance(Object parameter) {
                return spi.get();
            }
        });
        return this;
    }
}
