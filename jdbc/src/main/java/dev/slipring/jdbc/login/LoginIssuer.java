package dev.slipring.jdbc.login;

import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretValue;
import dev.slipring.keyring.SecretVersion;
import dev.slipring.keyring.VersionState;
import dev.slipring.rotation.Issuance;
import dev.slipring.rotation.IssuerException;
import dev.slipring.rotation.IssuerTraits;
import dev.slipring.rotation.ProbeVerdict;
import dev.slipring.rotation.SecretIssuer;
import dev.slipring.rotation.UseReport;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Issues the logins of a database in the way that {@link PostgresLogins}, {@link MariaDbLogins} or
 * {@link MySqlLogins} was asked for.
 *
 * <p>A password is 256 random bits. It is stored before it is set; setting it again is a success. What comes late,
 * after the version was revoked or after a later version took its place, is refused, and so is a login that belongs
 * to another secret or to somebody else. What the database says in a failure is scrubbed of statement text.
 *
 * <p>Safe for use by several threads, and by several processes at once.
 */
public final class LoginIssuer implements SecretIssuer {
    private static final Logger LOG = LoggerFactory.getLogger(LoginIssuer.class);
    private static final int PASSWORD_LENGTH = 32;

    private final LoginStrategy strategy;
    private final LoginTrial trial;
    private final SecureRandom random = new SecureRandom();

    private LoginIssuer(LoginStrategy strategy, LoginTrial trial) {
        this.strategy = strategy;
        this.trial = trial;
    }

    /** The SQL that an administrator runs once, as a script to read, adapt and keep. */
    public String setupSql() {
        return strategy.setupSql();
    }

    /**
     * Checks, as the rotator, that the set-up is in place.
     *
     * @throws IssuerException that names everything missing, with the SQL that makes it
     */
    public void checkSetup() {
        List<String> missing;
        try {
            missing = strategy.missing();
        } catch (SQLException e) {
            throw StatementText.failure("check the set-up of " + this, e);
        }
        if (!missing.isEmpty()) {
            throw new IssuerException("the database is not set up for " + this + ": " + String.join("; ", missing)
                    + ". The set-up:\n" + setupSql());
        }
    }

    /**
     * Takes away what a revoked version left in the database, which nothing else ever does. What that is, each kind
     * of login says; where nothing is left, nothing is done. Not to be undone. May be repeated.
     *
     * @throws IllegalArgumentException if the version is not revoked
     * @throws IssuerException if it is still in use, if something depends on it, or if the database failed
     */
    public void dispose(SecretName secret, SecretVersion version) {
        if (version.state() != VersionState.REVOKED && version.state() != VersionState.DESTROYED) {
            throw new IllegalArgumentException(
                    "version " + version.number() + " of " + secret + " is " + version.state() + ", not REVOKED");
        }
        SecretVersion.Origin origin = version.origin();
        Issuance issuance = new Issuance(
                secret, version.number(), version.slot(), origin.rotationId(), origin.sequence(), origin.attempt());
        attempt("dispose of", issuance, () -> strategy.dispose(issuance));
    }

    @Override
    public IssuerTraits traits() {
        return strategy.traits(trial.possible());
    }

    @Override
    public SecretValue mint(Issuance issuance, Collection<SecretValue> existing) {
        byte[] secret = new byte[PASSWORD_LENGTH];
        random.nextBytes(secret);
        byte[] password = Base64.getUrlEncoder().withoutPadding().encode(secret);
        Login login = Login.of(strategy.user(issuance), password);
        try {
            return login.toValue();
        } finally {
            login.wipe();
            Arrays.fill(secret, (byte) 0);
            Arrays.fill(password, (byte) 0);
        }
    }

    @Override
    public Map<String, String> attributes(SecretValue value) {
        Login login = Login.parse(value);
        login.wipe();
        return Map.of("user", login.user());
    }

    @Override
    public Optional<SecretValue> secretPart(SecretValue value) {
        Login login = Login.parse(value);
        byte[] password = login.copyPassword();
        try {
            return Optional.of(SecretValue.copyOf(password));
        } finally {
            login.wipe();
            Arrays.fill(password, (byte) 0);
        }
    }

    @Override
    public void install(Issuance issuance, SecretValue value) {
        Login login = Login.parse(value);
        try {
            if (!login.user().equals(strategy.user(issuance))) {
                throw new IssuerException("version " + issuance.version() + " of " + issuance.secret()
                        + " is a login of " + login.user() + ", not of " + strategy.user(issuance));
            }
            attempt("install", issuance, () -> strategy.install(issuance, login));
        } finally {
            login.wipe();
        }
    }

    @Override
    public ProbeVerdict probe(Issuance issuance, SecretValue value) {
        Login login = null;
        try {
            login = Login.parse(value);
            Optional<SQLException> failure = trial.failure(login);
            return failure.isEmpty()
                    ? ProbeVerdict.ALIVE
                    : switch (LoginFailure.of(failure.get())) {
                        case DEAD -> ProbeVerdict.DEAD;
                        case REFUSED -> isRevoked(issuance) ? ProbeVerdict.DEAD : ProbeVerdict.INCONCLUSIVE;
                        case RIGHTS, NONE -> ProbeVerdict.INCONCLUSIVE;
                    };
        } catch (RuntimeException e) {
            LOG.warn("probing version {} of {} failed: {}", issuance.version(), issuance.secret(), e.toString());
            return ProbeVerdict.INCONCLUSIVE;
        } finally {
            if (login != null) {
                login.wipe();
            }
        }
    }

    @Override
    public void revoke(Issuance issuance) {
        attempt("revoke", issuance, () -> strategy.revoke(issuance));
    }

