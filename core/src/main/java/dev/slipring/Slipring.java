package dev.slipring;

import dev.slipring.keyring.Measures;
import dev.slipring.keyring.ReplicaReport;
import dev.slipring.keyring.RotatingSecret;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretValue;
import dev.slipring.keyring.SlipringException;
import dev.slipring.keyring.Ticker;
import dev.slipring.observe.Health;
import dev.slipring.observe.HealthWatch;
import dev.slipring.rotation.Answer;
import dev.slipring.rotation.AuditSink;
import dev.slipring.rotation.Census;
import dev.slipring.rotation.Command;
import dev.slipring.rotation.EmergencyPlan;
import dev.slipring.rotation.Environment;
import dev.slipring.rotation.RotationListener;
import dev.slipring.rotation.RotationPlan;
import dev.slipring.rotation.RotationPolicy;
import dev.slipring.rotation.Rotator;
import dev.slipring.rotation.SecretIssuer;
import dev.slipring.rotation.WhenStale;
import dev.slipring.store.KeyringReader;
import dev.slipring.store.SecretSource;
import dev.slipring.store.SecretStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * The secrets of one replica of an application: where it starts.
 *
 * <p>{@link #secret} declares a secret that this replica uses and helps to rotate; {@link #reader} one that it
 * only uses. Replicas share nothing but the store. Refreshing and rotating run on daemon threads of two small
 * pools, so that an issuer which hangs never delays a refresh; {@link #close()} ends them. Safe for use by several
 * threads.
 */
public final class Slipring implements AutoCloseable {

    private final SecretSource source;
    private final @Nullable SecretStore store;
    private final Ticker ticker;
    private final AuditSink audit;
    private final Environment environment;
    private final List<RotationListener> listeners;
    private final Duration onDemandInterval;
    private final String replica;
    private final boolean reports;
    private final Schedulers schedulers;
    private final HealthWatch watch;
    private final SecretsInUse secrets = new SecretsInUse();

    private Slipring(Builder builder) {
        source = builder.source;
        store = builder.store;
        ticker = builder.ticker;
        audit = builder.audit;
        environment = builder.environment;
        watch = HealthWatch.by(ticker);
        listeners = new ArrayList<>(builder.listeners);
        listeners.add(watch);
        onDemandInterval = builder.onDemandInterval;
        replica = builder.replica;
        reports = builder.reports && store != null && store.traits().reports();
        schedulers = new Schedulers(builder.scheduler);
    }

    /** Prepares the use of the secrets in {@code store}, which stays the caller's. */
    public static Builder builder(SecretStore store) {
        return new Builder(store, store);
    }

    /**
     * Prepares the use of secrets that nobody here rotates, such as those of the environment: only {@link #reader}
     * works, and nothing is reported. The source stays the caller's.
     */
    public static Builder reading(SecretSource source) {
        return new Builder(source, null);
    }

    /**
     * Uses and helps to rotate the secret {@code name}; creates it if it does not exist.
     *
     * @param issuer makes its values valid and invalid
     * @param policy when it is rotated, and under which timing
     * @return its live view, which {@link #close()} closes
     * @throws IllegalArgumentException if the name is not one of a secret
     * @throws IllegalStateException if the secret is already in use here, something else rotates it, or this object
     *     is closed or only reads
     * @throws SlipringException if the store or the issuer failed, or the first value could not be made valid
     */
    public RotatingSecret secret(String name, SecretIssuer issuer, RotationPolicy policy) {
        return add(name, rotator(name, issuer, policy));
    }

    /**
     * The same for a secret whose versions retire when {@code census} finds nothing left that needs them.
     *
     * @throws IllegalArgumentException if the name is not one of a secret
     * @throws IllegalStateException if the secret is already in use here, or this object is closed or only reads
     * @throws SlipringException if the store or the issuer failed, or the first value could not be made valid
     */
    public RotatingSecret secret(String name, SecretIssuer issuer, RotationPolicy policy, Census census) {
        return add(name, rotator(name, issuer, policy).census(census));
    }

    /**
     * The same for a secret that an application has been using already: if it does not exist here, its first
     * version gets {@code value}.
     *
     * @param value stays the caller's, who wipes it
     * @throws IllegalArgumentException if the name is not one of a secret, or the values of this secret are provided by
     *     operators and there is something wrong with this one, as {@link #provide} would say
     * @throws IllegalStateException if the secret is already in use here, something else rotates it, this object is
     *     closed or only reads, or another first value is stored
     * @throws SlipringException if the store or the issuer failed, or the value could not be made valid
     */
    public RotatingSecret adopt(String name, SecretValue value, SecretIssuer issuer, RotationPolicy policy) {
        return add(name, rotator(name, issuer, policy).adopting(value));
    }

    /**
     * Uses the secret {@code name} without ever creating or rotating it.
     *
     * @throws IllegalArgumentException if the name is not one of a secret
     * @throws IllegalStateException if the secret is already in use here, or this object is closed
     * @throws SlipringException if the store failed or the secret does not exist
     */
    public RotatingSecret reader(String name) {
        return add(name, null);
    }

    /**
     * Begins a rotation now instead of when it is due; it goes on by itself.
     *
     * @param by who asks
     * @param reason why, without secret material
     * @throws NoSuchElementException if this replica does not rotate such a secret
     * @throws IllegalStateException if this object is closed or only reads
     * @throws SlipringException if the store or the issuer failed
     */
    public Answer rotate(String name, String by, String reason) {
        return command(name, new Command.Rotate(by, reason));
    }

    /**
     * Puts a value that an operator has made elsewhere, such as in the dashboard of a service, to use as the next
     * version of the secret {@code name}, whether a rotation is due or not. Refused, with the reason and without
     * material, if it is not such a value, is not valid now, belongs to another environment, was a version of this
     * secret before, or is used here by another secret; then the present version simply stays in use.
     *
     * @param value stays the caller's, who wipes it
     * @param by who asks
     * @param reason why, without secret material
     * @throws NoSuchElementException if this replica does not rotate such a secret
     * @throws IllegalStateException if this object is closed or only reads
     * @throws SlipringException if the store failed; the value may be stored, which providing it again tells
     */
    public Answer provide(String name, SecretValue value, String by, String reason) {
        return provide(name, value, new Command.Provide(by, reason));
    }

    /** The same with a label by which the operator finds the value again where it was made. */
    public Answer provide(String name, SecretValue value, Command.Provide command) {
        return rotating(name).provide(value, command);
    }

    /**
     * Does what an operator asks of the secret {@code name}.
     *
     * @throws NoSuchElementException if this replica does not rotate such a secret
     * @throws IllegalStateException if this object is closed or only reads
     * @throws SlipringException if the store or the issuer failed
     */
    public Answer command(String name, Command command) {
        return rotating(name).command(command);
    }

    /**
     * The dated steps that the secret {@code name} has before it, if all goes well.
     *
     * @throws NoSuchElementException if this replica does not rotate such a secret
     * @throws IllegalStateException if this object is closed or only reads
     * @throws SlipringException if the store failed
     */
    public RotationPlan plan(String name) {
        return rotating(name).plan();
    }

    /**
     * What {@link #compromised} would do to the secret {@code name} and cost; nothing is written.
     *
     * @throws IllegalArgumentException if the declaration would be refused
     * @throws NoSuchElementException if this replica does not rotate such a secret
     * @throws IllegalStateException if this object is closed or only reads
     * @throws SlipringException if the store failed
     */
    public EmergencyPlan price(String name, Command.Compromise command) {
        return rotating(name).price(command);
    }

    /**
     * Declares every valid version of the secrets {@code names} compromised, each under the plan that suits its kind.
     * Apart from rotation in name and in effect: every member is replaced at once, revoked, and shown to be invalid;
     * until then the emergency stays open and listeners are told. One member that cannot be reached does not keep
     * the others from being declared.
     *
     * @param by who asks
     * @param reason why, without secret material
     * @return the answer for each name
     * @throws NoSuchElementException if this replica does not rotate one of them; then nothing is declared
     * @throws IllegalStateException if this object is closed or only reads
     * @throws SlipringException if the store or an issuer failed for some of them: the first failure, with the
     *     others suppressed; declaring again is harmless
     */
    public Map<String, Answer> compromised(Set<String> names, String by, String reason) {
        Map<String, Rotator> members = new TreeMap<>();
        names.forEach(name -> members.put(name, rotating(name)));
        return Declarations.all(members, by, reason);
    }

    /**
     * How the secrets that were declared here stand, by what this replica holds already: nothing is read and nobody is
     * waited for. A secret that is not read yet is down, and all of them are after {@link #close()}.
     */
    public Health health() {
        return secrets.health(watch);
    }

    /**
     * What is measured of the secrets that are in use here, for a monitoring system to read, such as by {@code
     * dev.slipring.observe.micrometer}. What is measured of a secret goes when it is closed.
     */
    public Measures measures() {
        return watch.measures();
    }

    private Rotator rotating(String name) {
        SecretInUse entry = secrets.find(SecretName.of(name)).orElse(null);
        Rotator rotator = entry == null ? null : entry.rotator();
        writable();
        if (rotator == null) {
            throw new NoSuchElementException("this replica does not rotate a secret named " + name);
        }
        return rotator;
    }

    private SecretStore writable() {
        if (store == null) {
            throw new IllegalStateException("this Slipring only reads: it was given a source of secrets, not a store");
        }
        return store;
    }

    /**
     * Ends all refreshing and rotating and wipes all values. A step under way is interrupted; another replica or the
     * next start takes it up. May be called again.
     */
    @Override
    public void close() {
        List<SecretInUse> entries = secrets.end();
        schedulers.close();
        entries.forEach(SecretInUse::close);
    }

    private Rotator.Builder rotator(String name, SecretIssuer issuer, RotationPolicy policy) {
        Rotator.Builder builder = Rotator.builder(SecretName.of(name), writable(), issuer, policy)
                .scheduler(schedulers.rotating())
                .replica(replica)
                .ticker(ticker)
                .audit(audit)
                .environment(environment)
                .usedElsewhere(value -> secrets.user(value, SecretName.of(name)));
        listeners.forEach(builder::listener);
        return builder;
    }

    /** The name is taken first, so that neither the store nor the issuer is waited for under the lock. */
    private RotatingSecret add(String name, Rotator.@Nullable Builder builder) {
        SecretName secretName = SecretName.of(name);
        secrets.take(secretName);
        SecretInUse entry = null;
        try {
            entry = open(secretName, builder);
            return entry.secret();
        } finally {
            secrets.publish(secretName, entry);
        }
    }

    private SecretInUse open(SecretName name, Rotator.@Nullable Builder builder) {
        Rotator rotator = builder == null ? null : builder.build();
        RotatingSecret.Builder view = RotatingSecret.builder(
                        name, KeyringReader.of(source, name), schedulers.refreshing())
                .ticker(ticker)
                .onDemandInterval(onDemandInterval);
        if (reports) {
            SecretStore told = writable();
            view.reports(replica, report -> told.report(name, report));
        }
        if (rotator != null) {
            rotator.prepare();
            if (rotator.policy().whenStale() == WhenStale.STOP) {
                view.stopWhenStale();
            }
        }
        RotatingSecret secret = view.build();
        PushedRefresh push = PushedRefresh.of(secret, source, schedulers.refreshing());
        return new SecretInUse(secret, rotator, push, watch.measure(secret, rotator, source.getClass()));
    }

    /** Collects what a {@link Slipring} is made of. Not thread-safe. */
    public static final class Builder {
        private final SecretSource source;
        private final @Nullable SecretStore store;
        private final List<RotationListener> listeners = new ArrayList<>();
        private @Nullable ScheduledExecutorService scheduler;
        private Ticker ticker = Ticker.system();
        private AuditSink audit = AuditSink.log();
        private Environment environment = Environment.UNDECLARED;
        private Duration onDemandInterval = Duration.ofSeconds(5);
        private String replica = UUID.randomUUID().toString();
        private boolean reports = true;

        private Builder(SecretSource source, @Nullable SecretStore store) {
            this.source = Objects.requireNonNull(source, "source");
            this.store = store;
        }

        /** Where background work runs, instead of on own threads; stays the caller's to shut down. */
        public Builder scheduler(ScheduledExecutorService value) {
            scheduler = Objects.requireNonNull(value, "scheduler");
            return this;
        }

        /** Name of this replica, unique among those that share the store; a random one unless told. */
        public Builder replica(String value) {
            replica = ReplicaReport.checkName(value);
            return this;
        }

        /**
         * Leaves out this replica's reports, for one that may only read. What it uses is then known by time alone;
         * no secret that it uses may be promoted on acknowledgement.
         */
        public Builder withoutReports() {
            reports = false;
            return this;
        }

        /** The monotonic clock; the system's unless told. */
        public Builder ticker(Ticker value) {
            ticker = Objects.requireNonNull(value, "ticker");
            return this;
        }

        /** Where audit events go; {@link AuditSink#log()} unless told. */
        public Builder audit(AuditSink value) {
            audit = Objects.requireNonNull(value, "audit");
            return this;
        }

        /** What these secrets are for, by which values that operators hand in are judged; undeclared unless told. */
        public Builder environment(Environment value) {
            environment = Objects.requireNonNull(value, "environment");
            return this;
        }

        /** Adds somebody to be told of transitions and alerts. */
        public Builder listener(RotationListener value) {
            listeners.add(Objects.requireNonNull(value, "listener"));
            return this;
        }

        /** Shortest time between two reads that unknown versions cause, per secret; above zero, 5 s unless told. */
        public Builder onDemandInterval(Duration value) {
            if (value.isNegative() || value.isZero()) {
                throw new IllegalArgumentException("on-demand interval " + value + " is not above zero");
            }
            onDemandInterval = value;
            return this;
        }

        /** The replica's secrets, none declared yet. */
        public Slipring build() {
            return new Slipring(this);
        }
    }
}
