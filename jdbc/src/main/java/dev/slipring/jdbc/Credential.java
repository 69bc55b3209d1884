package dev.slipring.jdbc;

import dev.slipring.jdbc.login.Login;
import dev.slipring.keyring.AuthFailure;
import dev.slipring.keyring.RotatingSecret;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.UsableVersion;
import dev.slipring.keyring.UseRecorder;

/** A login with the number of the version that it is: one value, replaced as a whole. */
final class Credential {
    private final SecretName secret;
    private final int generation;
    private final Login login;
    private final UseRecorder uses;

    private Credential(SecretName secret, int generation, Login login, UseRecorder uses) {
        this.secret = secret;
        this.generation = generation;
        this.login = login;
        this.uses = uses;
    }

    /** @throws IllegalArgumentException if the version's value is not a login */
    static Credential of(RotatingSecret secret, UsableVersion version) {
        int number = version.number();
        try {
            return new Credential(secret.name(), number, Login.parse(version.value()), secret.uses());
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
        uses.version(generation).produced();
    }

    /** Notes that the database refused it. */
    void refused() {
        uses.failed(AuthFailure.SQL_STATE);
    }

    @Override
    public String toString() {
        return "version " + generation + " of secret " + secret + " (" + login.user() + ")";
    }
}
