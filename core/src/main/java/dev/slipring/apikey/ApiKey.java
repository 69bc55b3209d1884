package dev.slipring.apikey;

import dev.slipring.keyring.Keyring;
import dev.slipring.keyring.UsableVersion;
import java.util.function.Function;

/**
 * The key to make one call with. Its bytes are handed out by {@link #reveal} and {@link #revealText} alone, whose names
 * are there to be searched for; its string form shows version and length. It is for this call: the value belongs to the
 * secret and is wiped some time after its version was replaced. Immutable and safe for use by several threads.
 */
public final class ApiKey {
    private final Keyring keyring;
    private final UsableVersion version;

    ApiKey(Keyring keyring, UsableVersion version) {
        this.keyring = keyring;
        this.version = version;
    }

    /** Number of the secret's version that this is, from 1. */
    public int version() {
        return version.number();
    }

    /**
     * Calls {@code use} with a copy of the bytes and wipes that copy when it returns.
     *
     * @throws IllegalStateException if the value was wiped
     */
    public <R> R reveal(Function<byte[], R> use) {
        return version.value().reveal(use);
    }

    /**
     * The key as text, for client libraries that take nothing else. A string cannot be wiped: make it where it is
     * needed, and keep it no longer than the call.
     *
     * @throws IllegalStateException if the value was wiped, or has a byte that is not visible ASCII, such as the line
     *     end of a file: it would end up in a header, or in the message of whoever refuses it
     */
    public String revealText() {
        return KeyText.reveal(version.value(), "secret " + keyring.secret() + " version " + version());
    }

    /** The view that the key was chosen from. */
    Keyring.Edition edition() {
        return keyring.edition();
    }

    @Override
    public String toString() {
        return "ApiKey[" + keyring.secret() + " version " + version() + ", "
                + version.value().length() + " bytes]";
    }
}
