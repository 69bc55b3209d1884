package dev.slipring.jdbc.store;

import static dev.slipring.jdbc.sql.Transaction.parameters;

import dev.slipring.jdbc.sql.Database;
import dev.slipring.jdbc.sql.Transaction;
import dev.slipring.keyring.ReplicaReport;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretValue;
import dev.slipring.store.Reading;
import dev.slipring.store.SealedSecretStore;
import dev.slipring.store.SecretRecord;
import dev.slipring.store.SecretRecordFormat;
import dev.slipring.store.SecretStore;
import dev.slipring.store.StoreTraits;
import dev.slipring.store.StoreUnavailableException;
import dev.slipring.store.UnusableRecordException;
import dev.slipring.store.ValueSealer;
import dev.slipring.store.WriteWindow;
import java.security.SecureRandom;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A store in three tables of PostgreSQL, MariaDB, MySQL or H2, for as many processes on as many machines as reach the
 * database. A compare-and-set is one {@code UPDATE ... WHERE epoch = ?}, committed only while its window is open. The
 * store's time is the database's.
 *
 * <p>The {@code DataSource} must lead to the database that takes the writes: a replica that lags shows records that
 * are no longer. Its autocommit and isolation do not matter, and are found as they were; it must not hand out the
 * caller's own transaction, as container-managed ones do. Give the driver a socket time-out, since a statement's
 * own time-out does not help where the network is gone, and do not let the driver or the pool retry statements.
 *
 * <p>What each kind of user needs is in {@link SecretGrants}. The store deletes nothing: an erased value is a row
 * without a value, which stays, so that the value cannot come back, and the report of a replica that is gone for a day
 * gives its row to the next new one. Erasing takes a value from the table; the database's own log, its backups and
 * pages not cleaned yet keep it for a time.
 *
 * <p>For MySQL the SQL is the same as for MariaDB, and has not been tried on a server. Safe for use by several
 * threads, instances and processes.
 */
public final class JdbcSecretStore implements SecretStore {
    private static final Logger LOG = LoggerFactory.getLogger(JdbcSecretStore.class);

    /** Where the installation key is, beside the values: no secret can have this name, no value this version. */
    private static final String INSTALLATION = "INSTALLATION";

    private static final int INSTALLATION_VERSION = 0;
    private static final int KEY_LENGTH = 32;

    private final Database database;
    private final SecretTables tables;
    private final StoredReports replicas;
    private final @Nullable InstantSource clock;

    private JdbcSecretStore(Builder builder) {
        database = builder.database.build();
        tables = new SecretTables(database);
        clock = builder.clock;
        replicas = new StoredReports(database, tables, clock);
        if (builder.createTables) {
            database.create(SecretTables.ALL);
        } else {
            database.check(SecretTables.ALL);
        }
    }

    /** A store in the database that {@code dataSource} connects to, which stays the caller's. */
    public static Builder builder(DataSource dataSource) {
        return new Builder(dataSource);
    }

    @Override
    public StoreTraits traits() {
        return new StoreTraits(true, false);
    }

    @Override
    public Reading read(SecretName secret) {
        return database.call(
                "read the record of secret " + secret,
                work -> work.query(tables.read, parameters(secret.value()), row -> reading(secret, row))
                        .get(0));
    }

    private Reading reading(SecretName secret, ResultSet row) throws SQLException {
        long incarnation = row.getLong(1);
        long epoch = row.getLong(2);
        String text = row.getString(3);
        Instant now = clock == null ? SecretTables.instant(row.getLong(4)) : clock.instant();
        if (text == null) {
            return new Reading(Optional.empty(), now);
        }
        SecretRecord record = SecretRecordFormat.parse(secret, text, "of secret " + secret + " in " + database);
        if (record.epoch() != epoch || record.incarnation() != incarnation) {
            throw new UnusableRecordException(
                    "the record of secret " + secret + " in " + database + " says that it is epoch " + record.epoch()
                            + " of incarnation " + record.incarnation() + ", its row says " + epoch + " of "
                            + incarnation,
                    null);
        }
        return new Reading(Optional.of(record), now);
    }

