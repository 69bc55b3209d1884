package dev.slipring.crypto.jpa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.slipring.crypto.Context;
import dev.slipring.crypto.EnvelopeEncryptor;
import dev.slipring.crypto.Keks;
import dev.slipring.testing.FakeSecret;
import jakarta.persistence.Convert;
import jakarta.persistence.Converter;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.sql.SQLException;
import org.hibernate.SessionFactory;
import org.hibernate.cfg.Configuration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who makes a converter: the provider, or the application. A container of beans does in the other tests. */
class ConverterSupplyTest {
    private static EnvelopeEncryptor encryptor;

    private final FakeSecret kek = Keks.ring(1);

    @Converter
    public static class BodyConverter extends EncryptedTextConverter {
        public BodyConverter() {
            super(ConverterSupplyTest::encryptor, Context.of("table", "memos", "column", "body"));
        }
    }

    @Entity
    @Table(name = "memos")
    static class Memo {
        @Id
        long id;

        @Convert(converter = BodyConverter.class)
        String body;

        protected Memo() {}

        Memo(long id, String body) {
            this.id = id;
            this.body = body;
        }
    }

    /** Mapped without a converter. */
    @Entity
    @Table(name = "memos")
    static class Plain {
        @Id
        long id;

        String body;

        protected Plain() {}

        Plain(long id, String body) {
            this.id = id;
            this.body = body;
        }
    }

    private static EnvelopeEncryptor encryptor() {
        return encryptor;
    }

    @BeforeEach
    void create() throws SQLException {
        PostgresServer.execute("DROP TABLE IF EXISTS memos");
        PostgresServer.execute("CREATE TABLE memos (id bigint PRIMARY KEY, body text)");
        encryptor = null;
    }

    @AfterEach
    void close() {
        kek.close();
    }

    @Test
    void converter_madeByTheProvider_findsAnEncryptorThatCameLater() {
        try (SessionFactory factory = Replica.hibernate(Memo.class).buildSessionFactory();
                EnvelopeEncryptor late =
                        EnvelopeEncryptor.builder(kek.rotating()).build()) {
            encryptor = late;
            assertRoundTrip(factory);
        }
    }

    @Test
    void converter_withoutAnEncryptorYet_saysSo() {
        assertThatNullPointerException()
                .isThrownBy(() -> new BodyConverter().convertToDatabaseColumn("early"))
                .withMessageContaining("no encryptor yet");
    }

    @Test
    void converter_givenToHibernate_isUsedWhereItAppliesByItself() {
        try (EnvelopeEncryptor own = EnvelopeEncryptor.builder(kek.rotating()).build()) {
            Configuration hibernate = Replica.hibernate(Plain.class);
            hibernate.addAttributeConverter(new EncryptedTextConverter(() -> own, Keks.NOTE), true);
            try (SessionFactory factory = hibernate.buildSessionFactory()) {
                factory.inTransaction(session -> session.persist(new Plain(1, "remember")));
                assertThat(stored(factory)).startsWith("e1.");
                assertThat(factory.<String>fromTransaction(session -> session.find(Plain.class, 1).body))
                        .isEqualTo("remember");
            }
        }
    }

    private static void assertRoundTrip(SessionFactory factory) {
        factory.inTransaction(session -> session.persist(new Memo(1, "remember")));
        assertThat(stored(factory)).startsWith("e1.");
        assertThat(factory.<String>fromTransaction(session -> session.find(Memo.class, 1).body))
                .isEqualTo("remember");
    }

    private static String stored(SessionFactory factory) {
        return factory.fromTransaction(session -> session.createNativeQuery("SELECT body FROM memos", String.class)
                .getSingleResult());
    }
}