    @Override
    public void sweep(SecretName secret, long sequence, Collection<SecretVersion> named) {
        try {
            strategy.sweep(secret, named);
        } catch (SQLException e) {
            throw StatementText.failure("retire the orphans of " + secret, e);
        }
    }

    @Override
    public UseReport use(Issuance issuance) {
        try {
            return strategy.use(issuance);
        } catch (SQLException | RuntimeException e) {
            LOG.warn(
                    "use of version {} of {} unknown: SQLState {}",
                    issuance.version(),
                    issuance.secret(),
                    LoginFailure.stateOf(e));
            return UseReport.UNKNOWN;
        }
    }

    @Override
    public String toString() {
        return strategy.toString();
    }

    private boolean isRevoked(Issuance issuance) {
        try {
            return strategy.isRevoked(issuance);
        } catch (SQLException e) {
            return false;
        }
    }

    private interface Attempt {
        void run() throws SQLException;
    }

    private void attempt(String verb, Issuance issuance, Attempt attempt) {
        try {
            attempt.run();
        } catch (SQLException e) {
            throw StatementText.failure(
                    verb + " version " + issuance.version() + " of " + issuance.secret() + " as "
                            + strategy.user(issuance),
                    e);
        }
    }

    /** Collects what an issuer of logins needs. Not thread-safe. */
    public static final class Builder {
        final ConnectionSource admin;
        String rotator = "slipring_rotator";
        List<String> slots = List.of();
        Duration statementDeadline = Duration.ofSeconds(30);
        int connectionLimit = UNLIMITED;
        String host = "%";
        List<ConnectionSource> databases = List.of();

        /** No limit on connections. */
        static final int UNLIMITED = -1;

        private final Function<Builder, LoginStrategy> strategy;
        private @Nullable Connector loginTest;
        private String rightsProbe = "SELECT 1";
        private boolean many;
        private boolean alternating;
        private boolean hosts;

        Builder(ConnectionSource admin, Function<Builder, LoginStrategy> strategy) {
            this.admin = Objects.requireNonNull(admin, "admin");
            this.strategy = strategy;
        }

        /** There is more than one login, each with a limit of its own. */
        Builder many() {
            many = true;
            return this;
        }

        /** There are two logins, called {@code stem_a} and {@code stem_b} unless told. */
        Builder alternating(String stem) {
            alternating = true;
            return many().slots(stem + "_a", stem + "_b");
        }

        /** The database knows users by user and host. */
        Builder hosts() {
            hosts = true;
            return this;
        }

        /**
         * Names of the two logins; {@code app_a} and {@code app_b} for the role {@code app_owner} or
         * {@code app_role} unless told.
         *
         * @throws IllegalArgumentException if they are equal
         * @throws IllegalStateException if these logins do not alternate
         */
        public Builder slots(String a, String b) {
            require(alternating, "slots");
            if (a.equals(b)) {
                throw new IllegalArgumentException("the two slots have one name, " + a);
            }
            slots = List.of(a, b);
            return this;
        }

        /** Name of the rotator in {@link #setupSql()}; {@code slipring_rotator} unless told. */
        public Builder rotator(String name) {
            rotator = Objects.requireNonNull(name, "name");
            return this;
        }

        /**
         * How many connections each login may have, at least 1; unlimited unless told. Allow the largest pool plus
         * one, for each replica, and one for probes.
         *
         * @throws IllegalStateException if there is a single login, whose limit is its administrator's
         */
        public Builder connectionLimit(int limit) {
            require(many, "connection limit");
            if (limit < 1) {
                throw new IllegalArgumentException("connection limit " + limit + " is below 1");
            }
            connectionLimit = limit;
            return this;
        }

        /**
         * The host part of the account, for MariaDB and MySQL; {@code %} unless told.
         *
         * @throws IllegalStateException if the database knows no such thing
         */
        public Builder host(String pattern) {
            require(hosts, "host");
            host = Objects.requireNonNull(pattern, "pattern");
            return this;
        }

        /**
         * Connections of the rotator to each database in which PostgreSQL logins may have come to own something, for
         * {@link #dispose}; the one of the rotator unless told.
         */
        public Builder databases(Collection<ConnectionSource> sources) {
            databases = List.copyOf(sources);
            return this;
        }

        /** Where logins are tried; without it a login cannot be probed. */
        public Builder loginTest(Connector connector) {
            loginTest = Objects.requireNonNull(connector, "connector");
            return this;
        }

        /** A query that succeeds only with the application's rights, since {@code SELECT 1} needs none. */
        public Builder rightsProbe(String sql) {
            rightsProbe = Objects.requireNonNull(sql, "sql");
            return this;
        }

        /** Past this no statement takes effect any more; at least 1 s, 30 s unless told. */
        public Builder statementDeadline(Duration deadline) {
            if (deadline.compareTo(Duration.ofSeconds(1)) < 0) {
                throw new IllegalArgumentException("statement deadline " + deadline + " is below 1 s");
            }
            statementDeadline = deadline;
            return this;
        }

        /**
         * The issuer; nothing is asked of the database yet.
         *
         * @throws IllegalArgumentException if a name cannot be quoted safely, or a login test is needed and missing
         */
        public LoginIssuer build() {
            return new LoginIssuer(strategy.apply(this), trial());
        }

        LoginTrial trial() {
            return new LoginTrial(loginTest, rightsProbe, statementDeadline);
        }

        private static void require(boolean applies, String option) {
            if (!applies) {
                throw new IllegalStateException("these logins have no " + option + " of their own");
            }
        }
    }
}
