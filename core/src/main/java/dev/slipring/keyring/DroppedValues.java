package dev.slipring.keyring;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/** Values that left the snapshot and are wiped once nothing in the replica can still be using them. Not thread-safe. */
final class DroppedValues {
    private final List<Dropped> dropped = new ArrayList<>();

    /** A value that left the snapshot, and when it may be wiped. */
    private record Dropped(SecretValue value, long wipeAt) {}

    /** Notes what {@code after} no longer holds, and wipes what was dropped long enough before {@code now}. */
    void replace(Keyring before, Keyring after, long now) {
        dropped.removeIf(value -> {
            boolean due = now - value.wipeAt >= 0;
            if (due) {
                value.value.wipe();
            }
            return due;
        });
        if (before == after) {
            return;
        }
        long wipeAt =
                now + after.edition().timing().get(TimingParameter.ADOPTION).toNanos();
        notIn(after, before).forEach(value -> dropped.add(new Dropped(value, wipeAt)));
    }

    /** Wipes all of them now. */
    void wipe() {
        dropped.forEach(value -> value.value.wipe());
        dropped.clear();
    }

    /** The values of {@code keyring}, by identity, that {@code other} does not share. */
    static List<SecretValue> notIn(Keyring other, Keyring keyring) {
        Set<SecretValue> shared = Collections.newSetFromMap(new IdentityHashMap<>());
        other.accepted().forEach(version -> shared.add(version.value()));
        return keyring.accepted().stream()
                .map(UsableVersion::value)
                .filter(value -> !shared.contains(value))
                .toList();
    }
}
