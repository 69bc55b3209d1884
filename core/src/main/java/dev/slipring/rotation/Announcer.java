package dev.slipring.rotation;

import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.Ticker;
import dev.slipring.store.SecretRecord;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
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

    /** More in a minute is not a race that somebody loses now and then. */
    private static final int CONFLICTS = 5;

    private static final String FIGHT =
            "another writer came first more than " + CONFLICTS + " times in a minute: two rotators fight";

    private final SecretName secret;
    private final List<RotationListener> listeners;
    private final Ticker ticker;
    /** When each alert is news again. */
    private final Map<String, Long> told = new HashMap<>();
    /** When the last writes were lost, the oldest first. */
    private final Queue<Long> conflicts = new ArrayDeque<>();

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
        if (outcome == StepOutcome.LOST) {
            conflict();
        }
        Duration took = Duration.ofNanos(ticker.nanos() - began);
        StepReport report = new StepReport(secret, step, outcome, Optional.ofNullable(verdict), took);
        tell(listener -> listener.onStep(report));
    }

    /** Tells of what is news in {@code alerts}; what all of them say, each once. */
    List<String> standing(Collection<Step.Alert> alerts) {
        Set<String> whys = new LinkedHashSet<>();
        for (Step.Alert alert : alerts) {
            alert(alert.why(), alert.every());
            whys.add(alert.why());
        }
        if (isFought()) {
            alert(FIGHT, EmergencyPart.REMINDER);
            whys.add(FIGHT);
        }
        return List.copyOf(whys);
    }

    void passed(PassReport report) {
        tell(listener -> listener.onPass(report));
    }

    private synchronized void conflict() {
        conflicts.add(ticker.nanos());
        if (conflicts.size() > CONFLICTS + 1) {
            conflicts.remove();
        }
    }

    private synchronized boolean isFought() {
        Long first = conflicts.peek();
        return conflicts.size() > CONFLICTS
                && first != null
                && ticker.nanos() - first <= Duration.ofMinutes(1).toNanos();
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
