package dev.slipring.rotation;

import dev.slipring.keyring.SecretVersion;
import dev.slipring.keyring.VersionState;
import dev.slipring.store.Emergency;
import dev.slipring.store.SecretRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What states are made of, each part numbered. Times are ages in ticks. Not thread-safe. */
final class Parts {
    static final int NONE = -1;

    private static final Duration LONGEST_PASS = Duration.ofSeconds(3);

    /** No time at all: for items and bounds that are not there. */
    static final int NEVER = Integer.MAX_VALUE;

    /** Which of the values are what, as sets of version numbers. */
    record Outside(int valid, int gone, int stored, int erased, int orphans) {
        @Override
        public int hashCode() {
            return Mixed.hash(valid, gone, stored, erased, orphans);
        }

        static final Outside NOTHING = new Outside(0, 0, 0, 0, 0);
    }

    /**
     * An older record that reads may still answer.
     *
     * @param record the record; none where only its view can matter
     * @param age how long ago another took its place
     */
    record Old(int record, int view, long epoch, int age) {
        @Override
        public int hashCode() {
            return Mixed.hash(record, view, epoch, age);
        }
    }

    /** The age of the newest item made with each version, and the versions that data at rest needs. */
    record Made(List<Integer> newest, int rows) {
        static final Made NOTHING = new Made(List.of(), 0);

        int newest(int version) {
            return version < newest.size() ? newest.get(version) : NEVER;
        }
    }

    /**
     * A replica that takes steps.
     *
     * @param evidence what it has learned
     * @param seen the epoch that it has learned that for
     * @param decision what it has decided to do and has not done yet
     * @param age how long ago it read what it decided on
     */
    record Engine(int evidence, long seen, int decision, int age) {
        @Override
        public int hashCode() {
            return Mixed.hash(evidence, seen, decision, age);
        }

        static final Engine IDLE = new Engine(0, 0, NONE, 0);

        boolean pending() {
            return decision != NONE;
        }
    }

    /**
     * A replica that uses the secret.
     *
     * @param view what its users have; none before its first read
     * @param epoch of the record that showed it
     * @param age how long ago it last read; beyond L it is not live
     * @param next what it has read and its users do not have yet
     */
    record Reader(int view, long epoch, int age, Next next) {
        @Override
        public int hashCode() {
            return Mixed.hash(view, epoch, age, next.view, next.epoch, next.age);
        }

        static final Reader DOWN = new Reader(NONE, 0, 0, Next.NOTHING);

        boolean up() {
            return view != NONE;
        }

        long newest() {
            return next.view == NONE ? epoch : next.epoch;
        }
    }

    /** What a reader has read and not adopted yet. */
    record Next(int view, long epoch, int age) {
        @Override
        public int hashCode() {
            return Mixed.hash(view, epoch, age);
        }

        static final Next NOTHING = new Next(NONE, 0, 0);
    }

    /** One key for a record and a world. */
    static long key(int record, int outside) {
        return (long) record << 16 | outside;
    }

    /** What of a record decides about a state. */
    record Facts(long epoch, int view, int leaving, int revoked, int known, int compromised) {}

    private final RecordTime time;
    private final Interned<SecretRecord> records = new Interned<>();
    private final List<Facts> facts = new ArrayList<>();
    private final Map<Integer, Integer> laterRecords = new HashMap<>();
    private final Map<Integer, Integer> laterViews = new HashMap<>();
    private final Interned<View> views = new Interned<>();
    private final Map<Integer, Integer> laterEvidences = new HashMap<>();
    private final Interned<Evidence> evidences = new Interned<>();
    private final Interned<Outside> outsides = new Interned<>();
    private final Interned<List<Old>> pasts = new Interned<>();
    private final Interned<Made> mades = new Interned<>();
    private final Interned<Engine> engines = new Interned<>();
    private final Interned<Reader> readers = new Interned<>();

    Parts(RecordTime time) {
        this.time = time;
        evidences.number(Evidence.none("r", 7));
        outsides.number(Outside.NOTHING);
        pasts.number(List.of());
        mades.number(Made.NOTHING);
        engines.number(Engine.IDLE);
        readers.number(Reader.DOWN);
    }

    int number(SecretRecord record) {
        int number = records.number(time.canonical(record));
        if (number == facts.size()) {
            facts.add(factsOf(records.value(number)));
        }
        return number;
    }

    private Facts factsOf(SecretRecord record) {
        int leaving = 0;
        int revoked = 0;
        int known = 0;
        int compromised = 0;
        for (SecretVersion version : record.versions()) {
            int bit = 1 << version.number();
            leaving |= version.state().compareTo(VersionState.REVOKING) >= 0 ? bit : 0;
            revoked |= version.state().compareTo(VersionState.REVOKED) >= 0 ? bit : 0;
            known |= version.fingerprint().isPresent() ? bit : 0;
            compromised |= version.compromised().isPresent() ? bit : 0;
        }
        for (int member : record.orders().emergency().map(Emergency::versions).orElse(Set.of())) {
            compromised |= 1 << member;
        }
        return new Facts(record.epoch(), views.number(time.view(record)), leaving, revoked, known, compromised);
    }

    SecretRecord record(int number) {
        return records.value(number);
    }

    Facts facts(int record) {
        return facts.get(record);
    }

    /** The record one tick later. */
    int later(int record) {
        return laterRecords.computeIfAbsent(record, r -> number(time.later(records.value(r), RecordTime.TICK)));
    }

    /** The view of an unchanged record one tick later. */
    int laterView(int view) {
        return laterViews.computeIfAbsent(view, v -> views.number(time.later(views.value(v))));
    }

    int number(View view) {
        return views.number(view);
    }

    View view(int number) {
        return views.value(number);
    }

    int number(Evidence evidence) {
        return evidences.number(evidence);
    }

    Evidence evidence(int number) {
        return evidences.value(number);
    }

    /**
     * Evidence one tick later: a census began one tick earlier. A pass that holds a census for very long is taken to
     * crash, or there would be no end of states.
     */
    int laterEvidence(int number) {
        return laterEvidences.computeIfAbsent(number, n -> {
            Evidence later = evidences.value(n);
            for (var entry : evidences.value(n).censuses().entrySet()) {
                Instant started = entry.getValue().startedAt().minus(RecordTime.TICK);
                if (started.isBefore(RecordTime.NOW.minus(LONGEST_PASS))) {
                    return 0;
                }
                later = later.counted(
                        entry.getKey(),
                        new CensusCount(started, entry.getValue().remaining()));
            }
            return evidences.number(later);
        });
    }

    int number(Outside outside) {
        return outsides.number(outside);
    }

    Outside outside(int number) {
        return outsides.value(number);
    }

    int number(List<Old> past) {
        return pasts.number(past);
    }

    List<Old> past(int number) {
        return pasts.value(number);
    }

    int number(Made made) {
        return mades.number(made);
    }

    Made made(int number) {
        return mades.value(number);
    }

    int number(Engine engine) {
        return engines.number(engine);
    }

    Engine engine(int number) {
        return engines.value(number);
    }

    int number(Reader reader) {
        return readers.number(reader);
    }

    Reader reader(int number) {
        return readers.value(number);
    }
}
