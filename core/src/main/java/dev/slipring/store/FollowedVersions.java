package dev.slipring.store;

import dev.slipring.keyring.Hkdf;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretValue;
import dev.slipring.keyring.SecretVersion;
import dev.slipring.keyring.Stamp;
import dev.slipring.keyring.Timing;
import dev.slipring.keyring.TimingParameter;
import dev.slipring.keyring.VersionState;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The versions that sightings of one secret make. Of values that are not accepted any more a digest is kept, under a
 * key that is nowhere else, so that one which is told of for ever as the one before is not taken for a new one. Safe
 * for use by several threads.
 */
final class FollowedVersions {
    /** How many versions that are over a record shows; a lease may bring a new one every few minutes. */
    private static final int MOST_OVER = 16;

    private static final String ROTATION = "followed";

    /** Nothing here is found by the number of its ring. */
    private static final int NO_RING = 0;

    private final SecretName name;
    private final Timing timing;
    private final SecretValue key;
    private final List<Known> known = new ArrayList<>();
    private int numbers;
    private @Nullable SecretRecord record;

    /** A version with its value, which is wiped when it is over. */
    private static final class Known {
        private final SecretValue value;
        private final byte[] digest;
        private SecretVersion version;
        private @Nullable Instant validUntil;
        private boolean released;

        private Known(SecretVersion version, SecretValue value, byte[] digest) {
            this.version = version;
            this.value = value;
            this.digest = digest;
        }

        private boolean in(VersionState state) {
            return version.state() == state;
        }

        private boolean over() {
            return !version.state().accepts();
        }
    }

    /** @param key of the digests; from now on this object's */
    FollowedVersions(SecretName name, Timing timing, SecretValue key) {
        this.name = name;
        this.timing = timing;
        this.key = key;
    }

    /** The record after {@code sighting}; tells {@code released} of the values that are over, before they are wiped. */
    SecretRecord see(Sighting sighting, Instant now, Consumer<SecretValue> released) {
        List<Known> over;
        SecretRecord seen;
        synchronized (this) {
            sighting.before().filter(value -> find(value).isEmpty()).ifPresent(value -> retire(add(value), now));
            inForce(sighting.current(), now);
            announced(sighting.next(), now);
            find(VersionState.PRIMARY)
                    .ifPresent(primary -> primary.validUntil =
                            sighting.validFor().map(now::plus).orElse(null));
            endOverlaps(now);
            over = due(now);
            prune();
            seen = recorded();
        }
        for (Known each : over) {
            try {
                released.accept(each.value);
            } finally {
                each.value.wipe();
            }
        }
        return seen;
    }

    synchronized Optional<SecretValue> value(int number) {
        return known.stream()
                .filter(each -> each.version.number() == number && !each.released)
                .findFirst()
                .map(each -> each.value.copy());
    }

    synchronized void wipe() {
        known.forEach(each -> each.value.wipe());
        known.clear();
        key.wipe();
    }

    private void inForce(SecretValue value, Instant now) {
        Optional<Known> primary = find(VersionState.PRIMARY);
        if (primary.filter(present -> present.value.equals(value)).isPresent()) {
            return;
        }
        primary.ifPresent(replaced -> retire(replaced, now));
        Known next = find(value).filter(each -> !each.over()).orElseGet(() -> add(value));
        next.version = next.version
                .in(VersionState.PRIMARY)
                .unstamped(Stamp.RETIRING)
                .unstamped(Stamp.WITHDRAWN)
                .stamped(Stamp.PRIMARY, now);
    }

    private void announced(Optional<SecretValue> value, Instant now) {
        find(VersionState.PUBLISHED)
                .filter(before -> value.filter(before.value::equals).isEmpty())
                .ifPresent(withdrawn -> {
                    withdrawn.version = withdrawn.version.stamped(Stamp.WITHDRAWN, now);
                    retire(withdrawn, now);
                });
        value.filter(next -> find(next).filter(each -> !each.over()).isEmpty()).ifPresent(next -> {
            Known published = add(next);
            published.version = published.version.in(VersionState.PUBLISHED).stamped(Stamp.PUBLISHED, now);
        });
    }

    private static void retire(Known each, Instant now) {
        each.version = each.version.in(VersionState.RETIRING).stamped(Stamp.RETIRING, now);
    }

    /** Ends the versions that are not accepted any more. */
    private void endOverlaps(Instant now) {
        for (Known each : known) {
            Instant end = each.in(VersionState.RETIRING) ? end(each) : Instant.MAX;
            if (!now.isBefore(end)) {
                each.version = each.version
                        .in(VersionState.REVOKED)
                        .stamped(Stamp.REVOKING, end)
                        .stamped(Stamp.REVOKED, end);
            }
        }
    }

    /** The values that nobody uses any more: whoever has read an older record has had time to leave them. */
    private List<Known> due(Instant now) {
        Instant left = now.minus(timing.get(TimingParameter.ADOPTION));
        List<Known> due = known.stream()
                .filter(each -> !each.released)
                .filter(each -> each.version
                        .at(Stamp.REVOKED)
                        .filter(at -> !at.isAfter(left))
                        .isPresent())
                .toList();
        due.forEach(each -> each.released = true);
        return due;
    }

    private Instant end(Known retiring) {
        Instant overlap = retiring.version.at(Stamp.RETIRING).orElseThrow().plus(timing.get(TimingParameter.OVERLAP));
        Instant valid = retiring.validUntil;
        return valid != null && valid.isBefore(overlap) ? valid : overlap;
    }

    private void prune() {
        List<Known> over = known.stream().filter(each -> each.released).toList();
        known.removeAll(over.subList(0, Math.max(0, over.size() - MOST_OVER)));
    }

    /** The record of what is known, one epoch later if anything is different. */
    private SecretRecord recorded() {
        List<SecretVersion> versions = known.stream().map(each -> each.version).toList();
        SecretRecord before = record;
        if (before != null && before.versions().equals(versions)) {
            return before;
        }
        SecretRecord after = new SecretRecord(
                name,
                1,
                before == null ? 1 : before.epoch() + 1,
                phase(),
                new Rotation(ROTATION, numbers, timing),
                versions,
                NO_RING,
                0,
                Orders.NONE,
                Optional.empty(),
                Optional.empty(),
                Map.of());
        record = after;
        return after;
    }

    private Phase phase() {
        if (find(VersionState.PUBLISHED).isPresent()) {
            return Phase.PUBLISHED;
        }
        return find(VersionState.RETIRING).isPresent() ? Phase.OVERLAP : Phase.IDLE;
    }

    private Known add(SecretValue value) {
        byte[] digest = digest(value);
        numbers++;
        SecretVersion version = SecretVersion.staged(
                        numbers, new SecretVersion.Origin(ROTATION, numbers, 1), Optional.empty())
                .valued(HexFormat.of().formatHex(digest, 0, 8), Map.of());
        Known added = new Known(version, value.copy(), digest);
        known.add(added);
        return added;
    }

    /** The newest version with this value. */
    private Optional<Known> find(SecretValue value) {
        byte[] digest = digest(value);
        return last(each -> MessageDigest.isEqual(each.digest, digest));
    }

    private Optional<Known> find(VersionState state) {
        return last(each -> each.in(state));
    }

    private Optional<Known> last(Predicate<Known> matching) {
        return known.stream().filter(matching).reduce((earlier, later) -> later);
    }

    private byte[] digest(SecretValue value) {
        return key.reveal(bytes -> value.reveal(material -> Hkdf.SHA256.extract(bytes, material)));
    }
}
