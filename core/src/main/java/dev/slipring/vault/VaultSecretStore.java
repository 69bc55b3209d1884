package dev.slipring.vault;

import com.fasterxml.jackson.core.Base64Variants;
import com.fasterxml.jackson.core.JsonGenerator;
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
import dev.slipring.store.UnusableRecordException;
import dev.slipring.store.WriteWindow;
import dev.slipring.vault.KeyValueEngine.Entry;
import dev.slipring.vault.KeyValueEngine.State;
import java.io.IOException;
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
import org.jspecify.annotations.Nullable;

/**
 * A store in a key-value engine, version 2, of HashiCorp Vault or OpenBao. Below its prefix {@code P}:
 *
 * <ul>
 *   <li>{@code P/slipring/record/SECRET}: the record. Each write compares with the version that it was made from.
 *   <li>{@code P/slipring/value/SECRET/VERSION}: a value, written if there never was one. Erasing leaves a mark in its
 *       place, so that it never comes back; the engine keeps nothing but the newest write.
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
    private static final String VALUE = "value";
    private static final String ERASED = "erased";
    private static final int KEY_LENGTH = 32;
    private static final int MOST_TRIES = 100;

    private final VaultClient client;
    private final KeyValueEngine engine;
    private final VaultPaths paths;
    private final ReplicaReports replicas;
    private final @Nullable PlainForm plainForm;
    private final Map<SecretName, PlainForm> plainForms;
    private final @Nullable InstantSource clock;

    private VaultSecretStore(Builder builder) {
        client = builder.client;
        engine = new KeyValueEngine(builder.client, builder.mount);
        paths = new VaultPaths(builder.mount, builder.prefix);
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
            throw gone("the record of secret " + secret, entry, place);
        }
        return Optional.of(SecretRecordFormat.parse(secret, entry.answer().text("data", "data", RECORD), place));
    }

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
            return engine.compareAndSet(
                    path, entry.version(), out -> out.writeStringField(RECORD, text), window::isOpen);
        });
    }

    @Override
    public Optional<SecretValue> value(SecretName secret, int version) {
        return asked(() -> stored(paths.value(secret, version)).value());
    }

    /**
     * The value at a path, if there is one.
     *
     * @param version by which the next write compares
     * @param erased whether there was one
     */
    private record Stored(int version, Optional<SecretValue> value, boolean erased) {}

    private Stored stored(String path) {
        Entry entry = engine.read(path);
        try {
            return switch (entry.state()) {
                case ABSENT -> new Stored(0, Optional.empty(), false);
                case DELETED -> throw gone("the value", entry, engine.data(path));
                case DESTROYED -> new Stored(entry.version(), Optional.empty(), true);
                case PRESENT ->
                    entry.answer().hasText("data", "data", ERASED)
                            ? new Stored(entry.version(), Optional.empty(), true)
                            : new Stored(entry.version(), Optional.of(value(entry, path)), false);
            };
        } finally {
            entry.answer().wipe();
        }
    }

    private SecretValue value(Entry entry, String path) {
        byte[] bytes = entry.answer().binary("data", "data", VALUE);
        try {
            return SecretValue.copyOf(bytes);
        } catch (IllegalArgumentException e) {
            throw new UnusableRecordException(
                    "the value at " + engine.data(path) + " is damaged: " + e.getMessage(), null);
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }

    /**
     * {@inheritDoc}
     *
     * @throws StoreUnavailableException if the version's value was erased, too
     */
    @Override
    public SecretValue putValueIfAbsent(SecretName secret, int version, SecretValue value) {
        return asked(() -> put(paths.value(secret, version), value));
    }

    private SecretValue put(String path, SecretValue value) {
        engine.keepOnlyTheNewest(path);
        value.reveal(bytes -> engine.putIfAbsent(path, out -> binary(out, bytes)));
        Stored stored = stored(path);
        return stored.value.orElseThrow(() -> new StoreUnavailableException(
                "the value at " + engine.data(path)
                        + (stored.erased ? " was erased, and none is taken again" : " vanished while it was put"),
                null));
    }

    @Override
    public boolean replaceValue(SecretName secret, int version, SecretValue expected, SecretValue next) {
        String path = paths.value(secret, version);
        return asked(() -> {
            Stored stored = stored(path);
            boolean same = stored.value.filter(expected::equals).isPresent();
            stored.value.ifPresent(SecretValue::wipe);
            return same
                    && next.reveal(
                            bytes -> engine.compareAndSet(path, stored.version, out -> binary(out, bytes), () -> true));
        });
    }

    @Override
    public void eraseValue(SecretName secret, int version) {
        String path = paths.value(secret, version);
        untilWritten(path, () -> {
            Stored stored = stored(path);
            stored.value.ifPresent(SecretValue::wipe);
            return stored.value.isEmpty()
                    || engine.compareAndSet(
                            path, stored.version, out -> out.writeStringField(ERASED, "by slipring"), () -> true);
        });
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
        SecretValue value = stored(paths.value(secret, version))
                .value
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
            Optional<SecretValue> present = stored(path).value;
            if (present.isPresent()) {
                return present.get();
            }
            byte[] bytes = new byte[KEY_LENGTH];
            new SecureRandom().nextBytes(bytes);
            SecretValue key = SecretValue.copyOf(bytes);
            Arrays.fill(bytes, (byte) 0);
            try {
                return put(path, key);
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

    private static void binary(JsonGenerator out, byte[] bytes) throws IOException {
        out.writeFieldName(VALUE);
        out.writeBinary(Base64Variants.MIME_NO_LINEFEEDS, bytes, 0, bytes.length);
    }

    private static UnusableRecordException gone(String what, Entry entry, String place) {
        return new UnusableRecordException(
                what + " at " + place + " was "
                        + (entry.state() == State.DELETED
                                ? "deleted: undelete its version " + entry.version()
                                : "destroyed in its version " + entry.version() + ": restore it from a backup"),
                null);
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
        private @Nullable PlainForm plainForm = PlainForm.base64(VALUE);
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
