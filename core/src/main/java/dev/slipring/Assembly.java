package dev.slipring;

import dev.slipring.keyring.RotatingSecret;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretValue;
import dev.slipring.keyring.Ticker;
import dev.slipring.observe.HealthWatch;
import dev.slipring.observe.UseWatch;
import dev.slipring.observe.inventory.Inventory;
import dev.slipring.observe.inventory.SecretDescription;
import dev.slipring.rotation.AuditEvent;
import dev.slipring.rotation.AuditSink;
import dev.slipring.rotation.Census;
import dev.slipring.rotation.Environment;
import dev.slipring.rotation.RotationListener;
import dev.slipring.rotation.RotationPolicy;
import dev.slipring.rotation.Rotator;
import dev.slipring.rotation.SecretIssuer;
import dev.slipring.rotation.WhenStale;
import dev.slipring.store.KeyringReader;
import dev.slipring.store.SecretSource;
import dev.slipring.store.SecretStore;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts together what a replica needs to use one secret, or to rotate it as well. Safe for use by several threads. */
final class Assembly {
    private static final Logger LOG = LoggerFactory.getLogger(Slipring.class);

    private final SecretSource source;
    private final @Nullable SecretStore store;
    private final Ticker ticker;
    private final AuditSink audit;
    private final Environment environment;
    private final Map<SecretName, SecretDescription> descriptions;
    private final List<RotationListener> listeners;
    private final HealthWatch watch;
    private final Duration onDemandInterval;
    private final String replica;
    private final boolean reports;
    private final Schedulers schedulers;
    private final SecretsInUse secrets;
    private final Guards guards;
    private final UseWatch.Setting watching;

    Assembly(Slipring.Builder builder, Schedulers schedulers, SecretsInUse secrets, HealthWatch watch) {
        source = builder.source;
        store = builder.store;
        ticker = builder.ticker;
        audit = builder.audit;
        environment = builder.environment;
        descriptions = Map.copyOf(builder.descriptions);
        listeners = List.copyOf(builder.listeners);
        this.watch = watch;
        onDemandInterval = builder.onDemandInterval;
        replica = builder.replica;
        reports = builder.reports && store != null && store.traits().reports();
        guards = new Guards(builder.guards, environment, watch, finding -> tell(finding.secret(), finding.toString()));
        watching = new UseWatch.Setting(
                ticker, watch, builder.useHistories, (used, anomaly) -> tell(used, anomaly.detail()));
        this.schedulers = schedulers;
        this.secrets = secrets;
    }

    /** A secret that is to be taken into use; rotated as well, if there is a rotator. */
    record Declaration(Guards.Guarded guarded, Rotator.@Nullable Builder rotator) {
        SecretName name() {
            return guarded.name();
        }

        void census(Census census) {
            Objects.requireNonNull(rotator).census(census);
        }

        void adopting(SecretValue value) {
            Objects.requireNonNull(rotator).adopting(value);
        }
    }

    /** Who judges the values. */
    Guards guards() {
        return guards;
    }

    /** A secret that is only read. */
    Declaration reading(SecretName name) {
        return new Declaration(new Guards.Guarded(name, null, null), null);
    }

    /**
     * A secret that is rotated as well.
     *
     * @throws IllegalStateException if there is no store
     */
    Declaration rotating(SecretName name, SecretIssuer issuer, RotationPolicy policy) {
        Guards.Guarded guarded = new Guards.Guarded(name, issuer, policy.kind());
        Rotator.Builder rotator = Rotator.builder(name, writable(), issuer, policy)
                .scheduler(schedulers.rotating())
                .replica(replica)
                .ticker(ticker)
                .audit(audit)
                .environment(environment)
                .usedElsewhere(value -> secrets.user(value, name))
                .admission(value -> guards.refusal(guarded, value))
                .listener(watch);
        listeners.forEach(rotator::listener);
        return new Declaration(guarded, rotator);
    }

    /**
     * Takes the secret into use.
     *
     * @throws RuntimeException if it cannot be, or must not be, taken into use
     */
    SecretInUse open(Declaration declaration) {
        SecretName name = declaration.name();
        Rotator rotator =
                declaration.rotator() == null ? null : declaration.rotator().build();
        KeyringReader reader = KeyringReader.of(source, name);
        RotatingSecret.Builder view = RotatingSecret.builder(name, reader, schedulers.refreshing())
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
        try {
            guards.admit(declaration.guarded(), secret, store);
        } catch (RuntimeException e) {
            secret.close();
            throw e;
        }
        UseWatch uses = new UseWatch(secret, declaration.guarded().kind(), watching);
        return new SecretInUse(
                secret,
                reader,
                rotator,
                PushedRefresh.of(secret, source, schedulers.refreshing()),
                declaration.guarded(),
                new Sampling(uses, schedulers.refreshing()),
                watch.measure(secret, rotator, source.getClass()));
    }

    /** What has been read of the secrets, judged at {@code at}. */
    Inventory inventory(Instant at) {
        return new Inventory(at, environment, AuditEvent.Place.nameOf(source), secrets.entries(descriptions, at));
    }

    /** The store. */
    SecretStore writable() {
        if (store == null) {
            throw new IllegalStateException("this Slipring only reads: it was given a source of secrets, not a store");
        }
        return store;
    }

    /** Health has its own words for what is told here. */
    private void tell(SecretName secret, String why) {
        for (RotationListener listener : listeners) {
            try {
                listener.onAlert(secret, why);
            } catch (RuntimeException e) {
                LOG.atError().addKeyValue("secret", secret).setCause(e).log("a rotation listener failed");
            }
        }
    }
}
