package dev.slipring.rotation;

import static dev.slipring.keyring.TimingParameter.REFRESH;
import static dev.slipring.keyring.TimingParameter.WRITE_WINDOW;

import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SlipringException;
import dev.slipring.keyring.Ticker;
import dev.slipring.store.Reading;
import dev.slipring.store.SecretRecord;
import dev.slipring.store.SecretStore;
import dev.slipring.store.WriteWindow;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Performs what the protocol says for one secret, in one replica: reads the record, asks what comes next,
 * acts, writes by compare-and-set, until there is nothing to do for now.
 *
 * <p>Any number of replicas may do so at once, and any of them may be killed at any point: an effect outside the
 * store can be repeated, and of several writers the store lets one win; the others read again. So passes need no
 * lock, within one replica either. A pass begins every interval R, with jitter, or when the protocol asked for it.
 * Safe for use by several threads.
 */
public final class Rotator implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Rotator.class);

    /** More steps than any pass can need; reached only if the protocol or the store is broken. */
    private static final int STEPS = 200;

    /** So many lost writes while the record reads the same mean that the view lags or the store is slow. */
    private static final int LOST_WRITES = 3;

    private static final Duration LONGEST_BACK_OFF = Duration.ofMinutes(5);

    private final SecretName name;
    private final SecretStore store;
    private final RotationProtocol protocol;
    private final Effects effects;
    private final @Nullable ScheduledExecutorService scheduler;
    private final Ticker ticker;
    private final RandomGenerator random;
    private final AuditSink audit;
    private final List<RotationListener> listeners;
    private final AtomicInteger failures = new AtomicInteger();
    private volatile @Nullable ScheduledFuture<?> next;
    private volatile boolean closed;

    private Rotator(Builder builder) {
        name = builder.name;
        store = builder.store;
        protocol = new RotationProtocol(builder.policy, builder.issuer.traits());
        effects = new Effects(builder.store, builder.issuer, builder.census, builder.policy, builder.ticker);
        scheduler = builder.scheduler;
        ticker = builder.ticker;
        random = builder.random;
        audit = builder.audit;
        listeners = List.copyOf(builder.listeners);
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
     * Takes every step that can be taken now, in the calling thread.
     *
     * @return what is waited for next
     * @throws SlipringException if the store or the issuer failed; a later call goes on from there
     */
    public Step.Rest run() {
        return pass(null).rest;
    }

    /**
     * Does what an operator asks, as far as it can be done at once; the rest goes on by itself.
     *
     * @throws SlipringException if the store or the issuer failed; whether the command was written is then
     *     to be seen in the record
     */
    public Answer command(Command command) {
        Pass pass = pass(Objects.requireNonNull(command, "command"));
        SecretRecord written = pass.commanded;
        return written != null ? new Answer.Accepted(written) : new Answer.Refused(pass.rest.why());
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

    /** How a pass ended: with what rest, at what store's time, and the record that carries the command out, if any. */
    private record Pass(
            Step.Rest rest, Instant storeNow, @Nullable SecretRecord commanded) {}

    private Pass pass(@Nullable Command asked) {
        Command command = asked;
        SecretRecord commanded = null;
        Optional<SecretRecord> seen = Optional.empty();
        int lost = 0;
        Evidence evidence = effects.evidence(command);
        for (int i = 0; i < STEPS; i++) {
            WriteWindow window =
                    WriteWindow.open(ticker, protocol.policy().timing().get(WRITE_WINDOW));
            Reading reading = store.read(name);
            if (!sameEpoch(reading.record(), seen)) {
                evidence = effects.evidence(command);
                seen = reading.record();
            } else if (lost >= LOST_WRITES) {
                return new Pass(overtaken(reading), reading.storeNow(), commanded);
            }
            Step step = decide(reading, evidence);
            if (step instanceof Step.Rest rest) {
                tellAlert(rest);
                return new Pass(rest, reading.storeNow(), commanded);
            } else if (step instanceof Step.Effect effect) {
                evidence = perform(effect, evidence, reading, window);
            } else if (step instanceof Step.Write write) {
                boolean won = write(write, reading, window, command);
                lost = won ? 0 : lost + 1;
                if (won && command != null && !(write instanceof Step.Raise)) {
                    commanded = write.after();
                    command = null;
                }
            }
        }
        throw new IllegalStateException("secret " + name + " came to no rest in " + STEPS + " steps");
    }

    /** Writes were lost, yet the record reads as before: there is no point in going on at once. */
    private Step.Rest overtaken(Reading reading) {
        Duration interval = protocol.policy().timing().get(REFRESH);
        return new Step.Wait(reading.storeNow().plus(interval), "a write was too late or another replica's came first");
    }

    private Step decide(Reading reading, Evidence evidence) {
        return reading.record()
                .map(record -> protocol.next(record, evidence, reading.storeNow()))
                .orElseGet(() -> evidence.command().isPresent()
                        ? new Step.Refuse("secret " + name + " does not exist yet")
                        : protocol.create(name, evidence, reading.storeNow()));
    }

    /** An issuer cannot be fenced, so a call that is late is not begun; the record is read again instead. */
    private Evidence perform(Step.Effect effect, Evidence evidence, Reading reading, WriteWindow window) {
        if (!window.isOpen()) {
            return evidence;
        }
        try {
            return effects.perform(effect, evidence, reading);
        } catch (IssuerException e) {
            if (effect instanceof Step.Mint mint && reading.record().isPresent()) {
                SecretRecord record = reading.record().get();
                SecretRecord again = record.then(record.phase())
                        .failed("mint")
                        .with(
                                mint.issuance().version(),
                                v -> v.attempted(v.origin().attempt() + 1));
                write(new Step.Retry(again), reading, window, null);
            }
            throw e;
        }
    }

    private boolean write(Step.Write write, Reading reading, WriteWindow window, @Nullable Command command) {
        reading.record().ifPresent(before -> RecordRules.check(before, write.after()));
        audit(write, reading, command);
        boolean won = store.compareAndSet(write.after(), window);
        LOG.atInfo()
                .addKeyValue("secret", name)
                .addKeyValue("step", write.getClass().getSimpleName())
                .addKeyValue("epoch", write.after().epoch())
                .addKeyValue("phase", write.after().phase())
                .addKeyValue("outcome", won ? "ok" : "lost")
                .log("rotation step");
        if (won) {
            tell(listener -> listener.onTransition(write, reading.record(), write.after()));
        }
        return won;
    }

    private void audit(Step.Write write, Reading reading, @Nullable Command command) {
        int version = write instanceof Step.Intend intend
                ? intend.version()
                : write instanceof Step.Abort abort ? abort.version() : 0;
        if (version == 0 && command == null) {
            return;
        }
        audit.append(new AuditEvent(
                reading.storeNow(),
                name,
                write.after().epoch() - 1,
                write.getClass().getSimpleName(),
                version,
                command == null ? "schedule" : command.by(),
                command == null ? "the guard allows it" : command.reason()));
    }

    private void tellAlert(Step.Rest rest) {
        if (rest instanceof Step.Alert) {
            LOG.atWarn().addKeyValue("secret", name).log(rest.why());
            tell(listener -> listener.onAlert(name, rest.why()));
        }
    }

    private void tell(Consumer<RotationListener> call) {
        for (RotationListener listener : listeners) {
            try {
                call.accept(listener);
            } catch (RuntimeException e) {
                LOG.atError().addKeyValue("secret", name).setCause(e).log("a rotation listener failed");
            }
        }
    }

    private void runOnSchedule() {
        Duration interval = protocol.policy().timing().get(REFRESH);
        Duration delay = interval;
        try {
            Pass pass = pass(null);
            failures.set(0);
            delay = untilNext(pass, interval);
        } catch (RuntimeException e) {
            delay = backOff(interval);
            if (!closed) {
                LOG.atWarn()
                        .addKeyValue("secret", name)
                        .addKeyValue("retryIn", delay)
                        .setCause(e)
                        .log("a rotation step failed and will be tried again");
                tell(listener -> listener.onAlert(name, String.valueOf(e.getMessage())));
            }
        } finally {
            schedule(delay);
        }
    }

    private Duration untilNext(Pass pass, Duration interval) {
        Duration jittered = interval.minusNanos(random.nextLong(interval.toNanos() / 5 + 1));
        if (pass.rest instanceof Step.Wait wait) {
            Duration due = Duration.between(pass.storeNow, wait.until());
            return due.compareTo(jittered) < 0 && !due.isNegative() ? due : jittered;
        }
        return jittered;
    }

    private Duration backOff(Duration interval) {
        int doublings = Math.min(failures.getAndIncrement(), 20);
        Duration longest = interval.compareTo(LONGEST_BACK_OFF) > 0 ? interval : LONGEST_BACK_OFF;
        Duration grown = interval.multipliedBy(1L << doublings);
        return grown.compareTo(longest) > 0 ? longest : grown;
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

    private static boolean sameEpoch(Optional<SecretRecord> a, Optional<SecretRecord> b) {
        return a.map(SecretRecord::edition).equals(b.map(SecretRecord::edition));
    }

    /** Collects what a {@link Rotator} is made of. Not thread-safe. */
    public static final class Builder {
        private final SecretName name;
        private final SecretStore store;
        private final SecretIssuer issuer;
        private final RotationPolicy policy;
        private final List<RotationListener> listeners = new ArrayList<>();
        private @Nullable ScheduledExecutorService scheduler;
        private @Nullable Census census;
        private Ticker ticker = Ticker.system();
        private RandomGenerator random = RandomGenerator.of("SplittableRandom");
        private AuditSink audit = AuditSink.log();

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

        /** The rotator, which does nothing until it is run or started. */
        public Rotator build() {
            return new Rotator(this);
        }
    }
}
