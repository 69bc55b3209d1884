package dev.slipring.crypto;

import dev.slipring.crypto.EnvelopeException.Failure;
import dev.slipring.keyring.StaleKeyringException;
import dev.slipring.store.Commitment;
import dev.slipring.store.DataKeyStore;
import dev.slipring.store.StoredDataKey;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The data keys of an encryptor: how long those at hand last, and the records of those that envelopes in reference
 * mode refer to. Rotating a KEK rewraps these records instead of envelopes; a data key stays the same.
 *
 * <p>Every method throws {@link IllegalStateException} once the encryptor is closed. {@link #rewrap} throws
 * {@link StaleKeyringException} if there is something to be done while the view of the secret is stale and its policy
 * is to stop producing then. Safe for use by several threads, and by several processes at once.
 */
public final class DataKeys {
    /** How often in a row another writer may be first before a record is left for later. */
    private static final int TRIES = 32;

    private final EnvelopeKeys keys;
    private final String partition;

    DataKeys(EnvelopeKeys keys, String partition) {
        this.keys = keys;
        this.partition = partition;
    }

    /**
     * How long encrypting goes on from any moment at which the KEK, or the store of data keys, ceases to answer: as
     * long as messages come in, and as far as the messages and bytes of a data key last. See {@link KeySupply}.
     *
     * @return a fifth of a data key's age, or the outage budget if that is longer
     */
    public Duration outageBudget() {
        return keys.sealers().ahead();
    }

    /**
     * How long encrypting short messages will go on if no KEK and no store answers from now on, as far as the messages
     * and bytes of the data keys at hand last.
     *
     * @return zero if the next message needs a new data key
     */
    public Duration lasting() {
        return keys.whileLive(() -> keys.sealers().lasting(partition));
    }

    /**
     * Rewraps the next records of the store, each by compare-and-set; of two that do the same one wins, and the other
     * sees it. May be interrupted at any time and resumed, by anyone, from where a result says.
     *
     * @param after null to begin; then what the last result says, see {@link DataKeySweep#next()}
     * @param most how many, 1 to {@link DataKeyStore#MAX_PAGE}
     * @return what was found and done
     * @throws IllegalArgumentException if {@code most} is out of range
     * @throws EnvelopeException {@code UNSUPPORTED} without a store, {@code KEY_UNAVAILABLE} if it does not answer
     */
    public DataKeySweep rewrap(@Nullable Commitment after, int most) {
        return sweep(after, most, true);
    }

    /**
     * Counts the next records of the store by the version that they are under, and changes nothing: for a census,
     * which has to start when no old data key is in use any more.
     *
     * @param after null to begin; then what the last result says, see {@link DataKeySweep#next()}
     * @param most how many, 1 to {@link DataKeyStore#MAX_PAGE}
     * @return what was found
     * @throws IllegalArgumentException if {@code most} is out of range
     * @throws EnvelopeException {@code UNSUPPORTED} without a store, {@code KEY_UNAVAILABLE} if it does not answer
     */
    public DataKeySweep count(@Nullable Commitment after, int most) {
        return sweep(after, most, false);
    }

    /** What is the record once it is under the primary version: {@code found} itself if it was, or another writer's. */
    DataKeyRecord rewrap(DataKeyRecord found, Suite suite) {
        Ring ring = keys.wrapping();
        DataKeyRecord present = found;
        for (int i = 0; i < TRIES; i++) {
            WrappingKey primary = ring.primary();
            OpenedKey key = keys.open(present, suite, partition, ring.wrapsNow(primary));
            if (key.kek() == primary) {
                return present;
            }
            DataKeyRecord next = present.rewrapped(ring.wrap(key, primary));
            if (keys.records().replace(present, next)) {
                return next;
            }
            present = keys.records().read(present.commitment());
        }
        throw new EnvelopeException(
                Failure.KEY_UNAVAILABLE,
                "data key " + found.commitment() + ": other writers were first " + TRIES + " times");
    }

    private DataKeySweep sweep(@Nullable Commitment after, int most, boolean rewrap) {
        DataKeyStore.checkLimit(most);
        List<StoredDataKey> page = keys.whileLive(() -> keys.records().scan(after, most));
        Map<KekVersion, Long> counts = new HashMap<>();
        Map<Failure, Long> failures = new HashMap<>();
        long rewrapped = 0;
        for (StoredDataKey entry : page) {
            try {
                DataKeyRecord found = DataKeyRecord.parse(entry.commitment(), entry.record());
                DataKeyRecord left =
                        keys.whileLive(() -> rewrap ? rewrap(found, found.key().suite()) : checked(found));
                rewrapped += left.equals(found) ? 0 : 1;
                counts.merge(version(left), 1L, Long::sum);
            } catch (EnvelopeException e) {
                failures.merge(e.failure(), 1L, Long::sum);
            }
        }
        Optional<Commitment> next = page.size() < most
                ? Optional.empty()
                : Optional.of(page.get(most - 1).commitment());
        return new DataKeySweep(next, rewrapped, counts, failures);
    }

    private static KekVersion version(DataKeyRecord record) {
        EnvelopeHeader header = record.key().header();
        return new KekVersion(header.ringId(), header.kekVersion());
    }

    private DataKeyRecord checked(DataKeyRecord found) {
        keys.open(found, found.key().suite(), partition, null);
        return found;
    }
}
