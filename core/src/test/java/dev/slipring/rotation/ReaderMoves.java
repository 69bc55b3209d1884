package dev.slipring.rotation;

import static dev.slipring.keyring.TimingParameter.ADOPTION;
import static dev.slipring.keyring.TimingParameter.LAG;
import static dev.slipring.keyring.TimingParameter.STALENESS;

import dev.slipring.rotation.Parts.Next;
import dev.slipring.rotation.Parts.Old;
import dev.slipring.rotation.Parts.Reader;

/** What a replica that uses the secret can do: read, hand what it has read to its users, lose the store, start again. */
final class ReaderMoves {
    private final Model model;
    private final Parts parts;
    private final int staleness;
    private final int adoption;

    ReaderMoves(Model model, Parts parts) {
        this.model = model;
        this.parts = parts;
        staleness = model.ticks(STALENESS);
        adoption = model.ticks(ADOPTION);
    }

    void of(ModelState s, int actor, Successors out) {
        if (s.record() == Parts.NONE) {
            return;
        }
        Reader reader = parts.reader(s.actor(actor));
        Parts.Facts facts = parts.facts(s.record());
        reads(s, actor, new Reader(facts.view(), facts.epoch(), 0, Next.NOTHING), out);
        for (Old old : parts.past(s.past())) {
            if (old.age() < model.ticks(LAG)) {
                reads(s, actor, new Reader(old.view(), old.epoch(), 0, Next.NOTHING), out);
            }
        }
        if (reader.next().view() != Parts.NONE) {
            out.add(
                    s.actor(actor, parts.number(adopted(reader))),
                    () -> name(actor) + " adopts epoch " + reader.next().epoch());
        }
        if (model.has(Model.Feature.OUTAGES) && live(reader)) {
            Reader stale = new Reader(reader.view(), reader.epoch(), staleness + 1, reader.next());
            out.add(s.actor(actor, parts.number(stale)), () -> name(actor) + " has lost the store for longer than L");
        }
    }

    private void reads(ModelState s, int actor, Reader fresh, Successors out) {
        Reader reader = parts.reader(s.actor(actor));
        boolean back = fresh.epoch() < reader.newest();
        if (!reader.up() || model.has(Model.Feature.RESTARTS) && (back || adoption > 0)) {
            out.add(s.actor(actor, parts.number(fresh)), () -> name(actor) + " starts with epoch " + fresh.epoch());
        }
        if (reader.up() && !back && (fresh.epoch() > reader.newest() || !live(reader))) {
            out.add(
                    s.actor(actor, parts.number(refreshed(reader, fresh))),
                    () -> name(actor) + " reads epoch " + fresh.epoch());
        }
    }

    private Reader refreshed(Reader reader, Reader fresh) {
        if (adoption == 0) {
            return fresh;
        }
        boolean hasNext = reader.next().view() != Parts.NONE;
        if (hasNext && reader.next().view() == fresh.view()) {
            return new Reader(reader.view(), reader.epoch(), 0, reader.next());
        }
        Reader now = hasNext ? adopted(reader) : reader;
        return now.view() == fresh.view()
                ? fresh
                : new Reader(now.view(), now.epoch(), 0, new Next(fresh.view(), fresh.epoch(), 0));
    }

    private static Reader adopted(Reader reader) {
        return new Reader(reader.next().view(), reader.next().epoch(), reader.age(), Next.NOTHING);
    }

    /**
     * Whether the replica can let a tick pass. As long as a read may still answer what it has read last, it reads that once
     * more at the last moment, which is the worst that it can do.
     */
    boolean canWait(ModelState s, Reader reader) {
        return !live(reader)
                || (reader.next().view() == Parts.NONE || reader.next().age() < adoption)
                        && (reader.age() < staleness || readable(s, reader));
    }

    /** Whether a read may still answer what the replica has read last. */
    boolean readable(ModelState s, Reader reader) {
        return parts.facts(s.record()).epoch() == reader.newest()
                || parts.past(s.past()).stream()
                        .anyMatch(old -> old.epoch() == reader.newest() && old.age() < model.ticks(LAG));
    }

    boolean live(Reader reader) {
        return reader.up() && reader.age() <= staleness;
    }

    private static String name(int actor) {
        return "replica " + actor;
    }
}
