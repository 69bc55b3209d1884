package dev.slipring.crypto.jpa;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.slipring.crypto.EnvelopeException;
import dev.slipring.crypto.EnvelopeException.Failure;
import dev.slipring.keyring.StaleKeyringException;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.hibernate.engine.spi.SessionImplementor;
import org.hibernate.persister.entity.EntityPersister;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the package documentation says of a provider, with Hibernate on PostgreSQL. */
class HibernateTest {
    private static final String TEXT = "hello hibernate";

    private Replica replica;

    @BeforeEach
    void open() throws SQLException {
        PostgresServer.execute("DROP TABLE IF EXISTS notes");
        PostgresServer.execute(Note.TABLE);
        replica = new Replica();
        replica.write(new Note(1, TEXT));
    }

    @AfterEach
    void close() {
        replica.close();
    }

    @Test
    void null_isNullInTheColumn() throws SQLException {
        replica.change(manager -> {
            Note note = manager.find(Note.class, 1);
            note.title = null;
            note.body = null;
            note.scan = null;
            note.stamp = null;
        });
        assertThat(query("SELECT count(*) FROM notes WHERE title IS NULL AND body IS NULL AND scan IS NULL"
                        + " AND stamp IS NULL"))
                .isEqualTo("1");
        Note note = replica.find(1);
        assertThat(note.title).isNull();
        assertThat(note.scan).isNull();
        assertThat(count("n.title IS NULL")).isEqualTo(1);
    }

    @Test
    void entity_loadedAndNotChanged_isNotUpdated() {
        assertUpdates(
                0, manager -> assertThat(manager.find(Note.class, 1).title).isEqualTo(TEXT));
        assertUpdates(0, manager -> {
            Note note = manager.find(Note.class, 1);
            note.title = new StringBuilder(TEXT).toString();
            note.body = new StringBuilder(TEXT).toString();
            note.scan = note.scan.clone();
            note.stamp = note.stamp.clone();
        });
        Note detached = replica.find(1);
        assertUpdates(0, manager -> manager.merge(detached));
        assertUpdates(0, manager -> {
            manager.merge(detached);
            manager.flush();
            manager.refresh(manager.find(Note.class, 1));
        });
    }

    @Test
    void entity_anAttributeReplaced_isUpdated() {
        assertUpdates(1, manager -> manager.find(Note.class, 1).title = "other");
        assertUpdates(1, manager -> manager.find(Note.class, 1).scan = "other".getBytes(UTF_8));
        assertUpdates(1, manager -> manager.find(Note.class, 1).stamp = "other".getBytes(UTF_8));
        Note note = replica.find(1);
        assertThat(note.title).isEqualTo("other");
        assertThat(note.body).isEqualTo(TEXT);
        assertThat(note.scan).isEqualTo("other".getBytes(UTF_8));
        assertThat(note.stamp).isEqualTo("other".getBytes(UTF_8));
    }

    @Test
    void entity_anArrayWrittenTo_isUpdatedUnlessTheConverterIsImmutable() {
        assertUpdates(1, manager -> manager.find(Note.class, 1).scan[0] = 'J');
        assertUpdates(0, manager -> manager.find(Note.class, 1).stamp[0] = 'J');
        Note note = replica.find(1);
        assertThat(note.scan).isEqualTo("Jello hibernate".getBytes(UTF_8));
        assertThat(note.stamp).isEqualTo(TEXT.getBytes(UTF_8));
    }

    @Test
    void entity_loaded_isOpenedOnce_anArrayThatMayBeWrittenToThreeTimesOver() {
        int before = replica.columns.uses();
        replica.find(1);
        assertThat(replica.columns.uses() - before).isEqualTo(3 + 3);
        replica.change(manager -> manager.find(Note.class, 1).scan = null);
        before = replica.columns.uses();
        replica.find(1);
        assertThat(replica.columns.uses() - before).isEqualTo(3);
    }

    @Test
    void entity_loadedWhileNothingMayBeEncrypted_fails_unlessTheConverterIsImmutable() {
        replica.write(new Note(2, TEXT));
        replica.change(manager -> manager.find(Note.class, 2).scan = null);
        replica.kek.outage(true);
        replica.kek.scheduler().advance(Duration.ofHours(1));

        assertThat(catchThrowable(() -> replica.find(1))).rootCause().isInstanceOf(StaleKeyringException.class);
        assertThat(replica.find(2).stamp).isEqualTo(TEXT.getBytes(UTF_8));
    }

    @Test
    void entity_anotherAttributeChanged_isEncryptedAnew() throws SQLException {
        String before = query("SELECT title || encode(body, 'hex') FROM notes");
        assertUpdates(1, manager -> manager.find(Note.class, 1).folder = "moved");
        assertThat(query("SELECT title || encode(body, 'hex') FROM notes")).isNotEqualTo(before);
    }

