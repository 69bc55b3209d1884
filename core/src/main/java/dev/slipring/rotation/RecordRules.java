package dev.slipring.rotation;

import dev.slipring.keyring.SecretVersion;
import dev.slipring.keyring.VersionState;
import dev.slipring.store.SecretRecord;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * What must be true of every record, whatever wrote it. A transition is allowed when each rule either does
 * not hold before it or still holds after it, so that a record which is already broken can be mended but a
 * sound one never breaks. Stateless.
 */
enum RecordRules {
    /** Exactly one version is primary; none, once a secret that is retired as a whole has come to its end. */
    SINGLE_PRIMARY {
        @Override
        boolean holds(SecretRecord record) {
            int primaries = count(record, VersionState.PRIMARY);
            return primaries == 1
                    || (primaries == 0 && record.orders().closing().isPresent());
        }
    },
    /** At most one version is on its way to become primary. */
    SINGLE_INCOMING {
        @Override
        boolean holds(SecretRecord record) {
            return count(record, VersionState.STAGED, VersionState.PUBLISHED) <= 1;
        }
    },
    /** At most one version is being revoked. */
    SINGLE_REVOKING {
        @Override
        boolean holds(SecretRecord record) {
            return count(record, VersionState.REVOKING) <= 1;
        }
    },
    /** A compromised version never produces. */
    NO_COMPROMISED_PRIMARY {
        @Override
        boolean holds(SecretRecord record) {
            return record.versions().stream()
                    .noneMatch(v -> v.state().produces() && v.compromised().isPresent());
        }
    },
    /** No slot is in the hands of two versions that may be valid at the issuer. */
    SLOT_OWNED {
        @Override
        boolean holds(SecretRecord record) {
            List<String> owned = record.versions().stream()
                    .filter(v -> v.state().compareTo(VersionState.REVOKED) < 0)
                    .flatMap(v -> v.slot().stream())
                    .toList();
            return Set.copyOf(owned).size() == owned.size();
        }
    };

    abstract boolean holds(SecretRecord record);

    /**
     * Checks the step from {@code before} to {@code after}.
     *
     * @throws IllegalStateException if it is not one that any guard may allow: a bug, and nothing was written
     */
    static void check(SecretRecord before, SecretRecord after) {
        for (RecordRules rule : values()) {
            if (rule.holds(before) && !rule.holds(after)) {
                throw broken(before, rule.name());
            }
        }
        if (!after.succeeds(before)) {
            throw broken(before, "EPOCH_GROWS_BY_ONE");
        }
        for (SecretVersion old : before.versions()) {
            SecretVersion now = after.version(old.number())
                    .orElseThrow(() -> broken(before, "NO_VERSION_FORGOTTEN (" + old.number() + ")"));
            boolean back = old.state().compareTo(VersionState.REVOKING) >= 0
                    && now.state().compareTo(old.state()) < 0;
            if (back) {
                throw broken(before, "NO_RETURN_FROM_REVOKING (" + old.number() + ")");
            }
            if (old.compromised().isPresent() && now.compromised().isEmpty()) {
                throw broken(before, "COMPROMISED_FOR_GOOD (" + old.number() + ")");
            }
        }
    }

    private static int count(SecretRecord record, VersionState... states) {
        List<VersionState> wanted = Arrays.asList(states);
        return (int) record.versions().stream()
                .filter(v -> wanted.contains(v.state()))
                .count();
    }

    private static IllegalStateException broken(SecretRecord record, String rule) {
        return new IllegalStateException("secret " + record.secret() + " epoch " + record.epoch()
                + ": the next record would break " + rule + "; nothing was written");
    }
}
