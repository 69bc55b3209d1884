package dev.slipring.store;

import dev.slipring.keyring.Keyring;
import dev.slipring.keyring.KeyringLoader;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretValue;
import dev.slipring.keyring.SecretVersion;
import dev.slipring.keyring.UsableVersion;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Makes keyrings from what a source holds. A value never changes once it is stored, so only values of
 * versions that are new to the reader are read. Thread-safe.
 */
public final class KeyringReader implements KeyringLoader {
    private final SecretSource source;
    private final SecretName secret;
    private final AtomicReference<@Nullable Reading> latest = new AtomicReference<>();

    private KeyringReader(SecretSource source, SecretName secret) {
        this.source = Objects.requireNonNull(source, "source");
        this.secret = Objects.requireNonNull(secret, "secret");
    }

    /** Reads {@code secret} from {@code source}. */
    public static KeyringReader of(SecretSource source, SecretName secret) {
        return new KeyringReader(source, secret);
    }

    /**
     * {@inheritDoc}
     *
     * @throws StoreUnavailableException if the store does not answer
     * @throws UnusableRecordException if the secret does not exist or was retired, or an accepted version has no value
     */
    @Override
    public Keyring load(@Nullable Keyring known) {
        Reading reading = source.read(secret);
        SecretRecord record = reading.record()
                .orElseThrow(() -> new UnusableRecordException("secret " + secret + " does not exist", null));
        latest.accumulateAndGet(reading, KeyringReader::newer);
        if (known != null && known.edition().equals(record.edition())) {
            return known.confirmedAt(reading.storeNow());
        }
        refuseRetired(record);
        Map<Integer, SecretValue> read = new HashMap<>();
        Map<Integer, SecretValue> values = new HashMap<>();
        try {
            for (SecretVersion version : record.versions()) {
                if (version.state().accepts()) {
                    SecretValue value = unchanged(known, record, version).orElse(null);
                    if (value == null) {
                        value = read(version);
                        read.put(version.number(), value);
                    }
                    values.put(version.number(), value);
                }
            }
            return Keyring.of(secret, record.edition(), reading.storeNow(), record.versions(), values);
        } catch (RuntimeException e) {
            read.values().forEach(SecretValue::wipe);
            throw e;
        }
    }

    /**
     * The newest record that was read so far, whether a keyring could be made of it or not, and when; nothing is read.
     * Empty before the first.
     */
    public Optional<Reading> latest() {
        return Optional.ofNullable(latest.get());
    }

    /** A store that lags behind may answer with an older record after a newer one. */
    private static @Nullable Reading newer(@Nullable Reading known, @Nullable Reading read) {
        if (known == null || read == null) {
            return known == null ? read : known;
        }
        int order = edition(read).compareTo(edition(known));
        return order > 0 || (order == 0 && read.storeNow().isAfter(known.storeNow())) ? read : known;
    }

    private static Keyring.Edition edition(Reading reading) {
        return reading.record().orElseThrow().edition();
    }

    /** A secret that was retired as a whole has no version left to produce with. */
    private void refuseRetired(SecretRecord record) {
        boolean none = record.versions().stream().noneMatch(v -> v.state().produces());
        record.orders().closing().filter(order -> none).ifPresent(order -> {
            throw new UnusableRecordException(
                    "secret " + secret + " was retired by " + order.by() + " at " + order.at() + ": " + order.reason(),
                    null);
        });
    }

    private static Optional<SecretValue> unchanged(
            @Nullable Keyring known, SecretRecord record, SecretVersion version) {
        if (known == null || known.edition().incarnation() != record.incarnation()) {
            return Optional.empty();
        }
        return known.accepted(version.number())
                .filter(old -> old.version().fingerprint().equals(version.fingerprint()))
                .map(UsableVersion::value);
    }

    private SecretValue read(SecretVersion version) {
        return source.value(secret, version.number())
                .orElseThrow(() -> new UnusableRecordException(
                        "secret " + secret + " version " + version.number() + " is " + version.state()
                                + " but its value is missing",
                        null));
    }
}
