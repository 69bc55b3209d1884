package dev.slipring.vault;

import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretValue;
import dev.slipring.keyring.SecretVersion;
import dev.slipring.keyring.VersionState;
import dev.slipring.rotation.Install;
import dev.slipring.rotation.Issuance;
import dev.slipring.rotation.IssuerException;
import dev.slipring.rotation.IssuerTraits;
import dev.slipring.rotation.ProbeVerdict;
import dev.slipring.rotation.SecretIssuer;
import dev.slipring.rotation.UseReport;
import dev.slipring.store.SecretRecord;
import dev.slipring.store.SecretSource;
import dev.slipring.vault.VaultException.Kind;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Rotates a secret by rotating a transit key: each version's value is the name of a {@link TransitVersion}, and the
 * keys never leave the server. For KEKs that a key service holds.
 *
 * <p>Minting takes the newest version of the key if no version of the secret names it yet, and adds one otherwise. So
 * what a crash or a lost answer left behind is taken up by the next attempt, and a version that is never taken up, as
 * when two replicas mint at once, wraps nothing and ends with those before it. Hence the key is this secret's alone. A
 * version is installed once it has been shown to wrap, to unwrap and to refuse other associated data.
 *
 * <p>A transit key can only end its versions from the oldest on. Revoking therefore raises the oldest version that
 * decrypts as far as all below it are revoked too, and never lowers it. A version that is revoked before an older one,
 * such as a compromised one, stays usable at the server until the older one has gone; readers of the secret refuse it
 * at once. That is why a version is not probed after it was revoked.
 *
 * <p>Safe for use by several threads, and by several processes at once.
 */
public final class TransitIssuer implements SecretIssuer {
    /** The attribute that names a version's transit version. */
    public static final String ATTRIBUTE = "transit";

    private static final Logger LOG = LoggerFactory.getLogger(TransitIssuer.class);
    private static final int TEST_LENGTH = 32;

    private final TransitClient transit;
    private final TransitKey key;
    private final SecretSource store;
    private final SecureRandom random = new SecureRandom();

    private TransitIssuer(TransitClient transit, TransitKey key, SecretSource store) {
        this.transit = transit;
        this.key = key;
        this.store = store;
    }

    /**
     * Versions of {@code key}, which is made if it is missing and the token has the right to.
     *
     * @param store where the secret's record is, which tells what the other versions name
     */
    public static TransitIssuer of(TransitClient transit, TransitKey key, SecretSource store) {
        return new TransitIssuer(
                Objects.requireNonNull(transit, "transit"),
                Objects.requireNonNull(key, "key"),
                Objects.requireNonNull(store, "store"));
    }

    @Override
    public IssuerTraits traits() {
        return new IssuerTraits(
                Install.BEFORE_PUBLISH,
                List.of(),
                false,
                false,
                transit.deadline().multipliedBy(4));
    }

    @Override
    public SecretValue mint(Issuance issuance, Collection<SecretValue> existing) {
        return asked("mint", issuance, () -> {
            TransitKeyStatus status = existing();
            if (status.derived()) {
                throw new IssuerException(
                        "the transit key " + key + " derives keys for contexts, which cannot be used");
            }
            int named = newestNamed(issuance.secret(), existing);
            if (status.latestVersion() <= named) {
                transit.rotate(key);
                status = transit.status(key);
            }
            if (status.latestVersion() <= named) {
                throw new IssuerException("the transit key " + key + " has no version above " + named
                        + ", which is named already; was the key made anew?");
            }
            return key.version(status.latestVersion()).toValue();
        });
    }

    /** The value is the name of a key that the server keeps: nothing in it is secret. */
    @Override
    public Optional<SecretValue> secretPart(SecretValue value) {
        return Optional.empty();
    }

    /** Shows that the version wraps, unwraps, and refuses other associated data, as a server too old for it does not. */
    @Override
    public void install(Issuance issuance, SecretValue value) {
        byte[] test = new byte[TEST_LENGTH];
        random.nextBytes(test);
        asked("install", issuance, () -> {
            TransitVersion version = TransitVersion.of(value);
            String wrapped = transit.encrypt(version, test, new byte[] {1});
            byte[] unwrapped = transit.decrypt(version, wrapped, new byte[] {1});
            if (!Arrays.equals(test, unwrapped)) {
                throw new IssuerException(
                        "the transit version " + version + " unwraps to something else than it wrapped");
            }
            try {
                transit.decrypt(version, wrapped, new byte[] {2});
            } catch (VaultException e) {
                if (e.kind() == Kind.REFUSED) {
                    return version;
                }
                throw e;
            }
            throw new IssuerException("the transit version " + version + " does not heed associated data");
        });
    }

