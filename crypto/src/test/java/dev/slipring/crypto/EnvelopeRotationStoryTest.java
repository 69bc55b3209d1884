package dev.slipring.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipring.crypto.EnvelopeException.Failure;
import dev.slipring.keyring.VersionState;
import dev.slipring.testing.FakeSecret;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** A table of encrypted notes while its key rotates, from the first row to the end of the old key. */
class EnvelopeRotationStoryTest {
    private final Map<Integer, byte[]> table = new TreeMap<>();

    @Test
    void notesTable_keyRotates_everyRowOpensAtEveryMoment() {
        try (FakeSecret kek = Keks.ring(1);
                EnvelopeEncryptor replica =
                        EnvelopeEncryptor.builder(kek.rotating()).build()) {
            write(replica, 1, "written under version 1");
            write(replica, 2, "also written under version 1");

            // The new version is published: accepted everywhere, used nowhere.
            int second = kek.publish(Keks.value(2));
            kek.refresh();
            write(replica, 3, "still written under version 1");
            assertThat(versionOf(replica, 3)).isEqualTo(1);

            // Promoted: new rows come out under it, old ones go on to open.
            kek.promote(second);
            kek.refresh();
            write(replica, 4, "written under version 2");
            assertThat(versionOf(replica, 4)).isEqualTo(2);
            assertThat(read(replica, 1)).isEqualTo("written under version 1");

            // A rewrap moves the old rows; it needs no row's context. A second pass finds nothing to do.
            assertThat(rewrapAll(replica)).isEqualTo(3);
            assertThat(rewrapAll(replica)).isZero();
            for (int id : table.keySet()) {
                assertThat(versionOf(replica, id)).isEqualTo(2);
            }

            // A row from an old backup still opens while version 1 retires, and says why once it is revoked.
            byte[] fromBackup = replica.encrypt(bytes("lost"), note(9));
            kek.rotate(Keks.value(3));
            rewrapAll(replica);
            assertThat(replica.decrypt(fromBackup, note(9))).isEqualTo(bytes("lost"));
            kek.move(1, VersionState.DESTROYED);
            kek.move(2, VersionState.REVOKED);
            kek.refresh();
            Keks.assertFailure(Failure.DISABLED, () -> replica.decrypt(fromBackup, note(9)));

            // Both old keys are gone, and every row opens.
            assertThat(read(replica, 1)).isEqualTo("written under version 1");
            assertThat(read(replica, 2)).isEqualTo("also written under version 1");
            assertThat(read(replica, 3)).isEqualTo("still written under version 1");
            assertThat(read(replica, 4)).isEqualTo("written under version 2");
        }
    }

    private void write(EnvelopeEncryptor replica, int id, String body) {
        table.put(id, replica.encrypt(bytes(body), note(id)));
    }

    private String read(EnvelopeEncryptor replica, int id) {
        return new String(replica.decrypt(table.get(id), note(id)), StandardCharsets.UTF_8);
    }

    private int versionOf(EnvelopeEncryptor replica, int id) {
        return replica.checkedHeader(table.get(id)).kekVersion();
    }

    private int rewrapAll(EnvelopeEncryptor replica) {
        int changed = 0;
        for (Map.Entry<Integer, byte[]> row : table.entrySet()) {
            Rewrapped rewrapped = replica.rewrap(row.getValue());
            row.setValue(rewrapped.bytes());
            changed += rewrapped.changed() ? 1 : 0;
        }
        return changed;
    }

    private static Context note(int id) {
        return Context.of("table", "notes", "column", "body", "id", Integer.toString(id));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
