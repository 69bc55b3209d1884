package dev.slipring.crypto.jpa;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.slipring.crypto.EnvelopeEncryptor;
import dev.slipring.crypto.EnvelopeException;
import dev.slipring.crypto.EnvelopeException.Failure;
import dev.slipring.crypto.EnvelopeHeader;
import dev.slipring.crypto.EnvelopeText;
import dev.slipring.crypto.Keks;
import dev.slipring.keyring.VersionState;
import jakarta.persistence.PersistenceException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A table of notes, kept with Hibernate by two replicas while their KEK rotates. */
class ConverterRotationStoryTest {
    private Replica a;
    private Replica b;

    @BeforeEach
    void open() throws SQLException {
        PostgresServer.execute("DROP TABLE IF EXISTS notes");
        PostgresServer.execute(Note.TABLE);
        a = new Replica();
        b = new Replica();
    }

    @AfterEach
    void close() {
        a.close();
        b.close();
    }

    @Test
    void notesTable_kekRotates_everyRowIsReadByBothReplicasAtEveryMoment() throws SQLException {
        a.write(new Note(1, "before"));
        assertReadByBoth(1, "before");

        // Published: accepted by both, used by neither.
        for (Replica each : List.of(a, b)) {
            each.kek.publish(Keks.value(2));
            each.kek.refresh();
        }
        b.write(new Note(2, "published"));

        // Promoted, and one replica sees it before the other.
        a.kek.promote(2);
        a.kek.refresh();
        a.write(new Note(3, "promoted, seen"));
        b.write(new Note(4, "promoted, not seen yet"));
        assertThat(versions(1)).containsOnly(1);
        assertThat(versions(2)).containsOnly(1);
        assertThat(versions(3)).containsOnly(2);
        assertThat(versions(4)).containsOnly(1);
        assertReadByBoth(2, "published");
        assertReadByBoth(3, "promoted, seen");
        assertReadByBoth(4, "promoted, not seen yet");
        b.kek.promote(2);
        b.kek.refresh();
        b.write(new Note(5, "after"));
        assertThat(versions(5)).containsOnly(2);

        // Rewrapped beneath Hibernate, whose version column knows nothing of it. One row comes back from a backup.
        PostgresServer.execute("DROP TABLE IF EXISTS backup");
        PostgresServer.execute("CREATE TABLE backup AS SELECT * FROM notes WHERE id = 1");
        Note detached = a.find(4);
        for (String column : List.of("title", "body", "scan", "stamp")) {
            assertThat(rewrap(column)).isEqualTo(3);
            assertThat(rewrap(column)).isZero();
        }
        PostgresServer.execute("INSERT INTO notes SELECT 6, version, folder, title, body, scan, stamp FROM backup");
        detached.title = "changed after the rewrap";
        a.change(manager -> manager.merge(detached));
        assertThat(b.find(4).version).isEqualTo(1);

        // The old version is destroyed: every row opens but the one that was not rewrapped, which says why.
        for (Replica each : List.of(a, b)) {
            each.kek.move(1, VersionState.DESTROYED);
            each.kek.refresh();
        }
        assertReadByBoth(1, "before");
        assertReadByBoth(2, "published");
        assertReadByBoth(3, "promoted, seen");
        assertReadByBoth(5, "after");
        assertThat(b.find(4).title).isEqualTo("changed after the rewrap");
        assertThat(b.find(4).body).isEqualTo("promoted, not seen yet");
        for (Replica each : List.of(a, b)) {
            Throwable thrown = catchThrowable(() -> each.find(6));
            assertThat(thrown).isInstanceOf(PersistenceException.class);
            assertThat(thrown)
                    .rootCause()
                    .isInstanceOfSatisfying(
                            EnvelopeException.class,
                            e -> assertThat(e.failure()).isEqualTo(Failure.DESTROYED));
        }
    }

    private void assertReadByBoth(long id, String text) {
        for (Replica each : List.of(a, b)) {
            Note note = each.find(id);
            assertThat(note.title).isEqualTo(text);
            assertThat(note.body).isEqualTo(text);
            assertThat(note.scan).isEqualTo(text.getBytes(UTF_8));
            assertThat(note.stamp).isEqualTo(text.getBytes(UTF_8));
            assertThat(note.version).isZero();
        }
    }

    /** The KEK versions of the columns of a row. */
    private static List<Integer> versions(long id) throws SQLException {
        try (Connection connection = PostgresServer.connect();
                PreparedStatement select =
                        connection.prepareStatement("SELECT title, body, scan, stamp FROM notes WHERE id = ?")) {
            select.setLong(1, id);
            ResultSet row = select.executeQuery();
            assertThat(row.next()).isTrue();
            List<Integer> versions = new ArrayList<>();
            versions.add(version(EnvelopeText.read(row.getString(1))));
            for (int column = 2; column <= 4; column++) {
                versions.add(version(row.getBytes(column)));
            }
            return versions;
        }
    }

    private static int version(byte[] envelope) {
        return EnvelopeHeader.read(envelope).kekVersion();
    }

    /** Rewraps the envelopes of a column, each unless somebody changed it meanwhile. */
    private int rewrap(String column) throws SQLException {
        EnvelopeEncryptor encryptor = a.encryptor;
        int changed = 0;
        try (Connection connection = PostgresServer.connect();
                PreparedStatement select = connection.prepareStatement("SELECT id, " + column + " FROM notes");
                PreparedStatement update = connection.prepareStatement(
                        "UPDATE notes SET " + column + " = ? WHERE id = ? AND " + column + " = ?")) {
            ResultSet rows = select.executeQuery();
            while (rows.next()) {
                boolean text = column.equals("title");
                byte[] old = text ? EnvelopeText.read(rows.getString(2)) : rows.getBytes(2);
                var rewrapped = encryptor.rewrap(old);
                if (rewrapped.changed()) {
                    update.setObject(1, text ? EnvelopeText.write(rewrapped.bytes()) : rewrapped.bytes());
                    update.setLong(2, rows.getLong(1));
                    update.setObject(3, text ? EnvelopeText.write(old) : old);
                    changed += update.executeUpdate();
                }
            }
        }
        return changed;
    }
}
