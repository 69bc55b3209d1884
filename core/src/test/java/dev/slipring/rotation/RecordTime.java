package dev.slipring.rotation;

import static dev.slipring.keyring.TimingParameter.LAG;
import static dev.slipring.keyring.TimingParameter.LIFETIME;
import static dev.slipring.keyring.TimingParameter.OVERLAP;
import static dev.slipring.keyring.TimingParameter.PUBLISH;
import static dev.slipring.keyring.TimingParameter.SKEW;
import static dev.slipring.keyring.TimingParameter.SOAK;

import dev.slipring.keyring.Mark;
import dev.slipring.keyring.SecretVersion;
import dev.slipring.keyring.Stamp;
import dev.slipring.keyring.Timing;
import dev.slipring.keyring.VersionState;
import dev.slipring.store.Emergency;
import dev.slipring.store.Freeze;
import dev.slipring.store.Orders;
import dev.slipring.store.SecretRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Records without absolute time. In every state it is {@link #NOW}, and a stamp older than the longest duration that any
 * guard counts from it is as old as that duration, so that there are finitely many records. Stamps of one kind keep
 * their order, since guards ask for the latest. The moments of marks, which no guard reads, are forgotten.
 */
final class RecordTime {
    static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");
    static final Duration TICK = Duration.ofSeconds(1);

    private final Model model;
    private final Duration overlap;
    private final Duration publish;
    private final Duration horizon;
    private final Duration soak;
    private final Duration landed;
    private final int farthestBound;

    RecordTime(Model model) {
        this.model = model;
        Timing timing = model.policy(0).timing().raisedTo(model.policy(1).timing());
        horizon = timing.horizon();
        publish = timing.get(PUBLISH);
        landed = timing.get(LAG).plus(model.traits().statementDeadline());
        soak = max(timing.get(SOAK), landed);
        farthestBound = (int) horizon.plus(timing.get(LIFETIME))
                        .plus(timing.get(SKEW).multipliedBy(2))
                        .toSeconds()
                + 2;
        overlap = max(
                max(
                        timing.get(OVERLAP).multipliedBy(3).dividedBy(2),
                        horizon.plus(model.policy(0).cachedKeyLife())),
                model.life() > 0 ? Duration.ofSeconds(farthestBound) : Duration.ZERO);
    }

    /** The record after so much time. */
    SecretRecord later(SecretRecord record, Duration by) {
        SecretRecord later = record;
        for (SecretVersion version : record.versions()) {
            for (var entry : version.stamps().entrySet()) {
                later = later.with(
                        version.number(),
                        v -> v.stamped(entry.getKey(), entry.getValue().minus(by)));
            }
        }
        return later.with(laterOrders(record.orders(), by));
    }

    private static Orders laterOrders(Orders orders, Duration by) {
        List<Freeze> freezes = orders.freezes().stream()
                .map(f -> new Freeze(f.from().minus(by), f.until().minus(by), f.ordered()))
                .toList();
        return orders.freezes(freezes)
                .closing(orders.closing().map(m -> new Mark(m.at().minus(by), m.by(), m.reason())));
    }

    /** What is over does not count any more, and when an emergency was declared does not matter. */
    private Orders canonical(Orders orders) {
        List<Freeze> freezes = orders.freezes().stream()
                .filter(f -> NOW.isBefore(f.until()))
                .map(f -> new Freeze(NOW.isBefore(f.from()) ? f.from() : NOW, f.until(), forgotten(f.ordered())))
                .toList();
        Instant longAgo = NOW.minus(overlap).minus(TICK);
        return orders.freezes(freezes)
                .closing(orders.closing()
                        .map(m -> new Mark(m.at().isBefore(longAgo) ? longAgo : m.at(), m.by(), m.reason())))
                .emergency(orders.emergency()
                        .map(e -> new Emergency(e.versions(), e.plan(), e.readsDenied(), forgotten(e.declared()))));
    }

    private static Mark forgotten(Mark mark) {
        return new Mark(NOW, mark.by(), mark.reason());
    }

    SecretRecord canonical(SecretRecord record) {
        SecretRecord canonical = record;
        for (Stamp stamp : Stamp.values()) {
            List<SecretVersion> stamped = new ArrayList<>(record.versions());
            stamped.removeIf(v -> v.at(stamp).isEmpty());
            stamped.sort(Comparator.comparing((SecretVersion v) -> at(v, stamp)).reversed());
            for (int i = 0; i < stamped.size(); i++) {
                SecretVersion version = stamped.get(i);
                Instant clamped = clamped(version, stamp, i);
                canonical = canonical.with(version.number(), v -> v.stamped(stamp, clamped));
            }
        }
        for (SecretVersion version : record.versions()) {
            canonical = canonical.with(version.number(), RecordTime::unmarked);
        }
        return canonical.with(canonical(record.orders()));
    }

    private static SecretVersion unmarked(SecretVersion version) {
        SecretVersion held = version.held(version.held().map(m -> new Mark(NOW, m.by(), m.reason())));
        return held.compromised()
                .map(m -> held.compromised(new Mark(NOW, m.by(), m.reason())))
                .orElse(held);
    }

    private Instant clamped(SecretVersion version, Stamp stamp, int rank) {
        Instant at = at(version, stamp);
        Duration age = Duration.between(at, NOW);
        boolean jumped = stamp == Stamp.PRIMARY || stamp == Stamp.REVOKED;
        if (jumped && age.compareTo(model.jump()) >= 0) {
            return NOW.minus(model.jump()).minusNanos(rank);
        }
        Optional<Duration> longest = longest(version, stamp);
        if (longest.isEmpty() || age.compareTo(longest.get()) > 0) {
            return NOW.minus(longest.orElse(Duration.ZERO)).minusNanos(rank);
        }
        return at;
    }

    /** The longest duration that is counted from a stamp; empty if none is in this state. */
    private Optional<Duration> longest(SecretVersion version, Stamp stamp) {
        return switch (stamp) {
            case PUBLISHED ->
                version.state() == VersionState.PUBLISHED
                        ? Optional.of(max(publish, landed))
                        : model.traits().orphans() ? Optional.of(landed) : Optional.empty();
            case RETIRING -> Optional.of(overlap);
            case REVOKED -> Optional.of(soak);
            case READMITTED -> Optional.of(max(horizon, landed));
            case WITHDRAWN, REVOKING -> Optional.of(max(horizon, landed));
            case PRIMARY, DESTROYED -> Optional.empty();
        };
    }

    /** What a replica that reads the record sees. */
    View view(SecretRecord record) {
        int primary = 0;
        int accepted = 0;
        Integer[] bounds = new Integer[record.versions().size() + 1];
        java.util.Arrays.fill(bounds, Parts.NEVER);
        for (SecretVersion version : record.versions()) {
            if (version.state().produces()) {
                primary = version.number();
            }
            if (version.state().accepts()) {
                accepted |= 1 << version.number();
                if (version.state() == VersionState.RETIRING && bounded()) {
                    bounds[version.number()] =
                            version.at(Stamp.RETIRING).map(this::bound).orElse(Parts.NEVER);
                }
            }
        }
        return new View(primary, accepted, bounded() ? List.of(bounds) : List.of());
    }

    /** Whether a replica rejects what a retired version made too late, as session tokens are judged. */
    private boolean bounded() {
        return model.kind() == SecretKind.SELF && model.policy(0).retirement() == Retirement.ON_TIME;
    }

    private int bound(Instant retired) {
        return Math.min(farthestBound, (int)
                Math.floorDiv(Duration.between(retired, NOW).toMillis(), 1000));
    }

    /** What a replica sees of an unchanged record one tick later. */
    View later(View view) {
        return new View(
                view.primary(),
                view.accepted(),
                view.retired().stream()
                        .map(at -> at == Parts.NEVER ? at : Math.min(farthestBound, at + 1))
                        .toList());
    }

    private static Instant at(SecretVersion version, Stamp stamp) {
        return version.at(stamp).orElse(Instant.MIN);
    }

    private static Duration max(Duration a, Duration b) {
        return a.compareTo(b) >= 0 ? a : b;
    }
}
