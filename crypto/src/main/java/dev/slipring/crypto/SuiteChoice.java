package dev.slipring.crypto;

import java.util.EnumSet;
import java.util.Set;

/** Which suite new envelopes get, by what is known of the writers. Reading does not depend on it. */
enum SuiteChoice {
    /** Data keys of this process alone, on a host whose random source never repeats. */
    STANDARD(Suite.AES_256_GCM),
    /** Data keys under which others encrypt as well. */
    SHARED_DATA_KEYS(Suite.SALTED_AES_256_GCM),
    /** Random bytes may come twice, so nothing may rest on them alone; others may share the data keys. */
    REPEATABLE_RANDOMNESS(Suite.AES_256_GCM_SIV);

    private final Suite suite;

    SuiteChoice(Suite suite) {
        this.suite = suite;
    }

    /** The suite of a message. */
    Suite suite() {
        return suite;
    }

    /** The suites an encryptor of this choice depends on: those that it writes. */
    Set<Suite> written() {
        return EnumSet.of(suite);
    }
}
