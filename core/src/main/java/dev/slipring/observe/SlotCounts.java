package dev.slipring.observe;

import dev.slipring.keyring.Keyring;
import dev.slipring.keyring.Measure;
import dev.slipring.keyring.Measures;
import dev.slipring.keyring.RotatingSecret;
import dev.slipring.keyring.SecretVersion;
import dev.slipring.keyring.Stamp;
import dev.slipring.keyring.UseCounts;
import dev.slipring.keyring.VersionState;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/**
 * Counts the uses of a secret by what the version was to it at the time, so that no version's number is shown and no
 * count ever falls. What is read at once was noted since the last reading, and goes by the roles of then. Safe for use
 * by several threads.
 */
final class SlotCounts {
    private final RotatingSecret secret;
    private final Map<Slot, Long> produced = new EnumMap<>(Slot.class);
    private final Map<Slot, Long> accepted = new EnumMap<>(Slot.class);
    private Keyring roles;
    private UseCounts seen = UseCounts.NONE;

    /** What a version is to a secret. */
    private enum Slot {
        CURRENT,
        PREVIOUS,
        OTHER,
        REVOKED
    }

    SlotCounts(RotatingSecret secret) {
        this.secret = secret;
        roles = secret.keyring();
    }

    void show(Measures measures) {
        for (Slot slot : Slot.values()) {
            measures.add(Measure.counter("slipring.use", tags("produce", slot), () -> read(produced, slot)));
            measures.add(Measure.counter("slipring.use", tags("accept", slot), () -> read(accepted, slot)));
        }
    }

    /** Settles what was noted so far, before the roles change. */
    synchronized void settle() {
        UseCounts now = secret.uses().counts();
        now.versions().forEach((version, counts) -> {
            UseCounts.OfVersion before = seen.versions().getOrDefault(version, new UseCounts.OfVersion(0, 0, 0));
            Slot slot = slot(roles, version);
            produced.merge(slot, counts.produced() - before.produced(), Long::sum);
            accepted.merge(slot, counts.accepted() - before.accepted(), Long::sum);
            accepted.merge(Slot.REVOKED, counts.refused() - before.refused(), Long::sum);
        });
        seen = now;
        roles = secret.keyring();
    }

    private synchronized double read(Map<Slot, Long> counts, Slot slot) {
        settle();
        return counts.getOrDefault(slot, 0L);
    }

    private static Map<String, String> tags(String role, Slot slot) {
        return Map.of("role", role, "slot", slot.name().toLowerCase(Locale.ROOT));
    }

    private static Slot slot(Keyring roles, int number) {
        VersionState state = roles.version(number).map(SecretVersion::state).orElse(VersionState.REVOKED);
        if (state.produces()) {
            return Slot.CURRENT;
        } else if (!state.accepts()) {
            return state == VersionState.STAGED ? Slot.OTHER : Slot.REVOKED;
        }
        boolean last = roles.versions().stream()
                .filter(version -> version.state() == VersionState.RETIRING)
                .max(Comparator.comparing(version -> version.at(Stamp.RETIRING)
                        .orElse(version.at(Stamp.PRIMARY).orElse(roles.asOf()))))
                .filter(version -> version.number() == number)
                .isPresent();
        return last ? Slot.PREVIOUS : Slot.OTHER;
    }
}
