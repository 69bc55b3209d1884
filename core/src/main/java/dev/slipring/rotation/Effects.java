package dev.slipring.rotation;

import dev.slipring.keyring.Hkdf;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretValue;
import dev.slipring.keyring.SecretVersion;
import dev.slipring.keyring.Ticker;
import dev.slipring.store.Reading;
import dev.slipring.store.SecretRecord;
import dev.slipring.store.SecretStore;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Performs the steps that lie outside the record and turns what they show into evidence. Values pass through here
 * only; each is wiped before the step ends. Safe for use by several threads.
 */
final class Effects {
    private static final int FINGERPRINT_LENGTH = 8;

    private final SecretStore store;
    private final SecretIssuer issuer;
    private final @Nullable Census census;
    private final RotationPolicy policy;
    private final Ticker ticker;
    private final SecureRandom random = new SecureRandom();
    private final Map<Integer, Counted> counted = new ConcurrentHashMap<>();
    private volatile int swept;
    private volatile int reconciled;

    /** The last census of a version: a census is expensive, so its answer serves for a while. */
    private record Counted(@Nullable CensusCount count, long at) {}

    Effects(SecretStore store, SecretIssuer issuer, @Nullable Census census, RotationPolicy policy, Ticker ticker) {
        this.store = store;
        this.issuer = issuer;
        this.census = census;
        this.policy = policy;
        this.ticker = ticker;
    }

    /** What is known at the beginning of a pass; what is to be destroyed is counted anew. */
    Evidence evidence(@Nullable Command command, Optional<SecretRecord> record) {
        byte[] id = new byte[8];
        random.nextBytes(id);
        Evidence evidence = Evidence.none(HexFormat.of().formatHex(id), random.nextInt(1, Integer.MAX_VALUE));
        for (Map.Entry<Integer, Counted> entry : counted.entrySet()) {
            boolean anew = command instanceof Command.Destroy destroy && destroy.version() == entry.getKey();
            if (!anew
                    && ticker.nanos() - entry.getValue().at
                            < policy.cachedKeyLife().toNanos()) {
                evidence = withCensus(evidence, entry.getKey(), entry.getValue());
            }
        }
        return lasting(command == null ? evidence : evidence.asked(command), record);
    }

    /** What was done once and need not be done again by this replica. */
    private Evidence lasting(Evidence evidence, Optional<SecretRecord> record) {
        boolean elsewhere = record.stream()
                .flatMap(r -> r.versions().stream())
                .anyMatch(v -> v.state().produces() && v.number() != reconciled);
        if (elsewhere) {
            reconciled = 0; // after a rollback an earlier version is to be shown again
        }
        Evidence known = swept > 0 ? evidence.with(Evidence.Kind.SWEPT, swept) : evidence;
        return reconciled > 0 ? known.with(Evidence.Kind.RECONCILED, reconciled) : known;
    }

    /**
     * Performs {@code effect}.
     *
     * @param provided the value that comes with an operator's command, if one does
     * @return {@code evidence} and what the effect showed
     * @throws IssuerException if the issuer failed
     */
    Evidence perform(Step.Effect effect, Evidence evidence, Reading reading, @Nullable SecretValue provided) {
        Issuance issuance = effect.issuance();
        int version = issuance.version();
        if (effect instanceof Step.Mint) {
            return issuer.traits().provided() && reading.record().isPresent()
                    ? look(issuance, evidence, provided)
                    : mint(issuance, evidence, reading);
        } else if (effect instanceof Step.Install) {
            install(issuance);
            return evidence.with(Evidence.Kind.INSTALLED, version);
        } else if (effect instanceof Step.Probe) {
            return evidence.probed(version, probe(issuance));
        } else if (effect instanceof Step.AskUse) {
            return evidence.reported(version, issuer.use(issuance));
        } else if (effect instanceof Step.Count) {
            return count(issuance.secret(), version, evidence, reading.storeNow());
        } else if (effect instanceof Step.Revoke) {
            issuer.revoke(issuance);
            return evidence.with(Evidence.Kind.REVOKED, version);
        } else if (effect instanceof Step.Erase) {
            store.eraseValue(issuance.secret(), version);
            return evidence.with(Evidence.Kind.ERASED, version);
        }
        return performUpkeep(effect, evidence, reading);
    }

