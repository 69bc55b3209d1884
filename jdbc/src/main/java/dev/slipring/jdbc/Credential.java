package dev.slipring.jdbc;

import dev.slipring.jdbc.login.Login;
import dev.slipring.keyring.RotatingSecret;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.UsableVersion;
import dev.slipring.keyring.VersionUse;

/** A login with the number of the version that it is: one value, replaced as a whole. */
final class Credential {
    private final SecretName secret;
    private final int generation;
    private final Login login;
    private final VersionUse use;

    private Credential(SecretName secret, int generation, Login login, VersionUse use) {
        this.secret = secret;
        this.generation = generation;
        this.login = login;
        this.use = use;
    }

    /** @throws IllegalArgumentException if the version's value is not a login */
    static Credential of(RotatingSecret secret, UsableVersion version) {
        int number = version.number();
        try {
            return new Credential(secret.name(), number, Login.parse(version.value()), secret.use(number));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "version " + number + " of secret " + secret.name() + " is not a login", e);
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

    /** Notes that a connection for the pool was opened with it. */
    void used() {
        use.mark();
    }

    @Override
    public String toString() {
        return "version " + generation + " of secret " + secret + " (" + login.user() + ")";
    }
}