    @Test
    void query_forAnEqualValue_findsNothing() {
        assertThat(count("n.title = '" + TEXT + "'")).isZero();
        for (String column : new String[] {"title", "body"}) {
            long found = replica.read(manager -> manager.createQuery(
                            "SELECT count(n) FROM Note n WHERE n." + column + " = :value", Long.class)
                    .setParameter("value", TEXT)
                    .getSingleResult());
            assertThat(found).isZero();
        }
    }

    @Test
    void query_thatUpdates_encryptsToo() throws SQLException {
        replica.change(manager -> manager.createQuery("UPDATE Note n SET n.title = :value")
                .setParameter("value", "by a query")
                .executeUpdate());
        assertThat(query("SELECT title FROM notes")).startsWith("e1.");
        assertThat(replica.find(1).title).isEqualTo("by a query");
    }

    @Test
    void envelope_movedToAnotherRow_opensAndToAnotherColumn_doesNot() throws SQLException {
        replica.write(new Note(2, "other"));
        PostgresServer.execute("UPDATE notes SET title = (SELECT title FROM notes WHERE id = 1) WHERE id = 2");
        assertThat(replica.find(2).title).isEqualTo(TEXT);

        PostgresServer.execute("UPDATE notes SET scan = body WHERE id = 2");
        assertFailure(Failure.TAMPERED, () -> replica.find(2));
    }

    @Test
    void secondLevelCache_wouldHoldPlaintext_unlessItIsAnArrayThatMayBeWrittenTo() {
        List<Object> cached = replica.factory().fromTransaction(session -> {
            Note note = session.find(Note.class, 1);
            var own = (SessionImplementor) session;
            EntityPersister persister = own.getEntityPersister(null, note);
            Object[] values = persister.getValues(note);
            List<Object> states = new ArrayList<>();
            for (int i = 0; i < values.length; i++) {
                states.add(persister.getPropertyTypes()[i].disassemble(values[i], own, note));
            }
            return states;
        });
        byte[] bytes = TEXT.getBytes(UTF_8);
        assertThat(cached).filteredOn(TEXT::equals).as("title and body").hasSize(2);
        assertThat(cached)
                .filteredOn(byte[].class::isInstance)
                .satisfiesExactly(
                        scan -> assertThat((byte[]) scan).hasSize(bytes.length + 115),
                        stamp -> assertThat(stamp).isEqualTo(bytes));
    }

    @Test
    void value_thatIsNoEnvelope_isTheCauseAndNotInTheMessages() throws SQLException {
        PostgresServer.execute("UPDATE notes SET title = 'plain secret', body = 'plain secret'");
        assertFailure(Failure.MALFORMED, () -> replica.find(1));
    }

    @Test
    void attribute_thatCannotBeEncrypted_rollsBackWithTheCause() {
        Throwable thrown = catchThrowable(() -> replica.write(new Note(2, "plain secret \uD800")));
        assertThat(thrown).isInstanceOf(PersistenceException.class);
        assertThat(thrown).rootCause().isInstanceOf(IllegalArgumentException.class);
        assertThat(trace(thrown)).contains("unpaired surrogate").doesNotContain("plain secret");
        assertThat(replica.find(2)).isNull();

        replica.encryptor.close();
        Throwable closed = catchThrowable(() -> replica.write(new Note(2, "plain secret")));
        assertThat(closed).rootCause().isInstanceOf(IllegalStateException.class);
        assertThat(trace(closed)).contains("closed").doesNotContain("plain secret");
    }

    private static void assertFailure(Failure failure, ThrowingCallable call) throws SQLException {
        String stored = query("SELECT title FROM notes ORDER BY id DESC LIMIT 1");
        Throwable thrown = catchThrowable(call);
        assertThat(thrown).isInstanceOf(PersistenceException.class);
        assertThat(thrown)
                .rootCause()
                .isInstanceOfSatisfying(
                        EnvelopeException.class, e -> assertThat(e.failure()).isEqualTo(failure));
        assertThat(trace(thrown)).doesNotContain(TEXT, "plain secret", stored, stored.substring(3));
    }

    private static String trace(Throwable thrown) {
        StringWriter trace = new StringWriter();
        thrown.printStackTrace(new PrintWriter(trace, true));
        return trace.toString();
    }

    private void assertUpdates(long expected, Consumer<EntityManager> work) {
        long before = replica.statistics().getEntityUpdateCount();
        replica.change(work);
        assertThat(replica.statistics().getEntityUpdateCount() - before).isEqualTo(expected);
    }

    private long count(String condition) {
        return replica.read(manager -> manager.createQuery("SELECT count(n) FROM Note n WHERE " + condition, Long.class)
                .getSingleResult());
    }

    private static String query(String sql) throws SQLException {
        try (Connection connection = PostgresServer.connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            assertThat(rows.next()).isTrue();
            return rows.getString(1);
        }
    }
}
