package dev.slipring.keyring;

import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * A number that is kept about a secret in this replica, for whichever monitoring system wants to read it. Reading
 * costs whoever reads; what is measured is not held up. Metadata only: neither name nor tags hold a version, a
 * fingerprint or anything of a value. Equal to another only if it is read from the same source.
 *
 * @param name words with dots between them, such as {@code slipring.refresh}
 * @param type what the number is
 * @param tags what distinguishes it from others of that name, by a fixed set of keys
 * @param source where it is read
 */
public record Measure(String name, Type type, Map<String, String> tags, Source source) {
    /** What a number is. */
    public enum Type {
        /** A count that only grows. */
        COUNTER,
        /** A number as it is now. */
        GAUGE,
        /** A time as it is now, in seconds. */
        SECONDS,
        /** How often something was done, and how many seconds it took in all; both only grow. */
        TIMER
    }

    /** Where a measure is read. Safe for use by several threads; does not block. */
    @FunctionalInterface
    public interface Source {
        /** The number; of a timer the seconds in all. */
        double value();

        /** Of a timer, how often; else nobody asks. */
        default long count() {
            return 0;
        }
    }

    /** A measure. */
    public Measure {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(source, "source");
        tags = Collections.unmodifiableMap(new TreeMap<>(tags));
    }

    /** A count that only grows. */
    public static Measure counter(String name, Map<String, String> tags, Source source) {
        return new Measure(name, Type.COUNTER, tags, source);
    }

    /** A number as it is now. */
    public static Measure gauge(String name, Map<String, String> tags, Source source) {
        return new Measure(name, Type.GAUGE, tags, source);
    }

    /** A time as it is now, in seconds. */
    public static Measure seconds(String name, Source source) {
        return new Measure(name, Type.SECONDS, Map.of(), source);
    }

    /** How often something was done and for how long. */
    public static Measure timer(String name, Map<String, String> tags, TimedCount count) {
        return new Measure(name, Type.TIMER, tags, count);
    }

    /** The same number under {@code more} tags, which go before its own. */
    Measure tagged(Map<String, String> more) {
        TreeMap<String, String> all = new TreeMap<>(tags);
        all.putAll(more);
        return new Measure(name, type, all, source);
    }
}
