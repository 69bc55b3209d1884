package dev.slipring.crypto;

import dev.slipring.crypto.EnvelopeException.Failure;
import dev.slipring.keyring.AuthFailure;
import dev.slipring.keyring.Keyring;
import dev.slipring.keyring.RotatingSecret;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretVersion;
import dev.slipring.keyring.StaleKeyringException;
import dev.slipring.keyring.UsableVersion;
import dev.slipring.keyring.VersionState;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The KEKs of one rotating secret. They stand in one immutable table together with the keyring they were
 * derived from; once the secret shows another keyring, the table is derived anew. A version that did not
 * change keeps its {@link Kek} object, so whatever was made with it stays valid by identity; one that is no
 * longer accepted leaves the table and is wiped.
 *
 * <p>Safe for use by several threads; a look-up is two volatile loads.
 */
final class Ring implements AutoCloseable {
    private final RotatingSecret secret;
    private final int id;
    private final KeyWrapper.@Nullable Source remote;
    private final CryptoProviders providers;
    private final Consumer<WrappingKey> dropped;
    private final ReentrantLock deriving = new ReentrantLock();
    private volatile Table table;
    private boolean closed;
    private RotatingSecret.@Nullable Subscription subscription;

    /** KEKs by version, of the accepted versions whose value is fit to be one. */
    private record Table(
            Keyring keyring,
            Map<Integer, WrappingKey> keks,
            @Nullable WrappingKey primary) {}

    private Ring(RingSource source, CryptoProviders providers, Consumer<WrappingKey> dropped) {
        secret = source.secret();
        remote = source.remote();
        this.providers = providers;
        this.dropped = dropped;
        Keyring keyring = secret.keyring();
        id = keyring.edition().ringId();
        table = derive(keyring, new Table(keyring, Map.of(), null));
    }

    /**
     * The ring of {@code source}; calls {@code dropped} with each KEK that left it and is wiped.
     *
     * @param providers what local KEKs are derived and wrap with
     */
    static Ring follow(RingSource source, CryptoProviders providers, Consumer<WrappingKey> dropped) {
        Ring ring = new Ring(source, providers, dropped);
        // Deriving at the refresh keeps it off the first request, and wipes what was dropped even if none comes.
        ring.subscription = ring.secret.onChange(keyring -> ring.table());
        return ring;
    }

    int id() {
        return id;
    }

    SecretName name() {
        return secret.name();
    }

    /**
     * The KEK that wraps now.
     *
     * @throws EnvelopeException {@code KEY_UNAVAILABLE} if the primary version's value cannot be one
     */
    WrappingKey primary() {
        Table now = table();
        if (now.primary == null) {
            throw unavailable(now.keyring.primary().number());
        }
        return now.primary;
    }

    /**
     * Passes as long as something may be wrapped.
     *
     * @throws StaleKeyringException if the view of the secret is stale and its policy is to stop producing then
     */
    void checkProduction() {
        if (!secret.mayProduce()) {
            secret.primary(); // says why
        }
    }

    /** {@code primary} as long as something may be wrapped, to wrap a key that has to be unwrapped anyway; else null. */
    @Nullable
    WrappingKey wrapsNow(WrappingKey primary) {
        return secret.mayProduce() ? primary : null;
    }

    /**
     * {@code key} as {@code primary} wraps it, which is a use of that version.
     *
     * @throws StaleKeyringException as in {@link #checkProduction()}
     */
    WrappedKey wrap(OpenedKey key, WrappingKey primary) {
        checkProduction();
        WrappedKey wrapped = key.wrappedBy(primary);
        primary.wrapped();
        return wrapped;
    }

    /**
     * The KEK of an accepted version.
     *
     * @throws EnvelopeException if the version is not accepted, saying why; a version that is not known yet
     *     makes the secret refresh
     */
    WrappingKey kek(int version) {
        if (version == 0) {
            throw EnvelopeException.malformed("the KEK version is 0");
        }
        Table now = table();
        WrappingKey kek = now.keks.get(version);
        if (kek == null) {
            throw refuse(version, now.keyring);
        }
        return kek;
    }