    private Evidence performUpkeep(Step.Effect effect, Evidence evidence, Reading reading) {
        Issuance issuance = effect.issuance();
        int version = issuance.version();
        if (effect instanceof Step.AskReplicas) {
            return evidence.heard(store.reports(issuance.secret()));
        } else if (effect instanceof Step.Sweep) {
            SecretRecord record = reading.record().orElseThrow();
            issuer.sweep(issuance.secret(), record.rotation().sequence(), record.versions());
            swept = version;
            return evidence.with(Evidence.Kind.SWEPT, version);
        } else if (effect instanceof Step.Reconcile) {
            store.reconcile(issuance.secret());
            reconciled = version;
            return evidence.with(Evidence.Kind.RECONCILED, version);
        }
        throw new AssertionError("an effect of no known kind");
    }

    /** Whoever stores a value first has made it; a value found here was stored before a crash. */
    private Evidence mint(Issuance issuance, Evidence evidence, Reading reading) {
        SecretName secret = issuance.secret();
        SecretValue stored = store.value(secret, issuance.version()).orElse(null);
        if (stored == null) {
            List<SecretValue> existing = existing(secret, reading);
            SecretValue minted = null;
            try {
                minted = issuer.mint(issuance, existing);
                stored = store.putValueIfAbsent(secret, issuance.version(), minted);
                if (!stored.equals(minted)) {
                    issuer.discard(issuance, minted);
                }
            } finally {
                existing.forEach(SecretValue::wipe);
                if (minted != null) {
                    minted.wipe();
                }
            }
        }
        try {
            return evidence.stored(
                    issuance.version(), new Evidence.Stored(fingerprint(stored), issuer.attributes(stored)));
        } finally {
            stored.wipe();
        }
    }

    /** A value that is there was stored before a crash, or by somebody else: then the one at hand has come too late. */
    private Evidence look(Issuance issuance, Evidence evidence, @Nullable SecretValue provided) {
        SecretName secret = issuance.secret();
        int version = issuance.version();
        SecretValue stored = provided == null
                ? store.value(secret, version).orElse(null)
                : store.putValueIfAbsent(secret, version, provided);
        if (stored == null) {
            return evidence.failed(new Step.Mint(issuance));
        }
        try {
            return provided == null || stored.equals(provided)
                    ? evidence.stored(version, new Evidence.Stored(fingerprint(stored), issuer.attributes(stored)))
                    : evidence.failed(new Step.Mint(issuance));
        } finally {
            stored.wipe();
        }
    }

    private List<SecretValue> existing(SecretName secret, Reading reading) {
        List<SecretValue> values = new ArrayList<>();
        reading.record().ifPresent(record -> {
            for (SecretVersion version : record.versions()) {
                store.value(secret, version.number()).ifPresent(values::add);
            }
        });
        return values;
    }

    private ProbeVerdict probe(Issuance issuance) {
        SecretValue value = store.value(issuance.secret(), issuance.version()).orElse(null);
        if (value == null) {
            return ProbeVerdict.DEAD; // no value was ever stored, or it is erased: nobody can be using it
        }
        try {
            return issuer.probe(issuance, value);
        } finally {
            value.wipe();
        }
    }

    private Evidence count(SecretName secret, int version, Evidence evidence, Instant startedAt) {
        OptionalLong remaining = census == null ? OptionalLong.empty() : census.remaining(secret, version);
        CensusCount count = remaining.isPresent() ? new CensusCount(startedAt, remaining.getAsLong()) : null;
        Counted fresh = new Counted(count, ticker.nanos());
        counted.put(version, fresh);
        return withCensus(evidence, version, fresh);
    }

    private static Evidence withCensus(Evidence evidence, int version, Counted counted) {
        Evidence tried = evidence.with(Evidence.Kind.COUNTED, version);
        return counted.count == null ? tried : tried.counted(version, counted.count);
    }

    private void install(Issuance issuance) {
        SecretValue value = store.value(issuance.secret(), issuance.version())
                .orElseThrow(() -> new IssuerException("secret " + issuance.secret() + " version " + issuance.version()
                        + " has no stored value to install"));
        try {
            issuer.install(issuance, value);
        } finally {
            value.wipe();
        }
    }

    /** First bytes of HMAC-SHA-256 under the installation's key: HKDF-Extract is that HMAC. */
    String fingerprint(SecretValue value) {
        SecretValue key = store.installationKey();
        try {
            byte[] mac = value.reveal(bytes -> key.reveal(k -> Hkdf.SHA256.extract(k, bytes)));
            return HexFormat.of().formatHex(Arrays.copyOf(mac, FINGERPRINT_LENGTH));
        } finally {
            key.wipe();
        }
    }
}
