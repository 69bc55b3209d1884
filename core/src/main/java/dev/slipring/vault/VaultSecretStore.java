package dev.slipring.vault;

import dev.slipring.keyring.ReplicaReport;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretValue;
import dev.slipring.keyring.SecretVersion;
import dev.slipring.keyring.VersionState;
import dev.slipring.store.Reading;
import dev.slipring.store.SecretRecord;
import dev.slipring.store.SecretRecordFormat;
import dev.slipring.store.SecretStore;
import dev.slipring.store.StoreTraits;
import dev.slipring.store.StoreUnavailableException;
import dev.slipring.store.WriteWindow;
import dev.slipring.vault.KeyValueEngine.Entry;
import dev.slipring.vault.KeyValueEngine.State;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A store in a key-value engine, version 2, of HashiCorp Vault or OpenBao. Below its prefix {@code P}:
 *
 * <ul>
 *   <li>{@code P/slipring/record/SECRET}: the record. Each write compares with the version that it was made from.
 *   <li>{@code P/slipring/staged/SECRET/VERSION}: a value that no record accepts yet, written if there never was one.
 *   <li>{@code P/slipring/value/SECRET/VERSION}: where it moves when its version is published, so that a reader may be
 *       kept from the former place. Erasing leaves a mark, so that a value never comes back; the engine keeps nothing
 *       but the newest write.
 *   <li>{@code P/SECRET}: the value of the primary version in its {@link PlainForm}, for readers who know nothing of
 *       rotation, with its number in {@value #MARK}. It follows a promotion, and keeps no former ones.
 *   <li>{@code P/slipring/replica/SECRET/REPLICA}: the last report of a replica; gone a day after the replica is.
 *   <li>{@code P/slipring/installation}: the key of fingerprints.
 * </ul>
 *
 * <p>The store's time is that of the server's answers, in whole seconds, and each node of a cluster has a clock of its
 * own: the skew e of a policy has to be a second at least, and what those clocks differ by. An answer without a time is
 * none. Writes that delete themselves ({@code delete_version_after}) are refused. An entry that somebody has deleted by
 * hand is named and has to be undeleted; nothing is taken for missing that was there.
 *
 * <p>Let a policy's D have room for the client's {@linkplain VaultClient.Builder#requestTimeout request time-out}. Safe
 * for use by several threads, instances and processes. The client stays the caller's to close.
 */
public final class VaultSecretStore implements SecretStore {
    /** The field of a plain entry that tells which version it shows. */
    public static final String MARK = "slipring_version";

    private static final String RECORD = "record";
    private static final int KEY_LENGTH = 32;
    private static final int MOST_TRIES = 100;

    private final VaultClient client;
    private final KeyValueEngine engine;
    private final VaultPaths paths;
    private final VersionValues values;
    private final ReplicaReports replicas;
    private final @Nullable PlainForm plainForm;
    private final Map<SecretName, PlainForm> plainForms;
    private final @Nullable InstantSource clock;

    private VaultSecretStore(Builder builder) {
        client = builder.client;
        engine = new KeyValueEngine(builder.client, builder.mount);
        paths = new VaultPaths(builder.mount, builder.prefix);
        values = new VersionValues(engine, paths);
        replicas = new ReplicaReports(engine, paths);
        plainForm = builder.plainForm;
        plainForms = Map.copyOf(builder.plainForms);
        clock = builder.clock;
    }

    /**
     * A store below {@code prefix}.
     *
     * @param prefix one name or several, with slashes between them
     * @throws IllegalArgumentException if it is no path
     */
    public static Builder builder(VaultClient client, String prefix) {
        return new Builder(client, prefix);
    }

    /** Plain readers see the promoted value, unless the store was made without them. */
    @Override
    public StoreTraits traits() {
        return new StoreTraits(true, plainForm != null);
    }

    @Override
    public Reading read(SecretName secret) {
        return asked(() -> {
            Entry entry = engine.read(paths.record(secret));
            return new Reading(
                    record(secret, entry), clock == null ? entry.answer().time() : clock.instant());
        });
    }

    private Optional<SecretRecord> record(SecretName secret, Entry entry) {
        if (entry.state() == State.ABSENT) {
            return Optional.empty();
        }
        String place = engine.data(paths.record(secret));
        if (entry.state() != State.PRESENT) {
            throw entry.gone("the record of secret " + secret, place);
        }
        return Optional.of(SecretRecordFormat.parse(secret, entry.answer().text("data", "data", RECORD), place));
    }

    /** {@inheritDoc} The values of versions that {@code next} is the first to accept move to where readers may look. */
    @Override
    public boolean compareAndSet(SecretRecord next, WriteWindow window) {
        String path = paths.record(next.secret());
        String text = SecretRecordFormat.print(next);
        return asked(() -> {
            Entry entry = engine.read(path);
            Optional<SecretRecord> present = record(next.secret(), entry);
            if (present.map(record -> !next.succeeds(record)).orElse(next.epoch() != 1) || !window.isOpen()) {
                return false;
            }
            newlyAccepted(next, present).forEach(version -> accept(next.secret(), version));
            return engine.compareAndSet(
                    path, entry.version(), out -> out.writeStringField(RECORD, text), window::isOpen);
        });
    }

    private static IntStream newlyAccepted(SecretRecord next, Optional<SecretRecord> present) {
        return next.versions().stream()
                .filter(version -> version.state().accepts())
                .mapToInt(SecretVersion::number)
                .filter(number -> present.flatMap(record -> record.version(number))
                        .filter(version -> version.state().accepts())
                        .isEmpty());
    }

    /** If the record is then lost to another writer, readers may look at a value a little too early. */
    private void accept(SecretName secret, int version) {
        untilWritten(paths.staged(secret, version), () -> values.move(secret, version));
    }

    @Override
    public Optional<SecretValue> value(SecretName secret, int version) {
        return asked(() -> values.find(secret, version).value());
    }

    /**
     * {@inheritDoc}
     *
     * @throws StoreUnavailableException if the version's value was erased, too
     */
    @Override
    public SecretValue putValueIfAbsent(SecretName secret, int version, SecretValue value) {
        return asked(() -> values.putIfAbsent(secret, version, value));
    }

    @Override
    public boolean replaceValue(SecretName secret, int version, SecretValue expected, SecretValue next) {
        return asked(() -> values.replace(secret, version, expected, next));
    }

    @Override
    public void eraseValue(SecretName secret, int version) {
        untilWritten(paths.value(secret, version), () -> values.erase(secret, version));
    }

    @Override
    public Set<SecretName> names() {
        return asked(() -> engine.list(paths.records())).stream()
                .filter(SecretName::isLegal) // what else is here is not a secret of ours
                .map(SecretName::of)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Override
    public void report(SecretName secret, ReplicaReport report) {
        untilWritten(paths.report(secret, report.replica()), () -> replicas.keep(secret, report));
    }

    @Override
    public List<ReplicaReport> reports(SecretName secret) {
        return asked(() -> replicas.all(secret));
    }

    /** {@inheritDoc} What was there before is compared with first, so that a late call changes nothing. */
    @Override
    public void reconcile(SecretName secret) {
        PlainForm form = plainForms.getOrDefault(secret, plainForm);
        if (form == null) {
            return;
        }
        String path = paths.plain(secret);
        PlainEntry plain = new PlainEntry(engine, path, form);
        untilWritten(path, () -> {
            Entry seen = plain.look();
            try {
                Optional<Integer> primary =
                        record(secret, engine.read(paths.record(secret))).flatMap(VaultSecretStore::primary);
                return primary.isEmpty()
                        || PlainEntry.shows(seen, primary.get())
                        || show(secret, primary.get(), plain, seen);
            } finally {
                seen.answer().wipe();
            }
        });
    }

    private static Optional<Integer> primary(SecretRecord record) {
        return record.versions().stream()
                .filter(version -> version.state() == VersionState.PRIMARY)
                .map(SecretVersion::number)
                .findFirst();
    }

    private boolean show(SecretName secret, int version, PlainEntry plain, Entry seen) {
        SecretValue value = values.find(secret, version)
                .value()
                .orElseThrow(() -> new StoreUnavailableException(
                        "version " + version + " of secret " + secret + " has no value to show", null));
        try {
            return plain.show(value, version, seen);
        } finally {
            value.wipe();
        }
    }

    @Override
    public SecretValue installationKey() {
        String path = paths.installation();
        return asked(() -> {
            Optional<SecretValue> present = values.look(path).value();
            if (present.isPresent()) {
                return present.get();
            }
            byte[] bytes = new byte[KEY_LENGTH];
            new SecureRandom().nextBytes(bytes);
            SecretValue key = SecretValue.copyOf(bytes);
            Arrays.fill(bytes, (byte) 0);
            try {
                return values.putIfAbsent(path, key);
            } finally {
                key.wipe();
            }
        });
    }

    /** What each kind of user of {@code secrets} may do here, as policies for the server. */
    public VaultPolicies policies(Set<SecretName> secrets) {
        return new VaultPolicies(paths, Set.copyOf(secrets), plainForm != null);
    }

    @Override
    public String toString() {
        return "VaultSecretStore[" + client + ", " + paths + "]";
    }

    private void untilWritten(String path, BooleanSupplier attempt) {
        for (int i = 0; i < MOST_TRIES; i++) {
            if (asked(attempt::getAsBoolean)) {
                return;
            }
        }
        throw new StoreUnavailableException(
                "what is at " + engine.data(path) + " changed " + MOST_TRIES + " times while it was written", null);
    }

    private static <T> T asked(Supplier<T> question) {
        try {
            return question.get();
        } catch (VaultException e) {
            throw new StoreUnavailableException(String.valueOf(e.getMessage()), e);
        }
    }

    /** Collects what a {@link VaultSecretStore} is made of. Not thread-safe. */
    public static final class Builder {
        private final VaultClient client;
        private final String prefix;
        private String mount = "secret";
        private @Nullable PlainForm plainForm = PlainForm.base64("value");
        private final Map<SecretName, PlainForm> plainForms = new HashMap<>();
        private @Nullable InstantSource clock;

        private Builder(VaultClient client, String prefix) {
            this.client = Objects.requireNonNull(client, "client");
            this.prefix = VaultPath.path("the prefix of a store", prefix);
        }

        /**
         * Where the engine is mounted; {@code secret} unless told.
         *
         * @throws IllegalArgumentException if it is no path
         */
        public Builder mount(String value) {
            mount = VaultPath.path("the mount", value);
            return this;
        }

        /** How plain readers see the secrets that are not told apart; one field {@code value} in base64 unless told. */
        public Builder plainForm(PlainForm value) {
            plainForm = Objects.requireNonNull(value, "plainForm");
            return this;
        }

        /** How plain readers see one secret, such as a login as user and password. */
        public Builder plainForm(SecretName secret, PlainForm value) {
            plainForms.put(Objects.requireNonNull(secret, "secret"), Objects.requireNonNull(value, "plainForm"));
            return this;
        }

        /** Shows nothing to plain readers: also where values are sealed before they come here. */
        public Builder withoutPlainReaders() {
            plainForm = null;
            plainForms.clear();
            return this;
        }

        /** A clock in place of the server's. */
        Builder clock(InstantSource value) {
            clock = value;
            return this;
        }

        /** The store; nothing is asked of the server yet. */
        public VaultSecretStore build() {
            return new VaultSecretStore(this);
        }
    }
}