    @Override
    public boolean compareAndSet(SecretRecord next, WriteWindow window) {
        String secret = next.secret().value();
        String text = AsciiJson.of(SecretRecordFormat.print(next));
        return database.call("write the record of secret " + secret, work -> {
            boolean written = next.epoch() == 1
                    ? work.insert(tables.create, parameters(secret, next.incarnation(), next.epoch(), text))
                    : work.update(
                                    tables.replace,
                                    parameters(
                                            next.incarnation(),
                                            next.epoch(),
                                            text,
                                            secret,
                                            next.epoch() - 1,
                                            next.incarnation(),
                                            next.incarnation() - 1))
                            == 1;
            if (written && window.isOpen()) {
                return true;
            }
            work.giveUp();
            return false;
        });
    }

    @Override
    public Optional<SecretValue> value(SecretName secret, int version) {
        return database.call(
                        "read version " + version + " of secret " + secret,
                        work -> stored(work, secret.value(), version))
                .filter(Stored::isPresent)
                .map(Stored::value);
    }

    /** What the row of a version holds: a value, or that it was erased. */
    private record Stored(@Nullable SecretValue present) {
        boolean isPresent() {
            return present != null;
        }

        SecretValue value() {
            return Objects.requireNonNull(present);
        }
    }

    private Optional<Stored> stored(Transaction work, String secret, int version) throws SQLException {
        return work.query(tables.value, parameters(secret, version), row -> stored(row, secret, version)).stream()
                .findFirst();
    }

