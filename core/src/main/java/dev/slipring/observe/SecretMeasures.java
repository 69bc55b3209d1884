package dev.slipring.observe;

import dev.slipring.keyring.AuthFailure;
import dev.slipring.keyring.Measure;
import dev.slipring.keyring.Measures;
import dev.slipring.keyring.RotatingSecret;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.Stamp;
import dev.slipring.keyring.Ticker;
import dev.slipring.keyring.TimingParameter;
import dev.slipring.keyring.ViewState;
import dev.slipring.rotation.Rotator;
import dev.slipring.store.Phase;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What is measured of one secret by its view. Reads nothing; safe for use by several threads. */
final class SecretMeasures implements RotatingSecret.Subscription {
    private static final double MILLIS = 1000;

    private final RotatingSecret secret;
    private final Sight sight;
    private final Ticker ticker;
    private final Measures measures = new Measures();
    private final RotatingSecret.Subscription settling;

    SecretMeasures(RotatingSecret secret, @Nullable Rotator rotator, Sight sight, Ticker ticker) {
        this.secret = secret;
        this.sight = sight;
        this.ticker = ticker;
        SlotCounts uses = new SlotCounts(secret);
        settling = secret.onChange(keyring -> uses.settle());
        uses.show(measures);
        for (AuthFailure reason : AuthFailure.values()) {
            measures.add(Measure.counter(
                    "slipring.auth.failures",
                    Map.of("reason", reason.tag()),
                    () -> secret.uses().counts().failures(reason)));
        }
        measures.add(Measure.seconds(
                "slipring.secret.age", () -> age().map(SecretMeasures::seconds).orElse(Double.NaN)));
        measures.add(Measure.seconds("slipring.refresh.staleness", () -> seconds(secret.staleness())));
        measures.add(Measure.seconds(
                "slipring.refresh.lease",
                () -> seconds(secret.keyring().edition().timing().get(TimingParameter.STALENESS))));
        gauge("slipring.rotation.phase", () -> number(progress().phase()));
        gauge("slipring.rotation.epoch", () -> secret.keyring().edition().epoch());
        measures.add(Measure.seconds(
                "slipring.rotation.phase.age", () -> seconds(progress().age())));
        measures.add(Measure.seconds(
                "slipring.rotation.phase.plan", () -> seconds(progress().plan())));
        if (rotator != null) {
            Duration maxAge = rotator.policy().maxAge();
            measures.add(Measure.seconds(
                    "slipring.secret.deadline.remaining",
                    () -> age().map(age -> seconds(maxAge.minus(age))).orElse(Double.NaN)));
            gauge("slipring.replicas.behind", () -> sight.behind().size());
            gauge("slipring.emergency.open", () -> sight.emergency() ? 1 : 0);
        }
    }

    /** By which secrets are told apart; what a replica that only reads does not know is {@code none}. */
    static Map<String, String> tags(SecretName secret, @Nullable Rotator rotator, Class<?> store) {
        String kind = rotator == null ? "none" : rotator.policy().kind().name().toLowerCase(Locale.ROOT);
        String issuer = rotator == null ? "none" : rotator.issuer().name();
        String place = store.getName().substring(store.getName().lastIndexOf('.') + 1);
        return Map.of("secret", secret.value(), "kind", kind, "store", place, "issuer", issuer);
    }

    Measures measures() {
        return measures;
    }

    void orphans(Measure.Source count) {
        gauge("slipring.rotation.orphans", count);
    }

    @Override
    public void close() {
        settling.close();
    }

    private void gauge(String name, Measure.Source source) {
        measures.add(Measure.gauge(name, Map.of(), source));
    }

    private Optional<Duration> age() {
        ViewState state = secret.state();
        Instant now = state.keyring().asOf().plus(state.staleness());
        return state.keyring().primary().version().at(Stamp.PRIMARY).map(since -> Sight.between(since, now));
    }

    private Sight.Progress progress() {
        return sight.progress(secret.state(), ticker.nanos());
    }

    /** Written out, since dashboards and alerts go by these. */
    private static int number(Phase phase) {
        return switch (phase) {
            case IDLE -> 0;
            case MINTING -> 1;
            case PUBLISHED -> 2;
            case OVERLAP -> 3;
            case ABORTING -> 4;
        };
    }

    private static double seconds(Duration time) {
        return time.toMillis() / MILLIS;
    }
}
