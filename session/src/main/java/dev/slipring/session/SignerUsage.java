package dev.slipring.session;

import dev.slipring.keyring.AuthFailure;
import dev.slipring.keyring.Measure;
import dev.slipring.keyring.Measures;
import dev.slipring.keyring.UseCounts;
import dev.slipring.keyring.VersionUse;
import java.time.Instant;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts what one signer does, and warns of old keys that are in use to the last. Safe for use by several threads. */
final class SignerUsage {
    private static final Logger LOG = LoggerFactory.getLogger(SignerUsage.class);

    private final String cookie;
    private final long warningInterval;
    private final IntFunction<VersionUse> uses;
    private final Map<Integer, Origin> versions = new ConcurrentHashMap<>();
    private final List<Origin> formats;
    private final Map<RejectionReason, LongAdder> rejected = new EnumMap<>(RejectionReason.class);
    private final LongAdder duplicates = new LongAdder();
    private final LongAdder late = new LongAdder();
    private final AtomicLong lastWarning = new AtomicLong(Long.MIN_VALUE);

    /** {@code uses} tells where the whole replica notes that a version signed something. */
    SignerUsage(SignerSettings settings, IntFunction<VersionUse> uses) {
        cookie = settings.cookie().name();
        warningInterval = settings.warningInterval().toSeconds();
        this.uses = uses;
        formats = settings.formats().stream()
                .map(format -> Origin.format(format.name()))
                .toList();
        EnumSet.allOf(RejectionReason.class).forEach(reason -> rejected.put(reason, new LongAdder()));
    }

    /** Where the use of a version is counted; the same object for the same number. */
    Origin version(int number) {
        return versions.computeIfAbsent(number, n -> Origin.version(n, uses.apply(n)));
    }

    /** Where the use of the format at {@code index} of the settings is counted. */
    Origin format(int index) {
        return formats.get(index);
    }

    void rejected(RejectionReason reason) {
        Objects.requireNonNull(rejected.get(reason)).increment();
    }

    void duplicates(int count) {
        duplicates.add(count);
    }

    /** Notes that a token of {@code origin} came in the last fifth of its overlap; warns and says so once per interval. */
    boolean late(Origin origin, long now, long end) {
        late.increment();
        long last = lastWarning.get();
        boolean due = last == Long.MIN_VALUE || now - last >= warningInterval;
        if (!due || !lastWarning.compareAndSet(last, now)) {
            return false;
        }
        LOG.atWarn()
                .addKeyValue("cookie", cookie)
                .addKeyValue("version", origin.version())
                .addKeyValue("late", late.sum())
                .addKeyValue("until", Instant.ofEpochSecond(end))
                .log("tokens of a retiring version still come in the last fifth of its overlap");
        return true;
    }

    /** Shows how verifying ended; what is counted for it already is read, and nothing is counted besides. */
    void show(Measures measures) {
        measures.add(verified(
                "valid",
                () -> Stream.concat(versions.values().stream(), formats.stream())
                        .mapToLong(origin -> origin.counts().accepted())
                        .sum()));
        rejected.forEach((reason, count) ->
                measures.add(verified(reason.name().toLowerCase(Locale.ROOT).replace('_', '-'), count::sum)));
    }

    private static Measure verified(String result, Measure.Source count) {
        return Measure.counter("slipring.session.verified", Map.of("result", result), count);
    }

    /** When a token of version {@code number} was last valid here. */
    Optional<Instant> lastAccepted(int number) {
        return Optional.ofNullable(versions.get(number))
                .flatMap(origin -> origin.usage().lastAccepted());
    }

    /** The same for the whole replica to see. */
    UseCounts counts() {
        TreeMap<Integer, UseCounts.OfVersion> byVersion = new TreeMap<>();
        versions.forEach((number, origin) -> byVersion.put(number, origin.counts()));
        EnumMap<AuthFailure, Long> byReason = new EnumMap<>(AuthFailure.class);
        rejected.forEach((reason, adder) ->
                reason.authFailure().ifPresent(failure -> byReason.merge(failure, adder.sum(), Long::sum)));
        return new UseCounts(byVersion, byReason);
    }

    SessionStatistics statistics() {
        TreeMap<Integer, SessionStatistics.Usage> byVersion = new TreeMap<>();
        versions.forEach((number, origin) -> byVersion.put(number, origin.usage()));
        TreeMap<String, SessionStatistics.Usage> byFormat = new TreeMap<>();
        formats.forEach(origin -> byFormat.put(String.valueOf(origin.format()), origin.usage()));
        EnumMap<RejectionReason, Long> byReason = new EnumMap<>(RejectionReason.class);
        rejected.forEach((reason, adder) -> {
            long count = adder.sum();
            if (count > 0) {
                byReason.put(reason, count);
            }
        });
        return new SessionStatistics(byVersion, byFormat, byReason, duplicates.sum(), late.sum());
    }
}