    /** Notes that an envelope, of whichever ring, was changed or opened with another context. */
    void tampered() {
        secret.uses().failed(AuthFailure.SIGNATURE);
    }

    /** Wipes all KEKs. */
    @Override
    public void close() {
        if (subscription != null) {
            subscription.close();
        }
        deriving.lock();
        try {
            closed = true;
            Table last = table;
            table = new Table(last.keyring, Map.of(), null);
            last.keks.values().forEach(WrappingKey::wipe);
        } finally {
            deriving.unlock();
        }
    }

    private EnvelopeException refuse(int version, Keyring keyring) {
        VersionState state = keyring.version(version).map(SecretVersion::state).orElse(VersionState.STAGED);
        String named = "secret " + secret.name() + " version " + Integer.toUnsignedString(version);
        if (state.compareTo(VersionState.REVOKING) >= 0) {
            secret.use(version).refused();
        }
        return switch (state) {
            case STAGED -> {
                secret.uses().failed(AuthFailure.UNKNOWN_KEY);
                secret.requestRefresh();
                yield new EnvelopeException(Failure.UNKNOWN_VERSION, named + " is not known to this replica");
            }
            case PUBLISHED, PRIMARY, RETIRING -> unavailable(version);
            case REVOKING, REVOKED -> new EnvelopeException(Failure.DISABLED, named + " is " + state);
            case DESTROYED -> new EnvelopeException(Failure.DESTROYED, named + " is " + state);
        };
    }

    private EnvelopeException unavailable(int version) {
        return new EnvelopeException(
                Failure.KEY_UNAVAILABLE,
                "the value of secret " + secret.name() + " version " + version + " is wiped or has less than "
                        + Kek.MIN_VALUE + " bytes");
    }

    private Table table() {
        Table known = table;
        return known.keyring == secret.keyring() ? known : renew();
    }

    private Table renew() {
        Table before;
        Table after;
        deriving.lock();
        try {
            before = table;
            Keyring keyring = secret.keyring();
            if (closed || before.keyring == keyring) {
                return before;
            }
            after = derive(keyring, before);
            table = after;
        } finally {
            deriving.unlock();
        }
        for (WrappingKey kek : before.keks.values()) {
            if (after.keks.get(kek.version()) != kek) {
                kek.wipe();
                dropped.accept(kek);
            }
        }
        return after;
    }

    private Table derive(Keyring keyring, Table before) {
        Map<Integer, WrappingKey> keks = new HashMap<>();
        for (UsableVersion version : keyring.accepted()) {
            WrappingKey kek = derive(version, before);
            if (kek != null) {
                keks.put(version.number(), kek);
            }
        }
        return new Table(keyring, Map.copyOf(keks), keks.get(keyring.primary().number()));
    }

    private @Nullable WrappingKey derive(UsableVersion version, Table before) {
        WrappingKey known = before.keks.get(version.number());
        try {
            return remote == null ? local(version, known) : remote(remote, version, known);
        } catch (IllegalStateException e) {
            return null; // wiped: the secret is closed, or this keyring is far out of date
        }
    }

    private @Nullable WrappingKey local(UsableVersion version, @Nullable WrappingKey known) {
        if (version.value().length() < Kek.MIN_VALUE) {
            return null;
        }
        AesKey key = Kek.derive(version.value(), providers);
        if (known instanceof Kek same && same.has(key)) {
            key.destroy();
            return known;
        }
        KekVersion of = new KekVersion(id, version.number());
        return new Kek(of, key, providers.keyWrap(), secret.use(version.number()));
    }

    private WrappingKey remote(KeyWrapper.Source source, UsableVersion version, @Nullable WrappingKey known) {
        if (known instanceof RemoteKek same && same.isNamedBy(version.value())) {
            return known;
        }
        return new RemoteKek(id, version, secret.use(version.number()), source);
    }
}
