package dev.slipring;

import dev.slipring.CrashEvent.Kind;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The merged logs of all processes, in order of time. Immutable. */
final class CrashLog {
    private final List<CrashEvent> events;
    private final Map<String, TreeMap<Long, CrashEvent>> records;

    private CrashLog(List<CrashEvent> events) {
        this.events = events;
        this.records = events.stream()
                .filter(event -> event.kind() == Kind.RECORD)
                .collect(Collectors.groupingBy(
                        CrashEvent::secret,
                        TreeMap::new,
                        Collectors.toMap(event -> event.number("epoch"), e -> e, (a, b) -> a, TreeMap::new)));
    }

    static CrashLog of(Collection<CrashEvent> events) {
        return new CrashLog(
                events.stream().sorted(Comparator.comparingLong(CrashEvent::at)).toList());
    }

    List<CrashEvent> all(Kind kind) {
        return events.stream().filter(event -> event.kind() == kind).toList();
    }

    List<CrashEvent> all(Kind kind, String secret) {
        return events.stream()
                .filter(event -> event.kind() == kind && event.secret().equals(secret))
                .toList();
    }

    Collection<String> secrets() {
        return records.keySet();
    }

    /** The records of a secret by ascending epoch. */
    Collection<CrashEvent> records(String secret) {
        return records.get(secret).values();
    }

    /** The record of the highest epoch. */
    CrashEvent last(String secret) {
        return records.get(secret).lastEntry().getValue();
    }

    /** A version as the record of an epoch shows it; empty if that record does not have it. */
    Optional<CrashEvent.Version> version(String secret, long epoch, long number) {
        return Optional.ofNullable(records.get(secret).get(epoch)).stream()
                .flatMap(record -> record.versions().stream())
                .filter(version -> version.number() == number)
                .findFirst();
    }
}
