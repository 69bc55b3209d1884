package dev.slipring.jdbc;

import dev.slipring.jdbc.login.Login;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.UsableVersion;

/** A login with the number of the version that it is: one value, replaced as a whole. */
final class Credential {
    private final SecretName secret;
    private final int generation;
    private final Login login;

    private Credential(SecretName secret, int generation, Login login) {
        this.secret = secret;
        this.generation = generation;
        this.login = login;
    }

    /** @throws IllegalArgumentException if the version's value is not a login */
    static Credential of(SecretName secret, UsableVersion version) {
        try {
            return new Credential(secret, version.number(), Login.parse(version.value()));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "version " + version.number() + " of secret " + secret + " is not a login", e);
        }
    }

    SecretName secret() {
        return secret;
    }

    int generation() {
        return generation;
    }

    Login login() {
        return login;
    }

    @Override
    public String toString() {
        return "version " + generation + " of secret " + secret + " (" + login.user() + ")";
    }
}
