package dev.slipring.rotation;

import static dev.slipring.keyring.TimingParameter.REFRESH;

import dev.slipring.keyring.ReplicaReport;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretValue;
import dev.slipring.keyring.SlipringException;
import dev.slipring.keyring.Ticker;
import dev.slipring.store.SecretRecord;
import dev.slipring.store.SecretStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Rotates one secret, in one replica: runs on schedule, or when it is told to, and does what operators ask.
 *
 * <p>Any number of replicas may do so at once, and any of them may be killed at any point: an effect outside the
 * store can be repeated, and of several writers the store lets one win; the others read again. So passes need no
 * lock, within one replica either. A pass begins every interval R, with jitter, or when the protocol asked for it.
 * Safe for use by several threads.
 */
public final class Rotator implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Rotator.class);

    private final SecretName name;
    private final SecretStore store;
    private final @Nullable SecretValue adopted;
    private final SecretIssuer issuer;
    private final RotationPolicy policy;
    private final StepExecutor executor;
    private final Announcer announcer;
    private final boolean provided;
    private final @Nullable ScheduledExecutorService scheduler;
    private final Pace pace;
    private volatile @Nullable ScheduledFuture<?> next;
    private volatile boolean closed;

    private Rotator(Builder builder) {
        name = builder.name;
        store = builder.store;
        adopted = builder.adopted;
        issuer = builder.issuer;
        policy = builder.policy;
        scheduler = builder.scheduler;
        pace = new Pace(policy.timing().get(REFRESH), builder.random);
        announcer = new Announcer(name, builder.listeners, builder.ticker);
        RotationProtocol protocol = new RotationProtocol(policy, builder.issuer.traits(), builder.store.traits());
        executor = new StepExecutor(builder, protocol, announcer);
        provided = protocol.traits().provided();
    }

    /** Prepares the rotation of {@code name}, which {@code issuer} makes valid and invalid, under {@code policy}. */
    public static Builder builder(SecretName name, SecretStore store, SecretIssuer issuer, RotationPolicy policy) {
        return new Builder(name, store, issuer, policy);
    }

    /** Name of the secret. */
    public SecretName name() {
        return name;
    }

    /**
     * What a replica does before it is ready: creates the secret unless it exists, and raises the durations in force
     * to those of its policy. For a secret that exists an issuer or an audit that fails is no reason not to start.
     *
     * @throws IllegalArgumentException if it was to be created with a value that cannot be used
     * @throws IllegalStateException if something else rotates the secret, or it was to be created with a first value
     *     and another one is stored
     * @throws IssuerException if the secret does not exist and could not be created
     * @throws SlipringException if the store failed
     */
    public void prepare() {
        beforeCreation();
        String why;
        try {
            why = run().why();
        } catch (IssuerException | AuditFailedException e) {
            if (store.read(name).record().isEmpty()) {
                throw e;
            }
            LOG.atWarn().addKeyValue("secret", name).setCause(e).log("the issuer or the audit failed at start");
            return;
        }
        if (store.read(name).record().isEmpty()) {
            throw new IssuerException("secret " + name + " could not be created: " + why);
        }
    }

    private void beforeCreation() {
        store.rotatedBy(name).ifPresent(other -> {
            throw new IllegalStateException("secret " + name + " is rotated by " + other
                    + " already; two rotators would revoke what the other has just made");
        });
        if (adopted != null && store.read(name).record().isEmpty()) {
            adopt(adopted);
        }
    }

    private void adopt(SecretValue value) {
        Optional<String> found = provided ? executor.flaw(value, Optional.empty()) : executor.refusal(value);
        found.ifPresent(flaw -> {
            throw new IllegalArgumentException("secret " + name + " cannot be created: " + flaw);
        });
        SecretValue first = store.putValueIfAbsent(name, 1, value);
        boolean same = first.equals(value);
        first.wipe();
        if (!same) {
            throw new IllegalStateException("secret " + name + " is being created with another first value");
        }
    }

    /**
     * Takes every step that can be taken now, in the calling thread.
     *
     * @return what is waited for next
     * @throws SlipringException if the store, the issuer or the audit failed; a later call goes on from there
     */
    public Step.Rest run() {
        return executor.pass(null).rest();
    }

    /**
     * Does what an operator asks, as far as it can be done at once; the rest goes on by itself.
     *
     * @throws IllegalArgumentException if the secret was to be created with a value that cannot be used
     * @throws IllegalStateException if it was to be created and something else rotates it, or another first value is
     *     stored
     * @throws AuditFailedException if the command could not be audited; it was not written then
     * @throws SlipringException if the store or the issuer failed; whether the command was written is then
     *     to be seen in the record
     */
    public Answer command(Command command) {
        if (command instanceof Command.Provide) {
            return new Answer.Refused("a value comes with this command: it is given by provide");
        }
        if (command instanceof Command.Create) {
            if (adopted != null && Intake.tells(command.reason(), adopted)) {
                return new Answer.Refused("the reason shows a part of the value");
            }
            beforeCreation();
        }
        StepExecutor.Outcome outcome = executor.pass(Objects.requireNonNull(command, "command"));
        SecretRecord written = outcome.commanded();
        return written != null
                ? new Answer.Accepted(written)
                : new Answer.Refused(outcome.rest().why());
    }

    /**
     * Puts a value that an operator has made elsewhere to use as the next version: looks at it, stores it and begins
     * the rotation. From the moment it is stored it goes into use, whoever is killed; providing it again is harmless.
     *
     * @param value stays the caller's, who wipes it
     * @return refused with the reason, without material, if there is something wrong with the value, or the values of
     *     this secret are not provided, or a rotation may not begin now; then nothing is stored
     * @throws SlipringException if the store failed; the value may be stored, which providing it again tells
     */
    public Answer provide(SecretValue value, Command.Provide command) {
        return executor.provide(Objects.requireNonNull(value, "value"), Objects.requireNonNull(command, "command"));
    }

    /**
     * What is going to happen, from the present record on, if all goes well.
     *
     * @throws SlipringException if the store failed
     * @throws IllegalStateException if the secret does not exist yet
     */
    public RotationPlan plan() {
        return executor.plan(null);
    }

    /**
     * What would happen if {@code command} were given now; nothing is written.
     *
     * @throws SlipringException if the store failed
     * @throws IllegalStateException if the secret does not exist yet
     */
    public RotationPlan plan(Command command) {
        return executor.plan(Objects.requireNonNull(command, "command"));
    }

    /**
     * What declaring versions compromised would do and cost; nothing is written.
     *
     * @throws SlipringException if the store failed
     * @throws IllegalArgumentException if the declaration would be refused
     * @throws IllegalStateException if the secret does not exist yet
     */
    public EmergencyPlan price(Command.Compromise command) {
        return executor.price(command);
    }

    /** The policy it rotates by. */
    public RotationPolicy policy() {
        return policy;
    }

    /** Who makes its values valid and invalid. */
    public SecretIssuer issuer() {
        return issuer;
    }

    /**
     * Begins to run by itself, from now on until closed.
     *
     * @throws IllegalStateException if it was built without a scheduler
     */
    public void start() {
        if (scheduler == null) {
            throw new IllegalStateException("the rotator of secret " + name + " has no scheduler to run on");
        }
        schedule(Duration.ZERO);
    }

    /** Ends the running by itself; a step under way is finished. May be called again. */
    @Override
    public void close() {
        closed = true;
        ScheduledFuture<?> pending = next;
        if (pending != null) {
            pending.cancel(false);
        }
    }

    private void runOnSchedule() {
        Duration delay = policy.timing().get(REFRESH);
        try {
            delay = pace.after(executor.pass(null));
        } catch (RuntimeException e) {
            delay = pace.afterFailure();
            if (!closed) {
                LOG.atWarn()
                        .addKeyValue("secret", name)
                        .addKeyValue("retryIn", delay)
                        .setCause(e)
                        .log("a rotation step failed and will be tried again");
                announcer.alert(String.valueOf(e.getMessage()), EmergencyPart.REMINDER);
            }
        } finally {
            schedule(delay);
        }
    }

    private void schedule(Duration delay) {
        ScheduledExecutorService executor = scheduler;
        if (closed || executor == null) {
            return;
        }
        try {
            next = executor.schedule(this::runOnSchedule, delay.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            LOG.atDebug().addKeyValue("secret", name).log("rotating ended: the scheduler is shut down");
        }
    }

    /** Collects what a {@link Rotator} is made of. Not thread-safe. */
    public static final class Builder {
        final SecretName name;
        final SecretStore store;
        final SecretIssuer issuer;
        final RotationPolicy policy;
        final List<RotationListener> listeners = new ArrayList<>();

        @Nullable
        ScheduledExecutorService scheduler;

        @Nullable
        Census census;

        @Nullable
        SecretValue adopted;

        boolean ordersOnly;
        String replica = UUID.randomUUID().toString();
        Ticker ticker = Ticker.system();
        RandomGenerator random = RandomGenerator.of("SplittableRandom");
        AuditSink audit = AuditSink.log();
        Environment environment = Environment.UNDECLARED;
        Function<SecretValue, Optional<String>> usedElsewhere = value -> Optional.empty();
        Function<SecretValue, Optional<String>> admission = value -> Optional.empty();

        private Builder(SecretName name, SecretStore store, SecretIssuer issuer, RotationPolicy policy) {
            this.name = Objects.requireNonNull(name, "name");
            this.store = Objects.requireNonNull(store, "store");
            this.issuer = Objects.requireNonNull(issuer, "issuer");
            this.policy = Objects.requireNonNull(policy, "policy");
        }

        /** Where {@link Rotator#start()} runs; stays the caller's to shut down. Without one, only by hand. */
        public Builder scheduler(ScheduledExecutorService value) {
            scheduler = Objects.requireNonNull(value, "scheduler");
            return this;
        }

        /** Name of this replica, unique among those that share the store; a random one unless told. */
        public Builder replica(String value) {
            replica = ReplicaReport.checkName(value);
            return this;
        }

        /** The monotonic clock; the system's unless told. */
        public Builder ticker(Ticker value) {
            ticker = Objects.requireNonNull(value, "ticker");
            return this;
        }

        /** Where jitter comes from; used by one thread at a time. */
        public Builder random(RandomGenerator value) {
            random = Objects.requireNonNull(value, "random");
            return this;
        }

        /** Counts what only one version can open; without it a version that retires on census never does. */
        public Builder census(Census value) {
            census = Objects.requireNonNull(value, "census");
            return this;
        }

        /**
         * The value of the first version, if {@link Rotator#prepare()} creates the secret; one is minted unless told.
         *
         * @param value stays the caller's, who wipes it after that
         */
        public Builder adopting(SecretValue value) {
            adopted = Objects.requireNonNull(value, "value");
            return this;
        }

        /** What the secret is for, by which a value that an operator hands in is judged; undeclared unless told. */
        public Builder environment(Environment value) {
            environment = Objects.requireNonNull(value, "environment");
            return this;
        }

        /**
         * Names another secret that has a value which an operator hands in, if one is known to; none unless told. It
         * compares in constant time.
         */
        public Builder usedElsewhere(Function<SecretValue, Optional<String>> value) {
            usedElsewhere = Objects.requireNonNull(value, "usedElsewhere");
            return this;
        }

        /**
         * Says why a value that is handed in, by an operator or by {@link #adopting}, must not be used: the rest of a
         * sentence that begins with "the value", without material. Everything may be used unless told.
         */
        public Builder admission(Function<SecretValue, Optional<String>> value) {
            admission = Objects.requireNonNull(value, "admission");
            return this;
        }

        /**
         * Takes no step but those that create the secret, or that an operator asks for and that need nothing but the
         * store: for a process that shares the store of an application and has neither its issuer nor its policy. Its
         * replicas carry on what is ordered. The issuer given stands in with the traits of theirs; the policy has the
         * kind and the retirement of theirs, and the timing in the record. Durations in force are never raised.
         */
        public Builder ordersOnly() {
            ordersOnly = true;
            return this;
        }

        /** Where audit events go; {@link AuditSink#log()} unless told. */
        public Builder audit(AuditSink value) {
            audit = Objects.requireNonNull(value, "audit");
            return this;
        }

        /** Adds somebody to be told of transitions and alerts. */
        public Builder listener(RotationListener value) {
            listeners.add(Objects.requireNonNull(value, "listener"));
            return this;
        }

        /**
         * The rotator, which does nothing until it is run or started.
         *
         * @throws IllegalArgumentException if the policy does not go with the issuer or the store
         */
        public Rotator build() {
            return new Rotator(this);
        }
    }
}
