package dev.slipring.crypto;

import dev.slipring.keyring.Keyring;
import dev.slipring.keyring.SecretName;
import dev.slipring.rotation.Census;
import dev.slipring.testing.Workload;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * The real encryptor in a simulated fleet: replicas write rows of one table, and every row must open for ever. The
 * census counts the rows of a version, and then has them rewrapped, so that the next one finds fewer.
 */
final class EnvelopeWorkload implements Workload<Integer>, Census {
    /** How many rows there are; after that they are written anew. */
    private static final int ROWS = 200;

    private final Map<Integer, byte[]> table = new TreeMap<>();
    private final Map<Integer, Replica> replicas = new TreeMap<>();
    private int written;
    private int rewrapped;

    @Override
    public Station<Integer> open(Seat seat) {
        EnvelopeEncryptor encryptor =
                EnvelopeEncryptor.builder(seat.secret()).ticker(seat.ticker()).build();
        Replica replica = new Replica(seat, encryptor);
        replicas.put(seat.replica(), replica);
        return replica;
    }

    @Override
    public Instant goodUntil(Integer row) {
        return Instant.MAX;
    }

    int rewrapped() {
        return rewrapped;
    }

    /** The replica that knows most does the job. */
    @Override
    public OptionalLong remaining(SecretName secret, int version) {
        Replica worker = replicas.values().stream()
                .max(Comparator.comparing(Replica::edition))
                .orElseThrow();
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
