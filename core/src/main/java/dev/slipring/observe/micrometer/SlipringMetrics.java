package dev.slipring.observe.micrometer;

import dev.slipring.keyring.Measure;
import dev.slipring.keyring.Measures;
import dev.slipring.keyring.RotatingSecret;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Meters of what Slipring measures, in as many registries as it is bound to. Every meter pulls its number when the
 * registry is read, so nothing is spent on a request. Meters come and go with secrets and with whoever uses them: those
 * of a secret that is closed are removed, and {@link #close()} removes all. Safe for use by several threads.
 */
@SuppressWarnings("exports") // Micrometer is optional: whoever calls this has it
public final class SlipringMetrics implements MeterBinder, AutoCloseable {
    private final Measures measures;
    private final Tags common;
    private final Map<MeterRegistry, Map<Measure, Meter>> bound = new HashMap<>();
    private final List<RotatingSecret.Subscription> subscriptions = new ArrayList<>();
    private boolean closed;

    private SlipringMetrics(Measures measures, Tags common) {
        this.measures = measures;
        this.common = common;
    }

    /** Meters of {@code measures}, such as {@code Slipring.measures()} gives. */
    public static SlipringMetrics of(Measures measures) {
        return of(measures, List.of());
    }

    /** The same with further tags on each meter, such as to tell two of them apart in one process. */
    public static SlipringMetrics of(Measures measures, Iterable<? extends Tag> common) {
        return new SlipringMetrics(Objects.requireNonNull(measures, "measures"), Tags.of(common));
    }

    /** Shows the measures in {@code registry}, now and as they come and go; does nothing once this is closed. */
    @Override
    public void bindTo(MeterRegistry registry) {
        synchronized (this) {
            if (closed || bound.putIfAbsent(registry, new HashMap<>()) != null) {
                return;
            }
            if (subscriptions.isEmpty()) {
                subscriptions.add(measures.onChange(this::bring));
            }
        }
        bring();
    }

    /** Removes every meter. May be called again. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            subscriptions.forEach(RotatingSecret.Subscription::close);
            subscriptions.clear();
        }
        bring();
    }

    /** Brings the registries in line with the measures there are; asked within the lock, so that the last one wins. */
    private synchronized void bring() {
        Set<Measure> present = closed ? Set.of() : new HashSet<>(measures.all());
        bound.forEach((registry, meters) -> {
            meters.entrySet().removeIf(entry -> {
                boolean gone = !present.contains(entry.getKey());
                if (gone) {
                    registry.remove(entry.getValue());
                }
                return gone;
            });
            present.forEach(measure -> meters.computeIfAbsent(measure, each -> meter(each, registry)));
        });
    }

    /** Registries refer weakly to what a meter is read from; the key of the map keeps it. */
    private Meter meter(Measure measure, MeterRegistry registry) {
        Tags tags = common;
        for (Map.Entry<String, String> tag : measure.tags().entrySet()) {
            tags = tags.and(tag.getKey(), tag.getValue());
        }
        String name = measure.name();
        Measure.Source source = measure.source();
        return switch (measure.type()) {
            case COUNTER ->
                FunctionCounter.builder(name, source, Measure.Source::value)
                        .tags(tags)
                        .register(registry);
            case GAUGE ->
                Gauge.builder(name, source, Measure.Source::value).tags(tags).register(registry);
            case SECONDS ->
                TimeGauge.builder(name, source, TimeUnit.SECONDS, Measure.Source::value)
                        .tags(tags)
                        .register(registry);
            case TIMER ->
                FunctionTimer.builder(name, source, Measure.Source::count, Measure.Source::value, TimeUnit.SECONDS)
                        .tags(tags)
                        .register(registry);
        };
    }
}
