package dev.slipring.rotation;

import static dev.slipring.keyring.TimingParameter.LAG;
import static dev.slipring.keyring.TimingParameter.STALENESS;
import static dev.slipring.keyring.TimingParameter.WRITE_WINDOW;

import dev.slipring.keyring.SecretVersion;
import dev.slipring.keyring.VersionState;
import dev.slipring.rotation.Parts.Engine;
import dev.slipring.rotation.Parts.Made;
import dev.slipring.rotation.Parts.Next;
import dev.slipring.rotation.Parts.Old;
import dev.slipring.rotation.Parts.Outside;
import dev.slipring.rotation.Parts.Reader;
import dev.slipring.store.Phase;
import dev.slipring.store.SecretRecord;
import java.util.List;
import java.util.stream.IntStream;

/** What happens by itself: time passes, data is written and rewrapped, versions vanish. */
final class WorldMoves {
    private final Model model;
    private final Parts parts;
    private final Decisions decisions;
    private final RecordTime time;
    private final ReaderMoves readers;
    private final int readerFrom;
    private final int actors;

    WorldMoves(Model model, Parts parts, Decisions decisions, RecordTime time) {
        this.model = model;
        this.parts = parts;
        this.decisions = decisions;
        this.time = time;
        readers = new ReaderMoves(model, parts);
        readerFrom = model.engines();
        actors = readerFrom + model.readers();
    }

    void of(ModelState s, Successors out) {
        if (s.record() == Parts.NONE) {
            return;
        }
        if (IntStream.range(readerFrom, actors).allMatch(i -> readers.canWait(s, parts.reader(s.actor(i))))) {
            out.add(ticked(s), () -> "a tick passes");
        }
        SecretRecord record = parts.record(s.record());
        if (Allowance.JUMP.in(s.left()) && quiet(s, record)) {
            SecretRecord later = time.later(record, model.jump());
            out.add(
                    s.record(parts.number(later)).left(Allowance.JUMP.lessOne(s.left())),
                    () -> model.jump() + " pass in which nothing happens");
        }
        for (SecretVersion version : record.versions()) {
            if (version.state() == VersionState.RETIRING) {
                misfortune(s, version, out);
            }
        }
        if (model.policy(0).retirement() == Retirement.ON_CENSUS) {
            rows(s, out);
        }
    }

    private void misfortune(ModelState s, SecretVersion version, Successors out) {
        int number = version.number();
        Outside now = parts.outside(s.outside());
        if (Allowance.VANISH.in(s.left())
                && idle(s)
                && parts.past(s.past()).isEmpty()
                && unused(s, number)
                && (now.valid() >>> number & 1) != 0) {
            Outside less =
                    new Outside(now.valid() & ~(1 << number), now.gone(), now.stored(), now.erased(), now.orphans());
            out.add(
                    s.outside(parts.number(less)).left(Allowance.VANISH.lessOne(s.left())),
                    () -> "somebody else makes version " + number + " invalid at the issuer");
        }
    }

    private boolean idle(ModelState s) {
        return IntStream.range(0, readerFrom)
                .allMatch(i -> parts.engine(s.actor(i)).equals(Engine.IDLE));
    }

    private boolean unused(ModelState s, int version) {
        return IntStream.range(readerFrom, actors)
                .mapToObj(i -> parts.reader(s.actor(i)))
                .noneMatch(r -> r.up()
                        && (parts.view(r.view()).primary() == version
                                || r.next().view() != Parts.NONE));
    }

    /** Whether a long time can pass without anything but refreshes. */
    private boolean quiet(ModelState s, SecretRecord record) {
        return record.phase() == Phase.IDLE
                && idle(s)
                && parts.past(s.past()).isEmpty()
                && IntStream.range(readerFrom, actors)
                        .mapToObj(i -> parts.reader(s.actor(i)))
                        .allMatch(r -> !r.up()
                                || r.epoch() == record.epoch() && r.next().view() == Parts.NONE)
                && record.versions().stream().noneMatch(v -> v.state() == VersionState.RETIRING)
                && decisions.decision(decisions.next(s.record(), 0, 0)).rests();
    }