    private Stored stored(ResultSet row, String secret, int version) throws SQLException {
        byte[] bytes = row.getBytes(1);
        if (bytes == null) {
            return new Stored(null);
        }
        try {
            return new Stored(SecretValue.copyOf(bytes));
        } catch (IllegalArgumentException e) {
            throw new UnusableRecordException(
                    "version " + version + " of secret " + secret + " in " + database + " is damaged: "
                            + e.getMessage(),
                    null);
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
        return putIfAbsent(secret.value(), version, value);
    }

    private SecretValue putIfAbsent(String secret, int version, SecretValue value) {
        byte[] bytes = value.copyBytes();
        try {
            Stored stored = database.call("put version " + version + " of secret " + secret, work -> {
                Optional<Stored> present = stored(work, secret, version);
                if (present.isEmpty()) {
                    work.insert(tables.putValue, parameters(secret, version, bytes));
                    present = stored(work, secret, version);
                }
                return present.orElseThrow(() -> new SQLException("a row vanished"));
            });
            if (!stored.isPresent()) {
                throw new StoreUnavailableException(
                        "version " + version + " of secret " + secret + " in " + database
                                + " was erased, and takes no value again",
                        null);
            }
            return stored.value();
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }

    @Override
    public boolean replaceValue(SecretName secret, int version, SecretValue expected, SecretValue next) {
        if (expected.equals(next)) { // some drivers count only rows that changed
            Optional<SecretValue> present = value(secret, version);
            boolean same = present.filter(expected::equals).isPresent();
            present.ifPresent(SecretValue::wipe);
            return same;
        }
        byte[] from = expected.copyBytes();
        byte[] to = next.copyBytes();
        try {
            return database.call(
                    "replace version " + version + " of secret " + secret,
                    work -> work.update(tables.replaceValue, parameters(to, secret.value(), version, from)) == 1);
        } finally {
            Arrays.fill(from, (byte) 0);
            Arrays.fill(to, (byte) 0);
        }
    }

    @Override
    public void eraseValue(SecretName secret, int version) {
        database.call(
                "erase version " + version + " of secret " + secret,
                work -> work.update(tables.eraseValue, parameters(secret.value(), version)));
    }

    @Override
    public Set<SecretName> names() {
        return database
                .call(
                        "read the names of secrets",
                        work -> work.query(tables.names, parameters(), row -> row.getString(1)))
                .stream()
                .filter(SecretName::isLegal) // what else is here is not a secret of ours
                .map(SecretName::of)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Override
    public void report(SecretName secret, ReplicaReport report) {
        replicas.keep(secret, report);
    }

    @Override
    public List<ReplicaReport> reports(SecretName secret) {
        return replicas.all(secret);
    }

    @Override
    public SecretValue installationKey() {
        Optional<Stored> present =
                database.call("read the installation key", work -> stored(work, INSTALLATION, INSTALLATION_VERSION));
        if (present.isPresent() && present.get().isPresent()) {
            return present.get().value();
        }
        byte[] bytes = new byte[KEY_LENGTH];
        new SecureRandom().nextBytes(bytes);
        SecretValue key = SecretValue.copyOf(bytes);
        Arrays.fill(bytes, (byte) 0);
        try {
            return putIfAbsent(INSTALLATION, INSTALLATION_VERSION, key);
        } finally {
            key.wipe();
        }
    }

    @Override
    public String toString() {
        return "JdbcSecretStore[" + database + "]";
    }

    /**
     * Collects what a {@link JdbcSecretStore} is made of. It ends with {@link #sealedBy}, or with {@link #unsealed} and
     * the reason why. Not thread-safe.
     */
    public static final class Builder {
        private final Database.Builder database;
        private boolean createTables;
        private @Nullable InstantSource clock;

        private Builder(DataSource dataSource) {
            database = Database.builder(dataSource);
        }

        /**
         * What the names of the tables begin with; {@code slipring_} unless told. Taken as it is, and quoted.
         *
         * @throws IllegalArgumentException if it is blank, longer than 63 bytes, or holds a control character
         */
        public Builder prefix(String value) {
            database.prefix(value);
            return this;
        }

        /**
         * The schema of the tables, in MariaDB and MySQL the database; the one that connections begin in unless told.
         * Taken as it is, and quoted.
         *
         * @throws IllegalArgumentException if it is blank, longer than 63 bytes, or holds a control character
         */
        public Builder schema(String value) {
            database.schema(value);
            return this;
        }

        /**
         * How long a statement may take; 5 s unless told. It is part of the store's lag that a policy counts with.
         *
         * @throws IllegalArgumentException if it is not in 1 s to 1 h
         */
        public Builder timeout(Duration value) {
            database.timeout(value);
            return this;
        }

        /** Lets tables that are missing be made, which takes the right to. Otherwise they must be there. */
        public Builder createTables() {
            createTables = true;
            return this;
        }

        /** A clock in place of the database's. */
        Builder clock(InstantSource value) {
            clock = value;
            return this;
        }

        /**
         * The statements that make the tables in this database, for whoever may.
         *
         * @throws StoreUnavailableException if the database does not answer or is not a known one
         */
        public String schemaSql() {
            return database.build().sql(SecretTables.ALL);
        }

        /**
         * What each kind of user may do with the tables in this database, as SQL for whoever owns them.
         *
         * @throws StoreUnavailableException if the database does not answer or is not a known one
         */
        public SecretGrants grants() {
            return new SecretGrants(database.build());
        }

        /**
         * The store, whose values {@code sealer} seals before they reach the database.
         *
         * @throws StoreUnavailableException if the database does not answer or is not a known one, or if a table is
         *     missing or has another shape
         */
        public SealedSecretStore sealedBy(ValueSealer sealer) {
            Objects.requireNonNull(sealer, "sealer");
            return SealedSecretStore.around(new JdbcSecretStore(this), sealer);
        }

        /**
         * The store, which keeps values as they are given, for whoever may read the tables to see: to wrap it in a
         * {@link SealedSecretStore} with options, to read records alone, or for a test.
         *
         * @param reason why that is right, for the log
         * @throws IllegalArgumentException if {@code reason} is blank
         * @throws StoreUnavailableException as above
         */
        public JdbcSecretStore unsealed(String reason) {
            if (reason.isBlank()) {
                throw new IllegalArgumentException(
                        "values in a database are kept unsealed for a reason, or not at all");
            }
            JdbcSecretStore store = new JdbcSecretStore(this);
            LOG.atInfo().log("values in {} are kept as they are given: {}", store.database, reason);
            return store;
        }
    }
}
