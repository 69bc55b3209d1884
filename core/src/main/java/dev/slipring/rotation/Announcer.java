package dev.slipring.rotation;

import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.Ticker;
import dev.slipring.store.SecretRecord;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells logs and listeners what happens to one secret. The same alert is told again only after a while, however
 * often it is found. Safe for use by several threads.
 */
final class Announcer {
    private static final Logger LOG = LoggerFactory.getLogger(Rotator.class);

    private final SecretName secret;
    private final List<RotationListener> listeners;
    private final Ticker ticker;
    /** When each alert is news again. */
    private final Map<String, Long> told = new HashMap<>();

    Announcer(SecretName secret, List<RotationListener> listeners, Ticker ticker) {
        this.secret = secret;
        this.listeners = List.copyOf(listeners);
        this.ticker = ticker;
    }

    void written(Step.Write step, Optional<SecretRecord> before, SecretRecord after) {
        LOG.atInfo()
                .addKeyValue("secret", secret)
                .addKeyValue("step", step.getClass().getSimpleName())
                .addKeyValue("epoch", after.epoch())
                .addKeyValue("phase", after.phase())
                .log("rotation step");
        tell(listener -> listener.onTransition(step, before, after));
    }

    void tried(Step step, StepOutcome outcome, @Nullable ProbeVerdict verdict, long began) {
        Duration took = Duration.ofNanos(ticker.nanos() - began);
        StepReport report = new StepReport(secret, step, outcome, Optional.ofNullable(verdict), took);
        tell(listener -> listener.onStep(report));
    }

    void passed(PassReport report) {
        tell(listener -> listener.onPass(report));
    }

    void alert(Step.Alert alert) {
        alert(alert.why(), alert.every());
    }

    void alert(String why, Duration every) {
        if (isNews(why, every)) {
            LOG.atWarn().addKeyValue("secret", secret).log(why);
            tell(listener -> listener.onAlert(secret, why));
        }
    }

    private synchronized boolean isNews(String why, Duration every) {
        long now = ticker.nanos();
        told.values().removeIf(again -> now - again >= 0);
        return told.putIfAbsent(why, now + every.toNanos()) == null;
    }

    private void tell(Consumer<RotationListener> call) {
        for (RotationListener listener : listeners) {
            try {
                call.accept(listener);
            } catch (RuntimeException e) {
                LOG.atError().addKeyValue("secret", secret).setCause(e).log("a rotation listener failed");
            }
        }
    }
}
