package dev.slipring;

import dev.slipring.guard.EnvironmentTags;
import dev.slipring.guard.GuardRails;
import dev.slipring.guard.SecretRefusedException;
import dev.slipring.keyring.Measures;
import dev.slipring.keyring.ReplicaReport;
import dev.slipring.keyring.RotatingSecret;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretValue;
import dev.slipring.keyring.SlipringException;
import dev.slipring.keyring.Ticker;
import dev.slipring.observe.Health;
import dev.slipring.observe.HealthWatch;
import dev.slipring.observe.UseHistoryStore;
import dev.slipring.observe.inventory.Inventory;
import dev.slipring.observe.inventory.SecretDescription;
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
import dev.slipring.store.SecretSource;
import dev.slipring.store.SecretStore;
import java.time.Duration;
import java.time.Instant;
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
    private final SecretsInUse secrets = new SecretsInUse();
    private final Schedulers schedulers;
    private final HealthWatch watch;
    private final Assembly assembly;

    private Slipring(Builder builder) {
        schedulers = new Schedulers(builder.scheduler);
        watch = HealthWatch.by(builder.ticker);
        assembly = new Assembly(builder, schedulers, secrets, watch);
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
     * @throws SecretRefusedException if its value should not be used, and {@link GuardRails} refuse that here
     * @throws SlipringException if the store or the issuer failed, or the first value could not be made valid
     */
    public RotatingSecret secret(String name, SecretIssuer issuer, RotationPolicy policy) {
        return add(rotating(name, issuer, policy));
    }

    /**
     * The same for a secret whose versions retire when {@code census} finds nothing left that needs them.
     *
     * @throws IllegalArgumentException if the name is not one of a secret
     * @throws IllegalStateException if the secret is already in use here, or this object is closed or only reads
     * @throws SecretRefusedException if its value should not be used, and {@link GuardRails} refuse that here
     * @throws SlipringException if the store or the issuer failed, or the first value could not be made valid
     */
    public RotatingSecret secret(String name, SecretIssuer issuer, RotationPolicy policy, Census census) {
        Assembly.Declaration declaration = rotating(name, issuer, policy);
        declaration.census(census);
        return add(declaration);
    }

    /**
     * The same for a secret that an application has been using already: if it does not exist here, its first
     * version gets {@code value}.
     *
     * @param value stays the caller's, who wipes it
     * @throws IllegalArgumentException if the name is not one of a secret, or the value is refused by
     *     {@link GuardRails}, or the values of this secret are provided by operators and there is something wrong with
     *     this one, as {@link #provide} would say; nothing is stored then
     * @throws SecretRefusedException if the secret exists and its value should not be used
     * @throws IllegalStateException if the secret is already in use here, something else rotates it, this object is
     *     closed or only reads, or another first value is stored
     * @throws SlipringException if the store or the issuer failed, or the value could not be made valid
     */
    public RotatingSecret adopt(String name, SecretValue value, SecretIssuer issuer, RotationPolicy policy) {
        Assembly.Declaration declaration = rotating(name, issuer, policy);
        declaration.adopting(value);
        return add(declaration);
    }

    /**
     * Uses the secret {@code name} without ever creating or rotating it.
     *
     * @throws IllegalArgumentException if the name is not one of a secret
     * @throws IllegalStateException if the secret is already in use here, or this object is closed
     * @throws SecretRefusedException if its value should not be used, and {@link GuardRails} refuse that here
     * @throws SlipringException if the store failed or the secret does not exist
     */
    public RotatingSecret reader(String name) {
        return add(assembly.reading(SecretName.of(name)));
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
     * The secrets that were declared here with their versions, next steps and deadlines, by what this replica has read
     * already: nothing is read and nobody is waited for. None is told of more than by its name while it is not read
     * yet, and after {@link #close()}.
     *
     * @param at the moment by which they are judged, in the store's time
     */
    public Inventory inventory(Instant at) {
        return assembly.inventory(at);
    }

    /**
     * A line for each version that is accepted here, by which other environments find the values that they share with
     * this one; see {@link EnvironmentTags}. None if no guard key was given.
     *
     * @throws IllegalArgumentException if no environment was declared
     * @throws IllegalStateException if this object is closed
     */
    public List<String> environmentTags() {
        return assembly.guards().tags(secrets.keyrings());
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
        assembly.writable();
        if (rotator == null) {
            throw new NoSuchElementException("this replica does not rotate a secret named " + name);
        }
        return rotator;
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

    private Assembly.Declaration rotating(String name, SecretIssuer issuer, RotationPolicy policy) {
        return assembly.rotating(SecretName.of(name), issuer, policy);
    }

    private RotatingSecret add(Assembly.Declaration declaration) {
        return secrets.add(declaration.name(), () -> assembly.open(declaration));
    }

    /** Collects what a {@link Slipring} is made of. Not thread-safe. */
    public static final class Builder {
        final SecretSource source;
        final @Nullable SecretStore store;
        final List<RotationListener> listeners = new ArrayList<>();
        final Map<SecretName, SecretDescription> descriptions = new TreeMap<>();

        @Nullable
        ScheduledExecutorService scheduler;

        Ticker ticker = Ticker.system();
        AuditSink audit = AuditSink.log();
        Environment environment = Environment.UNDECLARED;
        GuardRails guards = GuardRails.standard();
        UseHistoryStore useHistories = UseHistoryStore.none();
        Duration onDemandInterval = Duration.ofSeconds(5);
        String replica = UUID.randomUUID().toString();
        boolean reports = true;

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

        /** Which values are refused or warned of; {@link GuardRails#standard()} unless told. */
        public Builder guards(GuardRails value) {
            guards = Objects.requireNonNull(value, "guards");
            return this;
        }

        /** Where what is learned of the use of secrets is kept over a restart; nowhere unless told. */
        public Builder useHistories(UseHistoryStore value) {
            useHistories = Objects.requireNonNull(value, "useHistories");
            return this;
        }

        /** What inventories say of the secret {@code name}, whoever declares it; nothing unless told. */
        public Builder describe(String name, SecretDescription value) {
            descriptions.put(SecretName.of(name), Objects.requireNonNull(value, "description"));
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
