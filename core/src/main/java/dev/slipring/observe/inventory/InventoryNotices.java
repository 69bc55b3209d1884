package dev.slipring.observe.inventory;

import dev.slipring.keyring.Mark;
import dev.slipring.keyring.SecretVersion;
import dev.slipring.keyring.TimingParameter;
import dev.slipring.keyring.VersionState;
import dev.slipring.observe.inventory.InventoryNotice.Attention;
import dev.slipring.observe.inventory.InventoryNotice.Kind;
import dev.slipring.store.Emergency;
import dev.slipring.store.Freeze;
import dev.slipring.store.Orders;
import dev.slipring.store.SecretRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** Finds in a record what should not be overlooked. Not thread-safe. */
final class InventoryNotices {
    private final SecretRecord record;
    private final Instant readAt;
    private final Optional<InventoryEntry.Due> due;
    private final Instant at;
    private final List<InventoryNotice> found = new ArrayList<>();

    InventoryNotices(InventoryEntry.Known known, Optional<InventoryEntry.Due> due, Instant at) {
        record = known.record();
        readAt = known.readAt();
        this.due = due;
        this.at = at;
    }

    /** All of them, the most urgent first. */
    List<InventoryNotice> all() {
        addEmergency(record.orders());
        due.ifPresent(this::addAge);
        record.versions().forEach(this::addMarks);
        addClosing(record.orders());
        record.orders().freezes().forEach(this::addFreeze);
        record.lastError().ifPresent(code -> add(Kind.FAILED, Attention.LOOK, "in this rotation: " + code));
        addStale();
        return found.stream()
                .sorted((a, b) -> b.attention().compareTo(a.attention()))
                .toList();
    }

    private void add(Kind kind, Attention attention, String detail) {
        found.add(new InventoryNotice(kind, attention, detail));
    }

    private void addEmergency(Orders orders) {
        if (orders.emergency().isPresent()) {
            Emergency emergency = orders.emergency().get();
            String members = emergency.versions().stream().map(String::valueOf).collect(Collectors.joining(", "));
            String plan = emergency.plan().name().toLowerCase(Locale.ROOT).replace('_', ' ');
            add(Kind.EMERGENCY, Attention.ACT, "versions " + members + ", " + plan + ": " + told(emergency.declared()));
        }
    }

    private void addAge(InventoryEntry.Due deadlines) {
        if (!at.isBefore(deadlines.hard())) {
            add(Kind.OVERDUE, Attention.ACT, "the primary version reached its maximum age " + when(deadlines.hard()));
        } else if (!at.isBefore(deadlines.page())) {
            add(Kind.PAGE, Attention.ACT, "the primary version reaches its maximum age " + when(deadlines.hard()));
        } else if (!at.isBefore(deadlines.warn())) {
            add(Kind.WARN, Attention.LOOK, "the primary version reaches its maximum age " + when(deadlines.hard()));
        }
    }

    private void addMarks(SecretVersion version) {
        if (version.state() == VersionState.DESTROYED) {
            return;
        }
        String name = "version " + version.number();
        boolean revoked = version.state() == VersionState.REVOKED;
        version.compromised()
                .ifPresent(mark -> add(
                        Kind.COMPROMISED,
                        revoked ? Attention.NONE : Attention.ACT,
                        name + (revoked ? ", which is revoked: " : ": ") + told(mark)));
        version.held().ifPresent(mark -> add(Kind.HELD, Attention.LOOK, name + ": " + told(mark)));
    }

    private void addClosing(Orders orders) {
        boolean gone = record.versions().stream().noneMatch(v -> v.state().produces());
        orders.closing()
                .ifPresent(mark ->
                        add(gone ? Kind.RETIRED : Kind.CLOSING, gone ? Attention.NONE : Attention.LOOK, told(mark)));
    }

    private void addFreeze(Freeze freeze) {
        if (at.isBefore(freeze.until())) {
            add(
                    Kind.FROZEN,
                    freeze.covers(at) ? Attention.LOOK : Attention.NONE,
                    "from " + Spoken.moment(freeze.from()) + " until " + Spoken.moment(freeze.until()) + ": "
                            + told(freeze.ordered()));
        }
    }

    private void addStale() {
        Duration ago = Spoken.between(readAt, at);
        Duration lease = record.rotation().timing().get(TimingParameter.STALENESS);
        if (ago.compareTo(lease) > 0) {
            add(
                    Kind.STALE,
                    Attention.LOOK,
                    "what is shown was read " + Spoken.duration(ago) + " before, its lease is "
                            + Spoken.duration(lease));
        }
    }

    private String when(Instant instant) {
        return "at " + Spoken.moment(instant) + ", " + Spoken.relative(at, instant);
    }

    private static String told(Mark mark) {
        return mark.reason() + " (" + mark.by() + ", " + Spoken.moment(mark.at()) + ")";
    }
}
