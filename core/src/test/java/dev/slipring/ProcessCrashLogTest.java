package dev.slipring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipring.CrashEvent.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every invariant of a crash test's log can fail: one planted violation and more for each. */
class ProcessCrashLogTest {
    private static final String LOGIN = "login";
    private static final long LIVE = CrashPlace.STALENESS.toNanos();
    private static final long LIFETIME = CrashPlace.LIFETIME.toNanos();

    private static final String FIRST = "1:PRIMARY:blue:f1:creation";
    private static final String OLD = "1:RETIRING:blue:f1:creation";
    private static final String GONE = "1:DESTROYED:blue:f1:creation";
    private static final String NEW = "2:PRIMARY:green:f2:r2";

    @TempDir
    Path temp;

    /** A rotation as it should be. */
    private static List<CrashEvent> good() {
        return new ArrayList<>(List.of(
                record(1, "IDLE", FIRST),
                record(2, "MINTING", FIRST, "2:STAGED:green::r2"),
                record(3, "PUBLISHED", FIRST, "2:PUBLISHED:green:f2:r2"),
                record(4, "OVERLAP", OLD, NEW),
                record(5, "OVERLAP", "1:REVOKING:blue:f1:creation", NEW),
                record(6, "OVERLAP", "1:REVOKED:blue:f1:creation", NEW),
                record(7, "IDLE", "1:REVOKED:blue:f1:creation", NEW),
                record(8, "IDLE", GONE, NEW),
                event(Kind.AUDITED, "epoch", "5", "action", "Intend"),
                event(Kind.WROTE, "epoch", "3", "digest", "d3", "step", "Publish"),
                view(3, "1:f1,2:f2"),
                view(5, "2:f2"),
                statement("install", 2, 0, false),
                statement("revoke", 1, 1, true),
                event(Kind.VALID, "slot", "green", "version", "2", "fingerprint", "f2"),
                event(Kind.KEPT, "version", "2", "fingerprint", "f2")));
    }

    @Test
    void rotation_asItShouldBe_breaksNothing() {
        assertThat(broken(good())).isEmpty();
    }

    static Stream<Arguments> violations() {
        return Stream.concat(recordViolations(), eventViolations());
    }

    private static Stream<Arguments> recordViolations() {
        return Stream.of(
                Arguments.of("an epoch is missing", without(2), CrashInvariant.CAS_ONCE),
                Arguments.of(
                        "the epoch has two contents",
                        with(event(Kind.VIEW, "epoch", "4", "digest", "other", "accepted", "1:f1,2:f2")),
                        CrashInvariant.CAS_ONCE),
                Arguments.of(
                        "two processes won an epoch",
                        with(event(Kind.WROTE, "epoch", "3", "digest", "d3", "step", "Publish")),
                        CrashInvariant.CAS_ONCE),
                Arguments.of("two are primary", replaced(4, FIRST, NEW), CrashInvariant.SINGLE_PRIMARY),
                Arguments.of(
                        "none is primary", replaced(4, OLD, "2:PUBLISHED:green:f2:r2"), CrashInvariant.SINGLE_PRIMARY),
                Arguments.of(
                        "two are being revoked",
                        with(record(9, "IDLE", GONE, NEW, "3:REVOKING::f3:r3", "4:REVOKING::f4:r4")),
                        CrashInvariant.SINGLE_PRIMARY),
                Arguments.of(
                        "two are on their way",
                        with(record(9, "MINTING", GONE, NEW, "3:STAGED::f3:r3", "4:PUBLISHED::f4:r4")),
                        CrashInvariant.SINGLE_PRIMARY),
                Arguments.of("a version is forgotten", replaced(8, NEW), CrashInvariant.NO_VERSION_LOST),
                Arguments.of(
                        "a number is skipped",
                        with(record(9, "MINTING", GONE, NEW, "4:STAGED:blue::r4")),
                        CrashInvariant.NO_VERSION_LOST),
                Arguments.of(
                        "a number is reused",
                        replaced(8, GONE, "2:PRIMARY:green:f2:r3"),
                        CrashInvariant.NO_VERSION_LOST),
                Arguments.of("a version comes back", replaced(7, OLD, NEW), CrashInvariant.NO_VERSION_LOST),
                Arguments.of(
                        "a slot is in two hands", replaced(4, OLD, "2:PRIMARY:blue:f2:r2"), CrashInvariant.SLOT_OWNED),
                Arguments.of("a version is not revoked", without(8), CrashInvariant.CONVERGES),
                Arguments.of("a rotation is under way", inPhase(8, "OVERLAP", GONE, NEW), CrashInvariant.CONVERGES));
    }