    @Override
    public Map<String, String> attributes(SecretValue value) {
        return Map.of(ATTRIBUTE, TransitVersion.of(value).toString());
    }

    /** Installing has shown it: never called, since the traits say so. */
    @Override
    public ProbeVerdict probe(Issuance issuance, SecretValue value) {
        return ProbeVerdict.INCONCLUSIVE;
    }

    @Override
    public void revoke(Issuance issuance) {
        asked("revoke", issuance, () -> {
            SecretName secret = issuance.secret();
            Optional<SecretRecord> record = store.read(secret).record();
            Optional<TransitVersion> gone =
                    record.flatMap(r -> r.version(issuance.version())).flatMap(version -> named(secret, version));
            gone.ifPresent(version -> raise(version, record.orElseThrow()));
            return issuance;
        });
    }

    /** Nobody can tell: never called, since the traits say so. */
    @Override
    public UseReport use(Issuance issuance) {
        return UseReport.UNKNOWN;
    }

    @Override
    public String toString() {
        return "TransitIssuer[" + key + "]";
    }

    private TransitKeyStatus existing() {
        try {
            return transit.status(key);
        } catch (VaultException e) {
            if (e.kind() != Kind.NOT_FOUND) {
                throw e;
            }
            transit.create(key);
            return transit.status(key);
        }
    }

    /** The newest version of the key that any version of the secret names or has named, or 0. */
    private int newestNamed(SecretName secret, Collection<SecretValue> existing) {
        IntStream recorded = store.read(secret).record().stream()
                .flatMap(record -> record.versions().stream())
                .flatMap(version -> named(secret, version).stream())
                .filter(version -> version.key().equals(key))
                .mapToInt(TransitVersion::number);
        IntStream stored = existing.stream()
                .map(TransitVersion::of)
                .filter(version -> version.key().equals(key))
                .mapToInt(TransitVersion::number);
        return IntStream.concat(recorded, stored).max().orElse(0);
    }

    /** By the record, which keeps it when the value is gone; by the value where it is not published yet. */
    private Optional<TransitVersion> named(SecretName secret, SecretVersion version) {
        String recorded = version.attributes().get(ATTRIBUTE);
        if (recorded != null) {
            return Optional.of(TransitVersion.parse(recorded));
        }
        return store.value(secret, version.number()).map(value -> {
            try {
                return TransitVersion.of(value);
            } finally {
                value.wipe();
            }
        });
    }

    /** Ends {@code gone} and all before it, as far as none of them is still to be used. */
    private void raise(TransitVersion gone, SecretRecord record) {
        OptionalInt needed = record.versions().stream()
                .filter(version -> isNeeded(version.state()))
                .flatMap(version -> named(record.secret(), version).stream())
                .filter(version -> version.key().equals(gone.key()))
                .mapToInt(TransitVersion::number)
                .min();
        TransitKeyStatus status = transit.status(gone.key());
        int oldest = Math.min(needed.orElse(gone.number() + 1), status.latestVersion());
        if (oldest <= gone.number()) {
            LOG.info("transit version {} stays usable at the server until version {} may go too", gone, oldest);
        }
        if (status.minEncryptionVersion() > 0 && status.minEncryptionVersion() < oldest) {
            transit.minEncryptionVersion(gone.key().version(oldest));
        }
        if (status.minDecryptionVersion() < oldest) {
            transit.minDecryptionVersion(gone.key().version(oldest));
        }
    }

    private static boolean isNeeded(VersionState state) {
        return switch (state) {
            case STAGED, PUBLISHED, PRIMARY, RETIRING -> true;
            case REVOKING, REVOKED, DESTROYED -> false;
        };
    }

    private static <T> T asked(String what, Issuance issuance, Supplier<T> call) {
        try {
            return call.get();
        } catch (VaultException | IllegalArgumentException e) {
            throw new IssuerException(
                    "cannot " + what + " secret " + issuance.secret() + " version " + issuance.version() + ": "
                            + e.getMessage(),
                    e);
        }
    }
}
