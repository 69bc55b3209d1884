package dev.slipring.store;

import dev.slipring.keyring.ReplicaReport;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretValue;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * A store whose values are sealed at rest: the store around which it is kept sees them only as a {@link ValueSealer}
 * has sealed them, under a root key that does not lie there. Records, reports and traits pass through; plain readers
 * of a store that mirrors values are shown the sealed form.
 *
 * <p>The key that fingerprints values is a random one of its own, sealed like a value under the reserved name
 * {@code slipring.installation-key}, which no secret may have. It is not the inner store's, which lies there in clear,
 * so that whoever reads the inner store could test guesses against fingerprints; nor derived from the root key, with
 * which it would change.
 *
 * <p>To change the root key: let every replica accept the next one; then let each seal with it; then
 * {@link #resealAll()}; and once {@link #census()} finds nothing that needs the old one, drop it. A replica that seals
 * earlier stores what others cannot open yet. A first value whose record was never written, since its process
 * died in between, is not found by name: declare such a secret once more before the old root key goes.
 *
 * <p>Values that lay in a store in clear before it was wrapped are refused, unless {@link Builder#acceptUnsealedUntil}
 * says otherwise; sealing does not undo that they could be read, so rotate them. The inner store's own installation
 * key stays where it is and tells of nothing made since. Safe for use by several threads.
 */
public final class SealedSecretStore implements SecretStore {
    private static final int KEY_LENGTH = 32;

    private final SecretStore store;
    private final ValueSealer sealer;
    private final SealedValues values;
    private final SecureRandom random = new SecureRandom();

    private SealedSecretStore(Builder builder) {
        store = builder.store;
        sealer = builder.sealer;
        InstantSource clock = builder.clock;
        Instant end = builder.unsealedUntil;
        values = new SealedValues(store, sealer, () -> clock.instant().isBefore(end));
    }

    /**
     * Seals what {@code store} keeps; both stay the caller's. Nothing unsealed is accepted.
     *
     * @throws IllegalArgumentException if the store shows values to plain readers, who could not read a sealed one
     */
    public static SealedSecretStore around(SecretStore store, ValueSealer sealer) {
        return builder(store, sealer).build();
    }

    /**
     * The same with options.
     *
     * @throws IllegalArgumentException as {@link #around}
     */
    public static Builder builder(SecretStore store, ValueSealer sealer) {
        return new Builder(store, sealer);
    }

    @Override
    public StoreTraits traits() {
        return store.traits();
    }

    @Override
    public Reading read(SecretName secret) {
        return store.read(free(secret));
    }

    /**
     * {@inheritDoc}
     *
     * @throws UnusableRecordException if what is stored is not sealed, was changed, or belongs elsewhere
     * @throws StoreUnavailableException if its root version is not at hand, too
     */
    @Override
    public Optional<SecretValue> value(SecretName secret, int version) {
        return store.value(free(secret), version).map(stored -> values.opened(secret, version, stored));
    }

    @Override
    public boolean compareAndSet(SecretRecord next, WriteWindow window) {
        free(next.secret());
        return store.compareAndSet(next, window);
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalArgumentException if the sealed form of {@code value} is longer than
     *     {@link SecretValue#MAX_LENGTH}
     */
    @Override
    public SecretValue putValueIfAbsent(SecretName secret, int version, SecretValue value) {
        return put(free(secret), version, value);
    }

    private SecretValue put(SecretName secret, int version, SecretValue value) {
        SecretValue sealed = sealer.seal(secret, version, value);
        try {
            return values.opened(secret, version, store.putValueIfAbsent(secret, version, sealed));
        } finally {
            sealed.wipe();
        }
    }

    /**
     * {@inheritDoc} Both forms are those before sealing here: a value that is only resealed meanwhile is expected
     * still.
     */
    @Override
    public boolean replaceValue(SecretName secret, int version, SecretValue expected, SecretValue next) {
        free(secret);
        while (true) {
            SecretValue stored = store.value(secret, version).orElse(null);
            if (stored == null) {
                return false;
            }
            SecretValue opened = values.opened(secret, version, stored.copy());
            SecretValue sealed = sealer.seal(secret, version, next);
            try {
                if (!opened.equals(expected)) {
                    return false;
                } else if (store.replaceValue(secret, version, stored, sealed)) {
                    return true;
                }
            } finally {
                stored.wipe();
                opened.wipe();
                sealed.wipe();
            }
        }
    }

    @Override
    public void eraseValue(SecretName secret, int version) {
        store.eraseValue(free(secret), version);
    }

    @Override
    public Set<SecretName> names() {
        return store.names();
    }

    @Override
    public void report(SecretName secret, ReplicaReport report) {
        store.report(secret, report);
    }

    @Override
    public List<ReplicaReport> reports(SecretName secret) {
        return store.reports(secret);
    }

    @Override
    public void reconcile(SecretName secret) {
        store.reconcile(secret);
    }

    @Override
    public Optional<String> rotatedBy(SecretName secret) {
        return store.rotatedBy(secret);
    }

    @Override
    public SecretValue installationKey() {
        Optional<SecretValue> stored = store.value(SealedValues.INSTALLATION, SealedValues.INSTALLATION_VERSION);
        if (stored.isPresent()) {
            return values.opened(SealedValues.INSTALLATION, SealedValues.INSTALLATION_VERSION, stored.get());
        }
        byte[] bytes = new byte[KEY_LENGTH];
        random.nextBytes(bytes);
        SecretValue key = SecretValue.copyOf(bytes);
        Arrays.fill(bytes, (byte) 0);
        try {
            return put(SealedValues.INSTALLATION, SealedValues.INSTALLATION_VERSION, key);
        } finally {
            key.wipe();
        }
    }

    /**
     * Brings every stored value, of all versions of all secrets, and the installation's key, under the root version
     * that seals. May be called again at any time, beside rotators and other replicas that do the same, and goes on
     * where a call that was cut short ended: what is done is found unchanged. What fails is reported and keeps nothing
     * else from being done.
     *
     * @throws StoreUnavailableException if the store does not say which secrets there are
     * @throws UnsupportedOperationException if it cannot {@linkplain SecretStore#replaceValue replace} values
     */
    public ResealReport resealAll() {
        return values.resealAll();
    }

    /**
     * Counts every stored value, and the installation's key, under the root version that opens it.
     *
     * @throws StoreUnavailableException if the store does not say which secrets there are
     */
    public SealCensus census() {
        return values.census();
    }

    @Override
    public String toString() {
        return "SealedSecretStore[" + store + "]";
    }

    private static SecretName free(SecretName secret) {
        if (secret.equals(SealedValues.INSTALLATION)) {
            throw new IllegalArgumentException("the name " + secret + " is reserved for the installation's key");
        }
        return secret;
    }

    /** Collects what a {@link SealedSecretStore} is made of. Not thread-safe. */
    public static final class Builder {
        private final SecretStore store;
        private final ValueSealer sealer;
        private InstantSource clock = InstantSource.system();
        private Instant unsealedUntil = Instant.MIN;

        private Builder(SecretStore store, ValueSealer sealer) {
            if (store.traits().mirrors()) {
                throw new IllegalArgumentException(store
                        + " shows values to plain readers, who could not read a sealed one; make it without them");
            }
            this.store = store;
            this.sealer = Objects.requireNonNull(sealer, "sealer");
        }

        /**
         * Takes values that lie in the store unsealed for what they are until {@code end}, so that a store in use can
         * be wrapped; {@link SealedSecretStore#resealAll()} seals them. Until then whoever may write to the store can
         * put in values of their own, so let it be soon. Never unless told.
         */
        public Builder acceptUnsealedUntil(Instant end) {
            unsealedUntil = Objects.requireNonNull(end, "end");
            return this;
        }

        /** The wall clock by which that ends; the system's unless told. */
        public Builder clock(InstantSource value) {
            clock = Objects.requireNonNull(value, "clock");
            return this;
        }

        /** The store. */
        public SealedSecretStore build() {
            return new SealedSecretStore(this);
        }
    }
}