    private static Stream<Arguments> eventViolations() {
        return Stream.of(
                Arguments.of("a view goes back", with(view(4, "1:f1,2:f2")), CrashInvariant.MONOTONE_VIEW),
                Arguments.of("a view has another value", with(view(6, "2:torn")), CrashInvariant.ONE_VALUE),
                Arguments.of(
                        "the issuer has another value",
                        changed(Kind.VALID, "fingerprint", "torn"),
                        CrashInvariant.ONE_VALUE),
                Arguments.of(
                        "the store has another value",
                        changed(Kind.KEPT, "fingerprint", "torn"),
                        CrashInvariant.ONE_VALUE),
                Arguments.of("the value is lost", without(Kind.KEPT), CrashInvariant.ONE_VALUE),
                Arguments.of(
                        "the record has another fingerprint",
                        replaced(8, GONE, "2:PRIMARY:green:f3:r2"),
                        CrashInvariant.ONE_VALUE),
                Arguments.of(
                        "a token was made with another value",
                        with(rejected(2, 5, LIVE, LIVE, "forged")),
                        CrashInvariant.ONE_VALUE),
                Arguments.of("the primary is not valid", without(Kind.VALID), CrashInvariant.NO_LOST_KEY),
                Arguments.of(
                        "a revoked version is valid",
                        with(event(Kind.VALID, "slot", "blue", "version", "1", "fingerprint", "f1")),
                        CrashInvariant.NO_LOST_KEY),
                Arguments.of(
                        "an orphan is valid",
                        with(event(Kind.VALID, "slot", "blue", "version", "3", "fingerprint", "f3")),
                        CrashInvariant.NO_LOST_KEY),
                Arguments.of(
                        "a valid login is taken over",
                        with(statement("install", 3, 1, true)),
                        CrashInvariant.SLOT_OWNED),
                Arguments.of(
                        "a late statement has an effect",
                        with(statement("revoke", 1, 3, true)),
                        CrashInvariant.SLOT_OWNED),
                Arguments.of(
                        "a version is used before it is known",
                        with(rejected(2, 2, LIVE, LIVE, "unknown")),
                        CrashInvariant.NO_EARLY_USE),
                Arguments.of(
                        "a version is used before its record",
                        with(rejected(2, 1, LIVE, LIVE, "unknown")),
                        CrashInvariant.NO_EARLY_USE),
                Arguments.of(
                        "a version is revoked in use",
                        with(rejected(1, 5, LIVE, LIVE, "unknown")),
                        CrashInvariant.NO_REVOKE_IN_USE),
                Arguments.of(
                        "a live process is shut out",
                        with(event(Kind.DENIED, "version", "2", "epoch", "5", "age", String.valueOf(LIVE))),
                        CrashInvariant.ALWAYS_USABLE),
                Arguments.of("nobody was told", without(Kind.AUDITED), CrashInvariant.AUDIT_FIRST));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("violations")
    void log_withAViolation_breaksItsInvariant(String what, List<CrashEvent> log, CrashInvariant expected) {
        assertThat(broken(log)).as(what).contains(expected);
    }

    @Test
    void refusals_byOrOfProcessesThatAreNotLive_breakNothing() {
        List<CrashEvent> log = with(
                rejected(2, 2, LIVE + 1, LIVE, "unknown"),
                rejected(1, 5, LIVE, LIVE + 1, "unknown"),
                event(Kind.DENIED, "version", "1", "epoch", "4", "age", String.valueOf(LIVE + 1)));

        assertThat(broken(log)).isEmpty();
    }

    @Test
    void refusal_ofAnExpiredToken_breaksNothing() {
        CrashEvent late = rejected(1, 5, LIVE, LIVE, "unknown");
        Map<String, String> facts = new HashMap<>(late.facts());
        facts.put("made", String.valueOf(late.at() - LIFETIME));

        assertThat(broken(with(new CrashEvent(late.at(), late.process(), late.kind(), LOGIN, facts))))
                .isEmpty();
    }

    @Test
    void lines_tornByAKill_areLeftOutAndSpoilNoOther() throws IOException {
        Path file = temp.resolve("log");
        CrashEvent event = view(3, "1:f1,2:f2");
        try (AppendedLines before = AppendedLines.in(file)) {
            before.append(event.line());
            Files.writeString(file, "\n17 p1 MADE logi", StandardOpenOption.APPEND);
            try (AppendedLines following = AppendedLines.follow(file, false)) {
                assertThat(following.read()).containsExactly(event.line());
                before.append(event.line());
                assertThat(following.read()).containsExactly(event.line());
                assertThat(following.read()).isEmpty();
            }
        }
        assertThat(CrashEvent.parse(event.line())).contains(event);
    }

    // ---- logs

    private static List<CrashInvariant> broken(List<CrashEvent> events) {
        return CrashInvariant.broken(CrashLog.of(events)).stream()
                .map(text -> CrashInvariant.valueOf(text.substring(0, text.indexOf(' '))))
                .distinct()
                .toList();
    }

    private static List<CrashEvent> with(CrashEvent... more) {
        List<CrashEvent> events = good();
        events.addAll(List.of(more));
        return events;
    }

    private static List<CrashEvent> without(long epoch) {
        List<CrashEvent> events = good();
        events.removeIf(event -> event.kind() == Kind.RECORD && event.number("epoch") == epoch);
        return events;
    }

    private static List<CrashEvent> without(Kind kind) {
        List<CrashEvent> events = good();
        events.removeIf(event -> event.kind() == kind);
        return events;
    }

    private static List<CrashEvent> replaced(long epoch, String... versions) {
        CrashEvent before = good().stream()
                .filter(event -> event.kind() == Kind.RECORD && event.number("epoch") == epoch)
                .findFirst()
                .orElseThrow();
        return inPhase(epoch, before.fact("phase"), versions);
    }

    private static List<CrashEvent> inPhase(long epoch, String phase, String... versions) {
        List<CrashEvent> events = without(epoch);
        events.add(record(epoch, phase, versions));
        return events;
    }

    private static List<CrashEvent> changed(Kind kind, String fact, String value) {
        List<CrashEvent> events = good();
        events.replaceAll(event -> {
            if (event.kind() != kind) {
                return event;
            }
            Map<String, String> facts = new HashMap<>(event.facts());
            facts.put(fact, value);
            return new CrashEvent(event.at(), event.process(), kind, LOGIN, facts);
        });
        return events;
    }

    private static CrashEvent record(long epoch, String phase, String... versions) {
        return event(
                Kind.RECORD,
                "epoch",
                String.valueOf(epoch),
                "digest",
                "d" + epoch,
                "phase",
                phase,
                "versions",
                String.join(",", versions));
    }

    private static CrashEvent view(long epoch, String accepted) {
        return event(Kind.VIEW, "epoch", String.valueOf(epoch), "digest", "d" + epoch, "accepted", accepted);
    }

    private static CrashEvent statement(String statement, int version, int owner, boolean ownerValid) {
        return event(
                Kind.STATED,
                "statement",
                statement,
                "slot",
                "blue",
                "version",
                String.valueOf(version),
                "owner",
                String.valueOf(owner),
                "ownerValid",
                String.valueOf(ownerValid));
    }

    /** A token that was rejected at the last moment of its life. */
    private static CrashEvent rejected(int version, long epoch, long makerAge, long age, String reason) {
        return event(
                Kind.REJECTED,
                "version",
                String.valueOf(version),
                "epoch",
                String.valueOf(epoch),
                "makerAge",
                String.valueOf(makerAge),
                "age",
                String.valueOf(age),
                "reason",
                reason,
                "made",
                String.valueOf(1 - LIFETIME + 1));
    }

    private static CrashEvent event(Kind kind, String... facts) {
        Map<String, String> all = new HashMap<>();
        for (int i = 0; i < facts.length; i += 2) {
            all.put(facts[i], facts[i + 1]);
        }
        return new CrashEvent(1, "p1", kind, LOGIN, all);
    }
}
