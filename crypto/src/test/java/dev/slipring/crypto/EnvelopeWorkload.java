package dev.slipring.crypto;

import dev.slipring.keyring.Keyring;
import dev.slipring.keyring.SecretName;
import dev.slipring.rotation.Census;
import dev.slipring.store.Commitment;
import dev.slipring.store.DataKeyStore;
import dev.slipring.testing.Workload;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The real encryptor in a simulated fleet: replicas write rows of one table, and every row must open for ever. The
 * census counts the rows of a version, or the data keys in the store that all share, and then has them rewrapped, so
 * that the next one finds fewer.
 */
final class EnvelopeWorkload implements Workload<Integer>, Census {
    /** How many rows there are; after that they are written anew. */
    private static final int ROWS = 200;

    private final Map<Integer, byte[]> table = new TreeMap<>();
    private final Map<Integer, Replica> replicas = new TreeMap<>();
    private final @Nullable DataKeyStore store;
    private final boolean rewraps;
    private int written;
    private long rewrapped;

    private EnvelopeWorkload(@Nullable DataKeyStore store, boolean rewraps) {
        this.store = store;
        this.rewraps = rewraps;
    }

    /** Rows that hold their wrapped data key. */
    static EnvelopeWorkload inline() {
        return new EnvelopeWorkload(null, true);
    }

    /** Rows that refer to their data key in {@code store}. */
    static EnvelopeWorkload referring(DataKeyStore store) {
        return new EnvelopeWorkload(store, true);
    }

    /** The same where nobody rewraps. */
    static EnvelopeWorkload leftAlone(DataKeyStore store) {
        return new EnvelopeWorkload(store, false);
    }

    @Override
    public Station<Integer> open(Seat seat) {
        EnvelopeEncryptor.Builder builder =
                EnvelopeEncryptor.builder(seat.secret()).ticker(seat.ticker());
        Replica replica = new Replica(seat, (store == null ? builder : builder.reference(store)).build());
        replicas.put(seat.replica(), replica);
        return replica;
    }

    @Override
    public Instant goodUntil(Integer row) {
        return Instant.MAX;
    }

    long rewrapped() {
        return rewrapped;
    }

    /** The replica that knows most does the job. */
    @Override
    public OptionalLong remaining(SecretName secret, int version) {
        Replica worker = replicas.values().stream()
                .max(Comparator.comparing(Replica::edition))
                .orElseThrow();
        return store == null ? rows(worker, version) : dataKeys(worker, store, version);
    }

    private OptionalLong dataKeys(Replica worker, DataKeyStore shared, int version) {
        EnvelopeCensus census =
                EnvelopeCensus.of("data keys", EnvelopeSource.dataKeys(shared)).build();
        census.over(worker.encryptor, worker.seat.secret());
        OptionalLong found = census.remaining(worker.seat.secret().name(), version);
        Optional<Commitment> next = Optional.empty();
        while (rewraps) {
            DataKeySweep batch = worker.encryptor.dataKeys().rewrap(next.orElse(null), 100);
            rewrapped += batch.rewrapped();
            next = batch.next();
            if (next.isEmpty()) {
                break;
            }
        }
        return found;
    }

    private OptionalLong rows(Replica worker, int version) {
        long found = 0;
        for (Map.Entry<Integer, byte[]> row : table.entrySet()) {
            if (worker.encryptor.checkedHeader(row.getValue()).kekVersion() == version) {
                found++;
                Rewrapped fresh = worker.encryptor.rewrap(row.getValue());
                row.setValue(fresh.bytes());
                rewrapped += fresh.changed() ? 1 : 0;
            }
        }
        return OptionalLong.of(found);
    }

    private final class Replica implements Station<Integer> {
        private final Seat seat;
        private final EnvelopeEncryptor encryptor;

        Replica(Seat seat, EnvelopeEncryptor encryptor) {
            this.seat = seat;
            this.encryptor = encryptor;
        }

        Keyring.Edition edition() {
            return seat.secret().keyring().edition();
        }

        @Override
        public Integer produce() {
            int row = written++ % ROWS;
            table.put(row, encryptor.encrypt(text(row), context(row)));
            return row;
        }

        @Override
        public Verdict<Integer> check(Integer row) {
            try {
                byte[] opened = encryptor.decrypt(table.get(row), context(row));
                return Arrays.equals(opened, text(row)) ? Verdict.accepted() : Verdict.rejected("another row's text");
            } catch (EnvelopeException e) {
                return Verdict.rejected(e.getMessage());
            }
        }

        @Override
        public void close() {
            replicas.remove(seat.replica());
            encryptor.close();
        }
    }

    private static byte[] text(int row) {
        return ("note " + row).getBytes(StandardCharsets.UTF_8);
    }

    private static Context context(int row) {
        return Context.of("table", "notes", "id", Integer.toString(row));
    }
}
