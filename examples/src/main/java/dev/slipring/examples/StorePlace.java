package dev.slipring.examples;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Where records and values are kept.
 *
 * @param kind which kind of store
 * @param directory of a file store; empty for a temporary one
 */
public record StorePlace(Kind kind, Optional<Path> directory) {
    static final StorePlace TEMPORARY = new StorePlace(Kind.FILE, Optional.empty());

    /** A kind of store, and how late and how wrong it may be. */
    public enum Kind {
        /** Files in one directory. */
        FILE(Duration.ofMillis(700), Duration.ZERO),
        /** Tables in the application's own database, values sealed. */
        JDBC(Duration.ofMillis(1700), Duration.ZERO),
        /** A key-value engine of Vault or OpenBao, whose time is in whole seconds. */
        VAULT(Duration.ofSeconds(2), Duration.ofSeconds(1)),
        /** AWS Secrets Manager, whose time is in whole seconds as well. */
        AWS(Duration.ofSeconds(2), Duration.ofSeconds(1));

        private final Duration lag;
        private final Duration skew;

        Kind(Duration lag, Duration skew) {
            this.lag = lag;
            this.skew = skew;
        }

        /** D of its secrets. */
        Duration lag() {
            return lag;
        }

        /** e of its secrets. */
        Duration skew() {
            return skew;
        }

        /** What the command line calls it. */
        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * The place that {@code text} names: a kind, or {@code file:} and a directory.
     *
     * @throws IllegalArgumentException if it names none
     */
    public static StorePlace parse(String text) {
        String prefix = Kind.FILE.word() + ":";
        if (text.startsWith(prefix)) {
            try {
                return new StorePlace(Kind.FILE, Optional.of(Path.of(text.substring(prefix.length()))));
            } catch (InvalidPathException e) {
                throw new IllegalArgumentException(text + " has no path after " + prefix, e);
            }
        }
        return Arrays.stream(Kind.values())
                .filter(kind -> kind.word().equals(text))
                .map(kind -> new StorePlace(kind, Optional.empty()))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(text + " is none of "
                        + Arrays.stream(Kind.values()).map(Kind::word).collect(Collectors.joining(", "))
                        + ", file:DIR"));
    }

    /** Whether the next run finds what this one kept. */
    boolean lasts() {
        return directory.isPresent();
    }
}
