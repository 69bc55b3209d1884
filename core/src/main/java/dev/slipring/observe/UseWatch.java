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
 * what is unusual to the log, to health, where it stays for an hour, and to whoever else is to be told. What it learns
 * is kept over a restart, if there is where. Safe for use by several threads.
 */
public final class UseWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(UseWatch.class);
    private static final Duration SHOWN = Duration.ofHours(1);

    private final RotatingSecret secret;
    private final Optional<SecretKind> kind;
    private final Setting setting;
    private final KeptHistory kept;
    private final Map<Anomaly.Kind, Shown> shown = new EnumMap<>(Anomaly.Kind.class);
    private UseHistory history = UseHistory.NONE;

    private record Shown(Anomaly anomaly, long since) {}

    /**
     * What the watches of one replica have in common.
     *
     * @param ticker the monotonic clock
     * @param health where what is unusual is seen
     * @param histories where what is learned is kept
     * @param told what is unusual, besides; one that throws was not told
     */
    public record Setting(
            Ticker ticker, HealthWatch health, UseHistoryStore histories, BiConsumer<SecretName, Anomaly> told) {
        /** A setting. */
        public Setting {
            Objects.requireNonNull(ticker, "ticker");
            Objects.requireNonNull(health, "health");
            Objects.requireNonNull(histories, "histories");
            Objects.requireNonNull(told, "told");
        }
    }

    /**
     * Watches {@code secret}.
     *
     * @param kind who produces and who accepts; null where it is only read
     */
    public UseWatch(RotatingSecret secret, @Nullable SecretKind kind, Setting setting) {
        this.secret = Objects.requireNonNull(secret, "secret");
        this.kind = Optional.ofNullable(kind);
        this.setting = Objects.requireNonNull(setting, "setting");
        kept = new KeptHistory(secret.name(), setting.histories);
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
        long now = setting.ticker.nanos();
        UseDetector.Verdict verdict = UseDetector.detect(kept.turn(history, now), sample);
        history = verdict.history();
        shown.values().removeIf(anomaly -> now - anomaly.since >= SHOWN.toNanos());
        verdict.anomalies().forEach(anomaly -> shown.put(anomaly.kind(), new Shown(anomaly, now)));
        setting.health.note(
                secret.name(),
                Finding.Kind.ANOMALY,
                shown.values().stream().map(one -> one.anomaly.detail()).toList());
        verdict.anomalies().forEach(this::tell);
    }

    /** Keeps what was learned. */
    @Override
    public synchronized void close() {
        kept.end(history);
    }

    private void tell(Anomaly anomaly) {
        (anomaly.kind().pages() ? LOG.atError() : LOG.atWarn())
                .addKeyValue("secret", secret.name())
                .addKeyValue("anomaly", anomaly.kind())
                .log(anomaly.detail());
        try {
            setting.told.accept(secret.name(), anomaly);
        } catch (RuntimeException e) {
            LOG.atError()
                    .addKeyValue("secret", secret.name())
                    .setCause(e)
                    .log("somebody could not be told of an anomaly");
        }
    }
}
