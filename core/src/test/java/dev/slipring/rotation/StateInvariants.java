package dev.slipring.rotation;

import dev.slipring.keyring.SecretVersion;
import dev.slipring.keyring.VersionState;
import dev.slipring.rotation.Parts.Facts;
import dev.slipring.rotation.Parts.Made;
import dev.slipring.rotation.Parts.Outside;
import dev.slipring.rotation.Parts.Reader;
import dev.slipring.store.Phase;
import dev.slipring.store.SecretRecord;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What must be true of every state. */
final class StateInvariants {
    /** A broken invariant, and how. */
    record Broken(String invariant, String how) {}

    private final Model model;
    private final Parts parts;
    private final ReaderMoves moves;
    private final int grace;
    private final Set<Long> sound = new HashSet<>();

    StateInvariants(Model model, Parts parts) {
        this.model = model;
        this.parts = parts;
        moves = new ReaderMoves(model, parts);
        grace = (int) model.policy(0).timing().horizon().toSeconds();
    }

    Optional<Broken> of(ModelState s) {
        if (s.record() == Parts.NONE) {
            return Optional.empty();
        }
        Optional<Broken> values = sound.contains(key(s)) ? Optional.empty() : values(s);
        if (values.isPresent()) {
            return values;
        }
        sound.add(key(s));
        for (int i = 0; i < model.readers(); i++) {
            Reader reader = parts.reader(s.actor(model.engines() + i));
            Optional<Broken> unusable = moves.live(reader) ? used(s, reader, model.skew(i)) : kept(s, reader);
            if (unusable.isPresent()) {
                return unusable;
            }
        }
        return Optional.empty();
    }

    /** Where the issuer can tell, a replica that has lost the store is not forgotten. */
    private Optional<Broken> kept(ModelState s, Reader reader) {
        return reader.up() && model.traits().reportsUse() && leaving(s, reader)
                ? broken(
                        "NoRevokeInUse",
                        "the issuer could tell that a replica without store uses version "
                                + parts.view(reader.view()).primary() + ", which is being revoked")
                : Optional.empty();
    }

    private Optional<Broken> used(ModelState s, Reader reader, int skew) {
        if (leaving(s, reader)) {
            return broken(
                    "NoRevokeInUse",
                    "a live replica produces with version "
                            + parts.view(reader.view()).primary() + ", which is being revoked or gone");
        }
        if (excused(s, reader) || parts.view(parts.facts(s.record()).view()).primary() == 0) {
            return Optional.empty();
        }
        Optional<Broken> resolved = resolved(s, reader);
        if (resolved.isPresent()) {
            return resolved;
        }
        Optional<Broken> refused = refused(s, reader);
        return refused.isPresent() || model.life() == 0 ? refused : made(s, reader, skew);
    }

    /** Whether a replica produces with what is being revoked, an emergency's and a closing's stated exceptions apart. */
    private boolean leaving(ModelState s, Reader reader) {
        Facts facts = parts.facts(s.record());
        boolean closing = parts.record(s.record()).orders().closing().isPresent();
        return !closing
                && (facts.leaving()
                                & ~facts.compromised()
                                & 1 << parts.view(reader.view()).primary())
                        != 0;
    }

    /** Whether a replica lags behind an emergency that does not wait for it. */
    private boolean excused(ModelState s, Reader reader) {
        Facts facts = parts.facts(s.record());
        return facts.compromised() != 0 && model.has(Allowance.LEAK) && reader.view() != facts.view();
    }

    /** Whether the issuer refuses what a live replica presents, or a live replica what the issuer signs. */
    private Optional<Broken> refused(ModelState s, Reader reader) {
        boolean gap = parts.facts(s.record()).compromised() != 0
                && parts.record(s.record()).phase() == Phase.ABORTING;
        if (!model.traits().revokes() || gap) {
            return Optional.empty();
        }
        View view = parts.view(reader.view());
        int valid = parts.outside(s.outside()).valid();
        boolean usable;
        if (model.kind() == SecretKind.INBOUND) {
            usable = valid != 0 && (valid & ~view.accepted()) == 0;
        } else {
            usable = (valid & (model.switching() ? view.accepted() : 1 << view.primary())) != 0;
        }
        return usable
                ? Optional.empty()
                : broken(
                        "AlwaysUsable",
                        "a live replica produces with version " + view.primary() + " and accepts "
                                + numbers(view.accepted()) + ", valid at the issuer are " + numbers(valid));
    }

