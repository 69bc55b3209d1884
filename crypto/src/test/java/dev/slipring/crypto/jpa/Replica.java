package dev.slipring.crypto.jpa;

import dev.slipring.crypto.EnvelopeEncryptor;
import dev.slipring.crypto.Keks;
import dev.slipring.testing.FakeSecret;
import jakarta.persistence.EntityManager;
import java.util.function.Consumer;
import java.util.function.Function;
import org.hibernate.SessionFactory;
import org.hibernate.cfg.AvailableSettings;
import org.hibernate.cfg.Configuration;
import org.hibernate.stat.Statistics;

/** A replica of an application that keeps {@link Note notes}: its own view of the KEK, encryptor and Hibernate. */
final class Replica implements AutoCloseable {
    final FakeSecret kek = FakeSecret.createStopping("kek", Keks.clock(), Keks.value(1));
    final EnvelopeEncryptor encryptor =
            EnvelopeEncryptor.builder(kek.rotating()).build();
    final NoteColumns columns = new NoteColumns(() -> encryptor);
    private final SessionFactory factory;

    Replica() {
        Configuration hibernate = hibernate(Note.class).setProperty(AvailableSettings.HBM2DDL_AUTO, "validate");
        hibernate.getProperties().put(AvailableSettings.BEAN_CONTAINER, columns);
        factory = hibernate.buildSessionFactory();
    }

    /** What Hibernate is told in any case. */
    static Configuration hibernate(Class<?> entity) {
        return new Configuration()
                .addAnnotatedClass(entity)
                .setProperty(AvailableSettings.JAKARTA_JDBC_URL, PostgresServer.url())
                .setProperty(AvailableSettings.JAKARTA_JDBC_USER, "postgres")
                .setProperty(AvailableSettings.JAKARTA_JDBC_PASSWORD, "unused")
                .setProperty(AvailableSettings.GENERATE_STATISTICS, "true");
    }

    Statistics statistics() {
        return factory.getStatistics();
    }

    SessionFactory factory() {
        return factory;
    }

    void write(Note note) {
        change(manager -> manager.persist(note));
    }

    void change(Consumer<EntityManager> work) {
        factory.inTransaction(work::accept);
    }

    <T> T read(Function<EntityManager, T> work) {
        return factory.fromTransaction(work::apply);
    }

    Note find(long id) {
        return read(manager -> manager.find(Note.class, id));
    }

    @Override
    public void close() {
        factory.close();
        encryptor.close();
        kek.close();
    }
}
