package dev.slipring.vault;

import dev.slipring.keyring.SecretValue;
import dev.slipring.keyring.Ticker;
import dev.slipring.store.LoginEncoding;
import dev.slipring.vault.VaultException.Kind;
import java.time.Duration;
import java.util.Optional;

/** The requests about leases of one dynamic role. Safe for use by several threads. */
final class Leases {
    private final VaultClient client;
    private final String path;
    private final LoginEncoding encoding;
    private final Ticker ticker;

    Leases(VaultClient client, String path, LoginEncoding encoding, Ticker ticker) {
        this.client = client;
        this.path = path;
        this.encoding = encoding;
        this.ticker = ticker;
    }

    /** Where logins come from. */
    String path() {
        return path;
    }

    /** A new login; never asked for again where there may be one already. */
    Lease create() {
        long now = ticker.nanos();
        VaultAnswer answer = client.call(VaultRequest.readOnce("create login", path));
        try {
            String id = answer.text("lease_id");
            Duration length = Duration.ofSeconds(answer.count("lease_duration"));
            boolean renewable = answer.truth("renewable");
            SecretValue login = VaultDatabase.login(answer, encoding);
            return new Lease(id, login, now, length, renewable);
        } finally {
            answer.wipe();
        }
    }

    /** The lease, granted for longer; empty if the server does not know it any more. */
    Optional<Lease> renewed(Lease lease) {
        long now = ticker.nanos();
        Duration before = lease.left(now);
        try {
            VaultAnswer answer = client.call(VaultRequest.write(
                    "renew lease", "sys/leases/renew", out -> out.writeStringField("lease_id", lease.id())));
            Duration length = Duration.ofSeconds(answer.count("lease_duration"));
            // A server grants no more than the longest life leaves: then the end stays where it was.
            boolean longer = length.compareTo(before.plusSeconds(1)) > 0;
            return Optional.of(new Lease(lease.id(), lease.value(), now, length, longer && answer.truth("renewable")));
        } catch (VaultException e) {
            return ifUnknown(e);
        }
    }

    /** The lease as it is; empty if the server does not know it any more. */
    Optional<Lease> known(Lease lease) {
        try {
            client.call(VaultRequest.write(
                            "look up lease", "sys/leases/lookup", out -> out.writeStringField("lease_id", lease.id())))
                    .wipe();
            return Optional.of(lease);
        } catch (VaultException e) {
            return e.kind() == Kind.DENIED ? Optional.of(lease) : ifUnknown(e);
        }
    }

    void revoke(Lease lease) {
        client.call(VaultRequest.write(
                        "revoke lease", "sys/leases/revoke", out -> out.writeStringField("lease_id", lease.id())))
                .wipe();
    }

    private static Optional<Lease> ifUnknown(VaultException e) {
        if (e.kind() == Kind.INVALID || e.kind() == Kind.NOT_FOUND) {
            return Optional.empty();
        }
        throw e;
    }
}