    /** Whether an emergency is said to be over while a replica still goes by what was before. */
    private Optional<Broken> resolved(ModelState s, Reader reader) {
        boolean over = parts.record(s.record()).orders().emergency().isEmpty();
        int primary = parts.view(reader.view()).primary();
        return over && !model.traits().probes() && (parts.facts(s.record()).compromised() >>> primary & 1) != 0
                ? broken("ResolvedWhenOver", "a live replica still produces with version " + primary)
                : Optional.empty();
    }

    /** Whether what was made is accepted by a live replica whose clock says that it lives. */
    private Optional<Broken> made(ModelState s, Reader reader, int skew) {
        Made made = parts.made(s.made());
        View view = parts.view(reader.view());
        boolean rows = model.policy(0).retirement() == Retirement.ON_CENSUS;
        for (int v = 1; v < made.newest().size(); v++) {
            int age = made.newest(v);
            if ((parts.facts(s.record()).compromised() >>> v & 1) != 0) {
                continue;
            }
            boolean exists = rows ? (made.rows() >>> v & 1) != 0 : age != Parts.NEVER && age + skew <= model.life();
            if (exists && !view.accepts(v, rows ? 0 : age, grace)) {
                boolean early = v > view.newest() || (view.accepted() >>> v & 1) != 0;
                return broken(
                        early ? "NoEarlyUse" : "NoRevokeInUse",
                        "a live replica that accepts " + numbers(view.accepted())
                                + " rejects what was made with version " + v + " " + age + " ticks ago");
            }
        }
        return Optional.empty();
    }

    private static long key(ModelState s) {
        return Parts.key(s.record(), s.outside());
    }

    /** What record and world say of each other. */
    private Optional<Broken> values(ModelState s) {
        Outside outside = parts.outside(s.outside());
        Facts facts = parts.facts(s.record());
        View view = parts.view(facts.view());
        SecretRecord record = parts.record(s.record());
        if ((view.accepted() & ~outside.stored()) != 0) {
            return broken(
                    "AlwaysUsable",
                    "nobody can load what is accepted, " + numbers(view.accepted()) + ", since the values stored are "
                            + numbers(outside.stored()));
        }
        if (Integer.bitCount(record.versions().stream()
                                .filter(v -> v.state() == VersionState.PRIMARY)
                                .mapToInt(v -> 1 << v.number())
                                .sum())
                        != 1
                && record.orders().closing().isEmpty()) {
            return broken("SinglePrimary", Told.record(record));
        }
        int alive = outside.valid() & facts.revoked() & facts.known();
        if (model.traits().revokes() && alive != 0) {
            return broken("NoLostKey", "alive at the issuer and revoked in the record: " + numbers(alive));
        }
        return destroyed(record, outside);
    }

    private static Optional<Broken> destroyed(SecretRecord record, Outside outside) {
        for (SecretVersion version : record.versions()) {
            if (version.state() == VersionState.DESTROYED && (outside.stored() >>> version.number() & 1) != 0) {
                return broken(
                        "ErasedWhenSaid", "version " + version.number() + " is DESTROYED and its value is stored");
            }
        }
        return Optional.empty();
    }

    private static Optional<Broken> broken(String invariant, String how) {
        return Optional.of(new Broken(invariant, how));
    }

    private static List<Integer> numbers(int set) {
        List<Integer> numbers = new ArrayList<>();
        for (int i = 0; i < 32; i++) {
            if ((set >>> i & 1) != 0) {
                numbers.add(i);
            }
        }
        return numbers;
    }
}
