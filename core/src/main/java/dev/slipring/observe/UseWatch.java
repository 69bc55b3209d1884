package dev.slipring.observe;

import dev.slipring.keyring.Keyring;
import dev.slipring.keyring.RotatingSecret;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.Ticker;
import dev.slipring.keyring.TimingParameter;
import dev.slipring.keyring.ViewState;
import dev.slipring.rotation.SecretKind;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches the use of one secret in one replica: samples what was counted, once an {@link UseDetector#INTERVAL}, and tells
 * what is unusual to the log, to health, where it stays for an hour, and to whoever else is to be told. Safe for use by
 * several threads.
 */
public final class UseWatch {
    private static final Logger LOG = LoggerFactory.getLogger(UseWatch.class);
    private static final Duration SHOWN = Duration.ofHours(1);

    private final RotatingSecret secret;
    private final Optional<SecretKind> kind;
    private final Ticker ticker;
    private final HealthWatch health;
    private final BiConsumer<SecretName, Anomaly> told;
    private final Map<Anomaly.Kind, Shown> shown = new EnumMap<>(Anomaly.Kind.class);
    private UseHistory history = UseHistory.NONE;

    private record Shown(Anomaly anomaly, long since) {}

    /**
     * Watches {@code secret}.
     *
     * @param kind who produces and who accepts; null where it is only read
     * @param ticker the monotonic clock
     * @param health where what is unusual is seen
     * @param told what is unusual, besides; one that throws was not told
     */
    public UseWatch(
            RotatingSecret secret,
            @Nullable SecretKind kind,
            Ticker ticker,
            HealthWatch health,
            BiConsumer<SecretName, Anomaly> told) {
        this.secret = Objects.requireNonNull(secret, "secret");
        this.kind = Optional.ofNullable(kind);
        this.ticker = Objects.requireNonNull(ticker, "ticker");
        this.health = Objects.requireNonNull(health, "health");
        this.told = Objects.requireNonNull(told, "told");
    }

    /** Judges the interval that ends now. */
    public synchronized void sample() {
        ViewState state = secret.state();
        Keyring keyring = state.keyring();
        UseSample sample = new UseSample(
                keyring.asOf().plus(state.staleness()),
                secret.uses().counts(),
                keyring.versions(),
                keyring.edition().timing().get(TimingParameter.OVERLAP),
                kind);
        UseDetector.Verdict verdict = UseDetector.detect(history, sample);
        history = verdict.history();
        long now = ticker.nanos();
        shown.values().removeIf(anomaly -> now - anomaly.since >= SHOWN.toNanos());
        verdict.anomalies().forEach(anomaly -> shown.put(anomaly.kind(), new Shown(anomaly, now)));
        health.note(
                secret.name(),
                Finding.Kind.ANOMALY,
                shown.values().stream().map(one -> one.anomaly.detail()).toList());
        verdict.anomalies().forEach(this::tell);
    }

    private void tell(Anomaly anomaly) {
        (anomaly.kind().pages() ? LOG.atError() : LOG.atWarn())
                .addKeyValue("secret", secret.name())
                .addKeyValue("anomaly", anomaly.kind())
                .log(anomaly.detail());
        try {
            told.accept(secret.name(), anomaly);
        } catch (RuntimeException e) {
            LOG.atError()
                    .addKeyValue("secret", secret.name())
                    .setCause(e)
                    .log("somebody could not be told of an anomaly");
        }
    }
}
