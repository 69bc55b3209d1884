package dev.slipring.vault;

import dev.slipring.keyring.SecretValue;
import dev.slipring.keyring.Ticker;
import dev.slipring.keyring.Timing;
import dev.slipring.store.ForeignSecret;
import dev.slipring.store.LoginEncoding;
import dev.slipring.store.StoreUnavailableException;
import dev.slipring.store.UnusableRecordException;
import dev.slipring.vault.VaultException.Kind;
import java.util.Arrays;
import java.util.Objects;

/**
 * The database engine: logins that the server makes or rotates, to be followed by a
 * {@link dev.slipring.store.FollowedSecretSource}.
 *
 * <p>A static role has one user, whose password the server changes by its own schedule; the old password is dead at
 * that moment, so until the next look logins are refused, which makes a data source look at once. A dynamic role gives
 * each process a user of its own, under a lease. The rights that are needed are {@code read} on {@code
 * MOUNT/static-creds/ROLE} or {@code MOUNT/creds/ROLE}, and for leases {@code update} on {@code sys/leases/renew},
 * {@code sys/leases/revoke} and, so that one which is revoked elsewhere is noticed before it is renewed, {@code
 * sys/leases/lookup}.
 *
 * <p>Immutable and safe for use by several threads. The client stays the caller's to close, after what follows.
 */
public final class VaultDatabase {
    private final VaultClient client;
    private final String mount;

    private VaultDatabase(VaultClient client, String mount) {
        this.client = Objects.requireNonNull(client, "client");
        this.mount = VaultPath.path("the mount", mount);
    }

    /** The engine at the path {@code database}. */
    public static VaultDatabase of(VaultClient client) {
        return new VaultDatabase(client, "database");
    }

    /**
     * The engine at the path {@code mount}.
     *
     * @throws IllegalArgumentException if it is no path
     */
    public static VaultDatabase of(VaultClient client, String mount) {
        return new VaultDatabase(client, mount);
    }

    /**
     * The login of a static role, as the server last set it.
     *
     * @param encoding makes one value of user and password
     * @throws IllegalArgumentException if {@code role} is no name
     */
    public ForeignSecret staticRole(String role, LoginEncoding encoding) {
        String path = path("static-creds", role);
        Objects.requireNonNull(encoding, "encoding");
        return () -> StaticLogin.look(client, path, encoding);
    }

    /**
     * A login of a dynamic role, for this process alone. Its lease is renewed when two thirds of what it lasts are
     * over. The next login is asked for when the lease cannot be renewed further and its end is near: {@code 2R + A}
     * before it, or a third of what it lasts if that is less; at once when the server no longer knows the lease. So the
     * refresh interval R should be well below a third of the lease. The lease of a login that is no longer accepted is
     * revoked, and so are all of them when the source is closed: close the data source before.
     *
     * <p>A request for a login whose reply is lost is not made again by itself: the next look asks for another, and the
     * lease that nobody knows ends by its time. So a look makes one lease at most.
     *
     * @param timing the one that the secret is followed by
     * @param encoding makes one value of user and password
     * @throws IllegalArgumentException if {@code role} is no name
     */
    public ForeignSecret dynamicRole(String role, Timing timing, LoginEncoding encoding) {
        return dynamicRole(role, timing, encoding, Ticker.system());
    }

    ForeignSecret dynamicRole(String role, Timing timing, LoginEncoding encoding, Ticker ticker) {
        Objects.requireNonNull(encoding, "encoding");
        return new LeasedLogin(new Leases(client, path("creds", role), encoding, ticker), timing, ticker);
    }

    @Override
    public String toString() {
        return "VaultDatabase[" + mount + " of " + client + "]";
    }

    private String path(String kind, String role) {
        return mount + "/" + kind + "/" + VaultPath.name("a role", role);
    }

    /** The login that {@code answer} tells; the caller owns it. */
    static SecretValue login(VaultAnswer answer, LoginEncoding encoding) {
        String user = answer.text("data", "username");
        byte[] password = answer.textBytes("data", "password");
        try {
            return encoding.encode(user, password);
        } catch (IllegalArgumentException e) { // without the cause, which is another's
            throw answer.unreadable("the fields data.username and data.password make no login");
        } finally {
            Arrays.fill(password, (byte) 0);
        }
    }

    /** What a failure means to whoever follows. */
    static RuntimeException followed(VaultException e) {
        return e.kind() == Kind.UNREADABLE
                ? new UnusableRecordException(e.getMessage() == null ? "unreadable" : e.getMessage(), e)
                : new StoreUnavailableException(String.valueOf(e.getMessage()), e);
    }
}
