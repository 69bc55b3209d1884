package dev.slipring.vault;

import dev.slipring.keyring.SecretValue;
import dev.slipring.store.LoginEncoding;
import dev.slipring.store.Sighting;
import java.time.Duration;

/** Reads the login of a static role. Stateless. */
final class StaticLogin {
    private StaticLogin() {}

    /** The password dies when the server sets the next one, at the latest when its time is over. */
    static Sighting look(VaultClient client, String path, LoginEncoding encoding) {
        try {
            VaultAnswer answer = client.call(VaultRequest.read("read static login", path));
            try {
                Duration left = Duration.ofSeconds(answer.count("data", "ttl"));
                SecretValue login = VaultDatabase.login(answer, encoding);
                return Sighting.of(login).validFor(left);
            } finally {
                answer.wipe();
            }
        } catch (VaultException e) {
            throw VaultDatabase.followed(e);
        }
    }
}