    /** Rows are wrapped by whoever has the key, and rewrapped by a job in a live replica. */
    private void rows(ModelState s, Successors out) {
        Made made = parts.made(s.made());
        for (int v = 1; v < made.newest().size(); v++) {
            int version = v;
            if (made.newest(v) != Parts.NEVER && (made.rows() >>> v & 1) == 0) {
                Made more = new Made(made.newest(), made.rows() | 1 << v);
                out.add(s.made(parts.number(more)), () -> "a row is wrapped by version " + version);
            }
            for (int i = readerFrom; i < actors; i++) {
                Reader reader = parts.reader(s.actor(i));
                int primary = reader.up() ? parts.view(reader.view()).primary() : v;
                if ((made.rows() >>> v & 1) != 0 && primary != v) {
                    int rows = made.rows() & ~(1 << v) | 1 << primary;
                    out.add(
                            s.made(parts.number(new Made(made.newest(), rows))),
                            () -> "all rows of version " + version + " are rewrapped by version " + primary);
                }
            }
        }
    }

    /** The state one tick later. */
    private ModelState ticked(ModelState s) {
        ModelState next = s.record(parts.later(s.record())).past(past(s)).made(made(s));
        for (int i = 0; i < readerFrom; i++) {
            next = next.actor(i, parts.number(later(parts.engine(s.actor(i)))));
        }
        for (int i = readerFrom; i < actors; i++) {
            next = next.actor(i, parts.number(later(s, parts.reader(s.actor(i)))));
        }
        return next;
    }

    private int past(ModelState s) {
        List<Old> past = parts.past(s.past()).stream()
                .filter(old -> old.age() + 1 < model.ticks(LAG))
                .map(old -> new Old(
                        old.record() == Parts.NONE ? Parts.NONE : parts.later(old.record()),
                        parts.laterView(old.view()),
                        old.epoch(),
                        old.age() + 1))
                .toList();
        return parts.number(past);
    }

    private int made(ModelState s) {
        Made made = parts.made(s.made());
        List<Integer> later = made.newest().stream()
                .map(age -> age == Parts.NEVER || age + 1 > model.life() ? Parts.NEVER : age + 1)
                .toList();
        return parts.number(new Made(later, made.rows()));
    }

    private Engine later(Engine engine) {
        if (!engine.pending()) {
            int evidence = parts.laterEvidence(engine.evidence());
            return evidence == 0 ? Engine.IDLE : new Engine(evidence, engine.seen(), Parts.NONE, 0);
        }
        boolean writes = decisions.decision(engine.decision()).writes();
        int longest = model.ticks(WRITE_WINDOW) + (writes ? 0 : lateness());
        return engine.age() >= longest
                ? Engine.IDLE
                : new Engine(
                        parts.laterEvidence(engine.evidence()), engine.seen(), engine.decision(), engine.age() + 1);
    }

    /** How many ticks after its window a statement may still take effect: it has to do so before the deadline. */
    private int lateness() {
        return Math.max(0, (int) model.traits().statementDeadline().toSeconds() - 1);
    }

    private Reader later(ModelState s, Reader reader) {
        if (!reader.up()) {
            return reader;
        }
        boolean confirmed = readers.live(reader) && readers.readable(s, reader);
        int age = confirmed ? 1 : Math.min(reader.age(), model.ticks(STALENESS)) + 1;
        Next next = reader.next().view() == Parts.NONE
                ? Next.NOTHING
                : new Next(
                        parts.laterView(reader.next().view()),
                        reader.next().epoch(),
                        reader.next().age() + 1);
        return new Reader(parts.laterView(reader.view()), reader.epoch(), age, next);
    }
}
