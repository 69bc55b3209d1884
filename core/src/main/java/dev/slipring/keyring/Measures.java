package dev.slipring.keyring;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The measures that there are at present, for monitoring systems to read. Of several that have one name and the same
 * tags, such as those of two signers on one secret, the sum is shown; of a count that is given up, its last value stays
 * part of it, so that it never falls. Safe for use by several threads.
 */
public final class Measures {
    private final Map<Id, Sum> sums = new LinkedHashMap<>();
    private final List<Part> parts = new ArrayList<>();
    private final List<Observer> observers = new CopyOnWriteArrayList<>();

    private record Id(String name, Map<String, String> tags) {}

    /** Compared by identity, so that one may be included twice. */
    private static final class Part {
        private final Measures measures;
        private final Map<String, String> tags;

        Part(Measures measures, Map<String, String> tags) {
            this.measures = measures;
            this.tags = tags;
        }
    }

    /** Compared by identity, so that two may give the same. */
    private static final class Observer {
        private final Runnable changed;

        Observer(Runnable changed) {
            this.changed = changed;
        }
    }

    /** None yet. */
    public Measures() {}

    /**
     * Adds {@code measure}.
     *
     * @return gives it up when closed
     * @throws IllegalArgumentException if one of that name and those tags is of another type
     */
    public RotatingSecret.Subscription add(Measure measure) {
        Id id = new Id(measure.name(), measure.tags());
        Sum sum;
        synchronized (this) {
            sum = sums.computeIfAbsent(id, key -> new Sum(measure));
            sum.add(measure);
        }
        tell();
        return () -> leave(id, sum, measure.source());
    }

    private void leave(Id id, Sum sum, Measure.Source source) {
        synchronized (this) {
            if (sum.remove(source)) {
                sums.remove(id, sum);
            }
        }
        tell();
    }

    /**
     * Shows what {@code others} shows as well, now and later, under {@code tags} besides its own.
     *
     * @return ends that when closed
     */
    public RotatingSecret.Subscription include(Measures others, Map<String, String> tags) {
        Part part = new Part(others, Map.copyOf(tags));
        synchronized (this) {
            parts.add(part);
        }
        RotatingSecret.Subscription heard = others.onChange(this::tell);
        tell();
        return () -> {
            heard.close();
            synchronized (this) {
                parts.remove(part);
            }
            tell();
        };
    }

    /** Every measure that there is now. */
    public List<Measure> all() {
        List<Measure> all = new ArrayList<>();
        List<Part> included;
        synchronized (this) {
            sums.values().forEach(sum -> all.add(sum.shown));
            included = List.copyOf(parts);
        }
        for (Part part : included) {
            part.measures.all().forEach(measure -> all.add(measure.tagged(part.tags)));
        }
        return all;
    }

    /**
     * Calls {@code changed} after a measure came or went, in the thread that did it and outside any lock; it asks for
     * {@link #all()} then. It returns soon and does not throw.
     *
     * @return ends the calls when closed
     */
    public RotatingSecret.Subscription onChange(Runnable changed) {
        Observer observer = new Observer(Objects.requireNonNull(changed, "changed"));
        observers.add(observer);
        return () -> observers.remove(observer);
    }

    private void tell() {
        observers.forEach(observer -> observer.changed.run());
    }

    /** The sum of those that have one name and the same tags. */
    private static final class Sum implements Measure.Source {
        private final Measure shown;
        private final boolean grows;
        private final List<Measure.Source> sources = new ArrayList<>();
        private double value;
        private long count;

        Sum(Measure first) {
            shown = new Measure(first.name(), first.type(), first.tags(), this);
            grows = first.type() == Measure.Type.COUNTER || first.type() == Measure.Type.TIMER;
        }

        synchronized void add(Measure measure) {
            if (measure.type() != shown.type()) {
                throw new IllegalArgumentException(
                        measure.name() + " is a " + shown.type() + " and no " + measure.type());
            }
            sources.add(measure.source());
        }

        /** Whether nothing is left of it. */
        synchronized boolean remove(Measure.Source source) {
            if (sources.remove(source) && grows) {
                value += source.value();
                count += source.count();
            }
            return sources.isEmpty() && !grows;
        }

        @Override
        public synchronized double value() {
            return value + sources.stream().mapToDouble(Measure.Source::value).sum();
        }

        @Override
        public synchronized long count() {
            return count + sources.stream().mapToLong(Measure.Source::count).sum();
        }
    }
}
