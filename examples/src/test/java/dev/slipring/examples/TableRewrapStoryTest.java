package dev.slipring.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.slipring.crypto.Context;
import dev.slipring.crypto.EnvelopeCensus;
import dev.slipring.crypto.EnvelopeEncryptor;
import dev.slipring.crypto.EnvelopeException;
import dev.slipring.crypto.EnvelopeHeader;
import dev.slipring.crypto.Rewrapped;
import dev.slipring.jdbc.rewrap.Cell;
import dev.slipring.jdbc.rewrap.CellRewrap;
import dev.slipring.jdbc.rewrap.Quarantined;
import dev.slipring.jdbc.rewrap.RewrapProgress;
import dev.slipring.jdbc.rewrap.TableRewrap;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.VersionState;
import dev.slipring.testing.FakeSecret;
import dev.slipring.testing.ManualClock;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A column of envelopes in a real PostgreSQL, moved to the next KEK version while the application writes. */
class TableRewrapStoryTest {
    private static final SecretName KEK = SecretName.of("notes-kek");
    private static final int NOTES = 60;

    private final FakeSecret kek = FakeSecret.create(KEK.value(), ManualClock.at("2030-01-01T00:00:00Z"), key(1));
    private final EnvelopeEncryptor encryptor =
            EnvelopeEncryptor.builder(kek.rotating()).build();
    private EmbeddedPostgres server;
    private DataSource pool;

    @BeforeEach
    void start() throws SQLException {
        try {
            server = EmbeddedPostgres.builder().setServerConfig("fsync", "off").start();
        } catch (IOException | IllegalStateException e) {
            if (Boolean.getBoolean("require.db")) {
                throw new IllegalStateException("PostgreSQL did not start", e);
            }
            assumeTrue(false, "no PostgreSQL here");
        }
        pool = server.getPostgresDatabase();
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE notes (owner text, id bigint, body bytea, PRIMARY KEY (owner, id))");
        }
        for (int id = 1; id <= NOTES; id++) {
            write("user" + id % 7, id);
        }
    }

    @AfterEach
    void stop() throws IOException {
        encryptor.close();
        kek.close();
        if (server != null) {
            server.close();
        }
    }

    private static byte[] key(int seed) {
        byte[] key = new byte[32];
        for (int i = 0; i < key.length; i++) {
            key[i] = (byte) (seed * 31 + i * 7);
        }
        return key;
    }

    private static Context context(String owner, long id) {
        return Context.of("table", "notes", "column", "body", "owner", owner, "id", Long.toString(id));
    }

    private static byte[] note(long id) {
        return ("note " + id).getBytes(UTF_8);
    }

    private void write(String owner, long id) throws SQLException {
        try (Connection connection = pool.getConnection();
                PreparedStatement insert = connection.prepareStatement("INSERT INTO notes VALUES (?, ?, ?)")) {
            insert.setString(1, owner);
            insert.setLong(2, id);
            insert.setBytes(3, encryptor.encrypt(note(id), context(owner, id)));
            insert.executeUpdate();
        }
    }

    /** How many notes there are, after every one was opened. */
    private int opened() throws SQLException {
        int opened = 0;
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT owner, id, body FROM notes")) {
            while (rows.next()) {
                long id = rows.getLong(2);
                assertThat(encryptor.decrypt(rows.getBytes(3), context(rows.getString(1), id)))
                        .isEqualTo(note(id));
                opened++;
            }
        }
        return opened;
    }

    private TableRewrap.Builder move(String name) {
        return TableRewrap.builder(pool, name)
                .column("notes", "body")
                .batch(7)
                .rowsPerSecond(1e6)
                .createTables();
    }

    private CellRewrap.Outcome rewrap(Cell cell) {
        try {
            Rewrapped rewrapped = encryptor.rewrap(cell.bytes());
            return rewrapped.changed() ? new CellRewrap.Changed(rewrapped.bytes()) : new CellRewrap.Unchanged();
        } catch (EnvelopeException e) {
            return new CellRewrap.Refused(e.failure().name());
        }
    }

    private CellRewrap.Outcome reencrypt(Cell cell) {
        Context context = context(cell.text("owner"), Long.parseLong(cell.text("id")));
        return new CellRewrap.Changed(encryptor.encrypt(encryptor.decrypt(cell.bytes(), context), context));
    }

    private static String version(byte[] envelope) {
        return "version " + EnvelopeHeader.read(envelope).kekVersion();
    }

    @Test
    void rewrap_whileTheApplicationWrites_letsTheOldVersionGo() throws SQLException {
        kek.rotate(key(2));
        long[] next = {NOTES};
        TableRewrap rewrap = move("to-2")
                .rewrap(this::rewrap)
                .listener(progress -> writeQuietly("user3", ++next[0]))
                .build();
        EnvelopeCensus census = EnvelopeCensus.of("notes", rewrap::forEach).build();
        census.over(encryptor, kek.rotating());
        assertThat(census.remaining(KEK, 1)).hasValue(NOTES);

        RewrapProgress progress = rewrap.run();

        assertThat(progress.finished()).isTrue();
        assertThat(progress.changed()).isEqualTo(NOTES);
        assertThat(census.remaining(KEK, 1)).hasValue(0);
        assertThat(rewrap.census(TableRewrapStoryTest::version)).isEqualTo(Map.of("version 2", next[0]));
        kek.move(1, VersionState.DESTROYED);
        assertThat(opened()).isEqualTo((int) next[0]).isGreaterThan(NOTES);
    }

    private void writeQuietly(String owner, long id) {
        try {
            write(owner, id);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void rewrap_cellThatIsNoEnvelope_isSetAsideAndKeepsTheCensusOpen() throws SQLException {
        kek.rotate(key(2));
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("INSERT INTO notes VALUES ('eve', 1, 'clear text')");
        }
        TableRewrap rewrap = move("to-2").rewrap(this::rewrap).build();
        EnvelopeCensus census = EnvelopeCensus.of("notes", rewrap::forEach).build();
        census.over(encryptor, kek.rotating());

        assertThat(rewrap.run().refused()).isEqualTo(1);

        assertThat(rewrap.quarantined()).containsExactly(new Quarantined(List.of("eve", "1"), "MALFORMED"));
        assertThat(census.remaining(KEK, 1)).isEmpty();
    }

    @Test
    void reencrypt_underACompromisedVersion_makesNewDataKeysInTheRowsContext() throws SQLException {
        byte[] before = someCommitment();
        kek.rotate(key(2));
        TableRewrap reencrypt = move("cure").rewrap(this::reencrypt).build();

        assertThat(reencrypt.dryRun().changed()).isEqualTo(NOTES);
        assertThat(someCommitment()).isEqualTo(before);
        assertThat(reencrypt.run().changed()).isEqualTo(NOTES);

        assertThat(someCommitment()).isNotEqualTo(before);
        assertThat(reencrypt.census(TableRewrapStoryTest::version)).isEqualTo(Map.of("version 2", (long) NOTES));
        assertThat(opened()).isEqualTo(NOTES);
    }

    /** What the first note's data key is known by: 32 bytes that a rewrap leaves as they are. */
    private byte[] someCommitment() throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT body FROM notes ORDER BY owner, id LIMIT 1")) {
            rows.next();
            return Arrays.copyOfRange(rows.getBytes(1), 55, 87);
        }
    }
}
