package dev.slipring.store;

import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretValue;
import dev.slipring.keyring.SecretVersion;
import dev.slipring.keyring.SlipringException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;

/**
 * The values of a store whose stored forms are sealed: what opens each, and what moves all of them to another root
 * key. Immutable and thread-safe.
 */
final class SealedValues {
    /** Where the installation's key lies: the value of a version that no record names. */
    static final SecretName INSTALLATION = SecretName.of("slipring.installation-key");

    static final int INSTALLATION_VERSION = 1;

    /** More replacements than can overtake one: each brings the value under a present root key. */
    private static final int ATTEMPTS = 16;

    private final SecretStore store;
    private final ValueSealer sealer;
    private final BooleanSupplier acceptsUnsealed;

    SealedValues(SecretStore store, ValueSealer sealer, BooleanSupplier acceptsUnsealed) {
        this.store = store;
        this.sealer = sealer;
        this.acceptsUnsealed = acceptsUnsealed;
    }

    /** The value that {@code stored}, which is wiped, holds; the caller owns it. */
    SecretValue opened(SecretName secret, int version, SecretValue stored) {
        try {
            return isPlain(secret, version, stored) ? stored.copy() : sealer.open(secret, version, stored);
        } finally {
            stored.wipe();
        }
    }

    /** Whether {@code stored} is the value itself, and that is accepted; nobody may put in an installation's key. */
    private boolean isPlain(SecretName secret, int version, SecretValue stored) {
        if (sealer.isSealed(stored)) {
            return false;
        }
        if (secret.equals(INSTALLATION) || !acceptsUnsealed.getAsBoolean()) {
            throw new UnusableRecordException(
                    "the value of " + place(secret, version) + " is stored unsealed, which is not accepted", null);
        }
        return true;
    }

    /** Brings every stored value under the present root key. */
    ResealReport resealAll() {
        Map<Outcome, Long> counts = new EnumMap<>(Outcome.class);
        Map<String, String> failed = forEach((secret, version) -> counts.merge(reseal(secret, version), 1L, Long::sum));
        return new ResealReport(
                counts.getOrDefault(Outcome.CHANGED, 0L),
                counts.getOrDefault(Outcome.UNCHANGED, 0L),
                counts.getOrDefault(Outcome.GONE, 0L),
                failed);
    }

    /** Counts every stored value under the root version that opens it. */
    SealCensus census() {
        Map<Integer, Long> counts = new TreeMap<>();
        long[] unsealed = new long[1];
        Map<String, String> failed = forEach((secret, version) -> {
            Optional<SecretValue> stored = store.value(secret, version);
            try {
                if (stored.isEmpty()) {
                    return;
                } else if (isPlain(secret, version, stored.get())) {
                    unsealed[0]++;
                } else {
                    counts.merge(sealer.rootVersion(secret, version, stored.get()), 1L, Long::sum);
                }
            } finally {
                stored.ifPresent(SecretValue::wipe);
            }
        });
        return new SealCensus(counts, unsealed[0], failed);
    }

    private enum Outcome {
        CHANGED,
        UNCHANGED,
        GONE,
        NEVER_STORED
    }

    private Outcome reseal(SecretName secret, int version) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            SecretValue stored = store.value(secret, version).orElse(null);
            if (stored == null) {
                return attempt == 0 ? Outcome.NEVER_STORED : Outcome.GONE;
            }
            Optional<SecretValue> next = Optional.empty();
            try {
                next = isPlain(secret, version, stored)
                        ? Optional.of(sealer.seal(secret, version, stored))
                        : sealer.reseal(secret, version, stored);
                if (next.isEmpty()) {
                    return Outcome.UNCHANGED;
                } else if (store.replaceValue(secret, version, stored, next.get())) {
                    return Outcome.CHANGED;
                }
            } finally {
                stored.wipe();
                next.ifPresent(SecretValue::wipe);
            }
        }
        throw new StoreUnavailableException(
                "the value of " + place(secret, version) + " was replaced by others " + ATTEMPTS
                        + " times while it was being resealed",
                null);
    }

    private interface Visitor {
        void visit(SecretName secret, int version);
    }

    /** Visits every version that may have a value; one that fails keeps no other from being visited. */
    private Map<String, String> forEach(Visitor visitor) {
        Map<String, String> failed = new TreeMap<>();
        visit(visitor, INSTALLATION, INSTALLATION_VERSION, failed);
        for (SecretName secret : store.names()) {
            Optional<SecretRecord> record = Optional.empty();
            try {
                record = store.read(secret).record();
            } catch (SlipringException e) {
                failed.put("secret " + secret, reason(e));
            }
            for (SecretVersion version : record.map(SecretRecord::versions).orElse(List.of())) {
                visit(visitor, secret, version.number(), failed);
            }
        }
        return failed;
    }

    private static void visit(Visitor visitor, SecretName secret, int version, Map<String, String> failed) {
        try {
            visitor.visit(secret, version);
        } catch (SlipringException | IllegalArgumentException e) {
            failed.put(place(secret, version), reason(e));
        }
    }

    private static String reason(RuntimeException e) {
        return String.valueOf(e.getMessage());
    }

    private static String place(SecretName secret, int version) {
        return "secret " + secret + " version " + version;
    }
}
