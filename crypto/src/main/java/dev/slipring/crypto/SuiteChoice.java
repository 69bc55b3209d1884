package dev.slipring.crypto;

import java.util.EnumSet;
import java.util.Set;

/** Which suite new envelopes get, by what is known of the writers. Reading does not depend on it. */
enum SuiteChoice {
    /** Data keys of this process alone, on a host whose random source never repeats. */
    STANDARD(Suite.AES_256_GCM, Suite.CHUNKED_AES_256_GCM),
    /** Data keys under which others encrypt as well. */
    SHARED_DATA_KEYS(Suite.SALTED_AES_256_GCM, Suite.CHUNKED_AES_256_GCM),
    /** Random bytes may come twice, so nothing may rest on them alone; others may share the data keys. */
    REPEATABLE_RANDOMNESS(Suite.AES_256_GCM_SIV, Suite.AES_256_GCM_SIV),
    /** Data keys of this process alone, and a module that makes every IV: chunks, which count theirs, are out. */
    FIPS(Suite.AES_256_GCM, Suite.AES_256_GCM),
    /** The same with data keys under which others encrypt as well. */
    FIPS_SHARED_DATA_KEYS(Suite.SALTED_AES_256_GCM, Suite.SALTED_AES_256_GCM);

    /** The longest plaintext that is not long: one chunk's worth. */
    private static final int SHORT = ChunkedMessage.CHUNK;

    private final Suite brief;
    private final Suite lengthy;

    SuiteChoice(Suite brief, Suite lengthy) {
        this.brief = brief;
        this.lengthy = lengthy;
    }

    /**
     * The choice by what is said of the random source, the data keys and the module.
     *
     * @throws IllegalArgumentException if nothing is fit for all of it
     */
    static SuiteChoice of(boolean repeatable, boolean shared, boolean fips) {
        if (repeatable && fips) {
            throw new IllegalArgumentException(
                    "repeatable randomness takes AES-256-GCM-SIV, which no FIPS profile has");
        }
        if (repeatable) {
            return REPEATABLE_RANDOMNESS;
        }
        if (fips) {
            return shared ? FIPS_SHARED_DATA_KEYS : FIPS;
        }
        return shared ? SHARED_DATA_KEYS : STANDARD;
    }

    /** The suite of a plaintext of that many bytes. */
    Suite suite(int length) {
        return length <= SHORT ? brief : lengthy;
    }

    /**
     * The suite of a stream.
     *
     * @throws UnsupportedOperationException if none is fit: a stream cannot know all that it will hold
     */
    Suite streamSuite() {
        if (!lengthy.streams()) {
            String why = this == REPEATABLE_RANDOMNESS
                    ? "randomness that does not repeat"
                    : "IVs that are counted, and a FIPS profile leaves every IV to the module";
            throw new UnsupportedOperationException("a stream needs " + why + "; encrypt the plaintext as a whole");
        }
        return lengthy;
    }

    /** The suites an encryptor of this choice depends on: those that it writes. */
    Set<Suite> written() {
        return EnumSet.of(brief, lengthy);
    }
}
