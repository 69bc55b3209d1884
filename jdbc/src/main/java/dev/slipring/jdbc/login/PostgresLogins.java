package dev.slipring.jdbc.login;

import dev.slipring.jdbc.login.RoleTransaction.Role;
import dev.slipring.keyring.SecretValue;
import dev.slipring.rotation.Install;
import dev.slipring.rotation.Issuance;
import dev.slipring.rotation.IssuerException;
import dev.slipring.rotation.IssuerTraits;
import dev.slipring.rotation.ProbeVerdict;
import dev.slipring.rotation.SecretIssuer;
import dev.slipring.rotation.UseReport;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Two PostgreSQL logins that take turns. Both are members of one owner role, which holds every right and which
 * each session assumes, so that whatever one login makes the other can use.
 *
 * <p>Each change of a login is one transaction that locks the role, compares its comment
 * {@code slipring:<secret>:<version>:<rotation id>} and refuses a role that a later version, another secret or
 * somebody else owns. The server sees a SCRAM-SHA-256 verifier, never the password. Retiring sets NOLOGIN;
 * open sessions live on, and nothing is dropped. The rotator needs CREATEROLE and the admin option on the
 * owner role, never a superuser: see {@link #setupSql()}.
 *
 * <p>Safe for use by several threads, and by several processes at once.
 */
public final class PostgresLogins implements SecretIssuer {
    private static final Logger LOG = LoggerFactory.getLogger(PostgresLogins.class);
    private static final int PASSWORD_LENGTH = 32;
    private static final Pattern OWNER_SUFFIX = Pattern.compile("_owner$");

    private final ConnectionSource admin;
    private final PostgresIdentifier owner;
    private final List<String> slots;
    private final int connectionLimit;
    private final @Nullable Connector loginTest;
    private final String rightsProbe;
    private final Duration statementDeadline;
    private final PostgresSetup setup;
    private final SecureRandom random = new SecureRandom();

    private PostgresLogins(Builder builder) {
        admin = builder.admin;
        owner = builder.owner;
        slots = List.of(builder.first.name(), builder.second.name());
        connectionLimit = builder.connectionLimit;
        loginTest = builder.loginTest;
        rightsProbe = builder.rightsProbe;
        statementDeadline = builder.statementDeadline;
        setup = new PostgresSetup(owner, builder.rotator);
    }

    /**
     * Logins that take turns as members of {@code ownerRole}.
     *
     * @param admin connections of the rotator role
     * @throws IllegalArgumentException if the name cannot be quoted safely
     */
    public static Builder alternating(ConnectionSource admin, String ownerRole) {
        return new Builder(admin, ownerRole);
    }

    /** The SQL that an administrator runs once, as a script to read, adapt and keep. */
    public String setupSql() {
        return setup.sql();
    }

    /**
     * Checks, as the rotator, that the set-up is in place.
     *
     * @throws IssuerException that names everything missing, with the SQL that makes it
     */
    public void checkSetup() {
        try (Connection connection = admin.open()) {
            setup.check(connection);
        } catch (SQLException e) {
            throw failure("check the set-up for owner role " + owner, e);
        }
    }

    @Override
    public IssuerTraits traits() {
        return new IssuerTraits(Install.BEFORE_PUBLISH, slots, loginTest != null, true, statementDeadline);
    }

    @Override
    public SecretValue mint(Issuance issuance, Collection<SecretValue> existing) {
        byte[] secret = new byte[PASSWORD_LENGTH];
        random.nextBytes(secret);
        byte[] password = Base64.getUrlEncoder().withoutPadding().encode(secret);
        Login login = Login.of(role(issuance).name(), password);
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
    public void install(Issuance issuance, SecretValue value) {
        PostgresIdentifier role = role(issuance);
        String verifier = verifier(issuance, value);
        inTransaction("install", issuance, role, transaction -> {
            Optional<Role> before = lockedRole(transaction, role, issuance);
            before.ifPresent(found -> requireNotOver(found, role, issuance));
            if (before.isEmpty()) {
                transaction.execute("CREATE ROLE " + role.quoted() + " NOLOGIN");
            }
            transaction.execute("GRANT " + owner.quoted() + " TO " + role.quoted());
            transaction.execute("ALTER ROLE " + role.quoted() + " SET role TO " + owner.quoted());
            transaction.execute("COMMENT ON ROLE " + role.quoted() + " IS '" + SlotTag.of(issuance) + "'");
            transaction.execute("ALTER ROLE " + role.quoted() + " LOGIN" + limit() + " PASSWORD '"
                    + ScramVerifier.checked(verifier) + "'");
        });
    }

    @Override
    public ProbeVerdict probe(Issuance issuance, SecretValue value) {
        Login login = null;
        try {
            login = Login.parse(value);
            probe(login);
            return ProbeVerdict.ALIVE;
        } catch (SQLException e) {
            return switch (LoginFailure.of(e)) {
                case DEAD -> ProbeVerdict.DEAD;
                case REFUSED -> lockedByUs(issuance) ? ProbeVerdict.DEAD : ProbeVerdict.INCONCLUSIVE;
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

    /**
     * Sets NOLOGIN. An absent role, or one that a later version owns, is a success: the password is gone with it. A
     * locked role of an earlier version is marked as this one's, so that an install that comes late finds it over.
     */
    @Override
    public void revoke(Issuance issuance) {
        PostgresIdentifier role = role(issuance);
        SlotTag own = SlotTag.of(issuance);
        inTransaction("revoke", issuance, role, transaction -> {
            Optional<Role> found = lockedRole(transaction, role, issuance);
            int owner = found.flatMap(Role::tag).map(SlotTag::version).orElse(Integer.MAX_VALUE);
            if (owner == own.version()) {
                transaction.execute("ALTER ROLE " + role.quoted() + " NOLOGIN");
            } else if (owner < own.version() && !found.map(Role::mayLogIn).orElse(true)) {
                transaction.execute("COMMENT ON ROLE " + role.quoted() + " IS '" + own + "'");
            }
        });
    }

    @Override
    public UseReport use(Issuance issuance) {
        try (Connection connection = admin.open()) {
            PostgresIdentifier role = role(issuance);
            boolean owned = RoleTransaction.role(connection, role)
                    .flatMap(Role::tag)
                    .filter(SlotTag.of(issuance)::equals)
                    .isPresent();
            return owned && sessions(connection, role) > 0 ? UseReport.IN_USE : UseReport.IDLE;
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
        return "PostgresLogins[" + slots + " as " + owner + "]";
    }

    /**
     * The role, once nobody else can change it. A role has no lock of its own that a rotator may take, but a
     * harmless ALTER holds its row until the end of the transaction.
     */
    private Optional<Role> lockedRole(RoleTransaction transaction, PostgresIdentifier role, Issuance issuance)
            throws SQLException {
        Optional<Role> found = transaction.role();
        if (found.isEmpty()) {
            return Optional.empty();
        }
        requireOurs(found.get(), role, issuance);
        transaction.execute("ALTER ROLE " + role.quoted() + limit());
        Optional<Role> locked = transaction.role();
        locked.ifPresent(ours -> requireOurs(ours, role, issuance));
        return locked;
    }

    /** A call that comes late must not bring back what was revoked, nor take a slot that was given on. */
    private static void requireNotOver(Role found, PostgresIdentifier role, Issuance issuance) {
        SlotTag tag = requireOurs(found, role, issuance);
        if (tag.version() > issuance.version()) {
            throw new IssuerException("role " + role + " belongs to version " + tag.version() + " of "
                    + issuance.secret() + "; version " + issuance.version() + " does not touch it");
        }
        if (tag.equals(SlotTag.of(issuance)) && !found.mayLogIn()) {
            throw new IssuerException("version " + issuance.version() + " of " + issuance.secret() + " as role " + role
                    + " was revoked and is not installed again");
        }
    }

    private static SlotTag requireOurs(Role found, PostgresIdentifier role, Issuance issuance) {
        return found.tag()
                .filter(tag -> tag.secret().equals(issuance.secret()))
                .orElseThrow(() -> new IssuerException("role " + role + " exists but does not belong to secret "
                        + issuance.secret() + ": its comment does not say slipring:" + issuance.secret()));
    }

    private void probe(Login login) throws SQLException {
        try (Connection connection =
                        Objects.requireNonNull(loginTest, "login test").connect(login);
                Statement statement = connection.createStatement()) {
            statement.setQueryTimeout((int) Math.max(1, statementDeadline.toSeconds()));
            statement.execute("SELECT 1");
            statement.execute(rightsProbe);
        }
    }

    private boolean lockedByUs(Issuance issuance) {
        try (Connection connection = admin.open()) {
            return RoleTransaction.role(connection, role(issuance))
                    .filter(role -> !role.mayLogIn())
                    .flatMap(Role::tag)
                    .filter(tag -> tag.secret().equals(issuance.secret()))
                    .isPresent();
        } catch (SQLException e) {
            return false;
        }
    }

    private static int sessions(Connection connection, PostgresIdentifier role) throws SQLException {
        try (PreparedStatement query =
                connection.prepareStatement("SELECT count(*) FROM pg_catalog.pg_stat_activity WHERE usename = ?")) {
            query.setString(1, role.name());
            try (ResultSet row = query.executeQuery()) {
                row.next();
                return row.getInt(1);
            }
        }
    }

    private String verifier(Issuance issuance, SecretValue value) {
        Login login = Login.parse(value);
        byte[] password = login.copyPassword();
        try {
            if (!login.user().equals(role(issuance).name())) {
                throw new IssuerException("version " + issuance.version() + " of " + issuance.secret()
                        + " is a login of " + login.user() + ", not of its slot " + role(issuance));
            }
            return ScramVerifier.of(password, random);
        } finally {
            login.wipe();
            Arrays.fill(password, (byte) 0);
        }
    }

    private void inTransaction(String verb, Issuance issuance, PostgresIdentifier role, RoleTransaction.Work work) {
        try {
            RoleTransaction.run(admin, role, statementDeadline, work);
        } catch (SQLException e) {
            throw failure(verb + " version " + issuance.version() + " of " + issuance.secret() + " as role " + role, e);
        }
    }

    private PostgresIdentifier role(Issuance issuance) {
        String slot = issuance.slot()
                .filter(slots::contains)
                .orElseThrow(() -> new IssuerException("version " + issuance.version() + " of " + issuance.secret()
                        + " is in none of the slots " + slots));
        return new PostgresIdentifier(slot);
    }

    private String limit() {
        return " CONNECTION LIMIT " + connectionLimit;
    }

    /** A syntax error quotes the token it met: what the server says is scrubbed, and the raw exception left behind. */
    private static IssuerException failure(String what, SQLException e) {
        SQLException scrubbed = new SQLException(
                ScramVerifier.scrub(String.valueOf(e.getMessage())), e.getSQLState(), e.getErrorCode());
        scrubbed.setStackTrace(e.getStackTrace());
        return new IssuerException("could not " + what + ": SQLState " + LoginFailure.stateOf(e), scrubbed);
    }

    /** Collects what {@link PostgresLogins} need. Not thread-safe. */
    public static final class Builder {
        private final ConnectionSource admin;
        private final PostgresIdentifier owner;
        private PostgresIdentifier first;
        private PostgresIdentifier second;
        private PostgresIdentifier rotator = new PostgresIdentifier("slipring_rotator");
        private int connectionLimit = -1;
        private @Nullable Connector loginTest;
        private String rightsProbe = "SELECT 1";
        private Duration statementDeadline = Duration.ofSeconds(30);

        private Builder(ConnectionSource admin, String ownerRole) {
            this.admin = Objects.requireNonNull(admin, "admin");
            this.owner = new PostgresIdentifier(ownerRole);
            String stem = OWNER_SUFFIX.matcher(ownerRole).replaceFirst("");
            slots(stem + "_a", stem + "_b");
        }

        /**
         * Names of the two logins; {@code app_a} and {@code app_b} for the owner {@code app_owner} unless told.
         *
         * @throws IllegalArgumentException if they are equal or cannot be quoted safely
         */
        public Builder slots(String a, String b) {
            if (a.equals(b)) {
                throw new IllegalArgumentException("the two slots have one name, " + a);
            }
            first = new PostgresIdentifier(a);
            second = new PostgresIdentifier(b);
            return this;
        }

        /** Name of the rotator role in {@link #setupSql()}; {@code slipring_rotator} unless told. */
        public Builder rotator(String role) {
            rotator = new PostgresIdentifier(role);
            return this;
        }

        /**
         * CONNECTION LIMIT of each login, at least 1; unlimited unless told. Allow the largest pool plus one, for
         * each replica, and one for probes.
         */
        public Builder connectionLimit(int limit) {
            if (limit < 1) {
                throw new IllegalArgumentException("connection limit " + limit + " is below 1");
            }
            connectionLimit = limit;
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

        /** The issuer; nothing is asked of the database yet. */
        public PostgresLogins build() {
            return new PostgresLogins(this);
        }
    }
}
