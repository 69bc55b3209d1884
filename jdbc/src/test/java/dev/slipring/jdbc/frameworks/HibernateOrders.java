package dev.slipring.jdbc.frameworks;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import javax.sql.DataSource;
import org.hibernate.SessionFactory;
import org.hibernate.cfg.Configuration;
import org.hibernate.cfg.JdbcSettings;

/** Orders with Hibernate. */
final class HibernateOrders implements Orders {
    private final SessionFactory sessions;

    HibernateOrders(DataSource source, String schema) {
        Configuration configuration = new Configuration().addAnnotatedClass(Order.class);
        configuration.getProperties().put(JdbcSettings.JAKARTA_NON_JTA_DATASOURCE, source);
        configuration.setProperty("hibernate.default_schema", schema);
        sessions = configuration.buildSessionFactory();
    }

    @Override
    public void place(long id) {
        sessions.inTransaction(session -> {
            Order order = new Order(id);
            session.persist(order);
            session.flush();
            order.note = "placed";
        });
    }

    @Override
    public long count() {
        return sessions.fromTransaction(
                session -> session.createSelectionQuery("select count(*) from Order where note = 'placed'", Long.class)
                        .getSingleResult());
    }

    @Override
    public void close() {
        sessions.close();
    }

    /** One order. */
    @Entity(name = "Order")
    @Table(name = "orders")
    static class Order {
        @Id
        long id;

        String note = "new";

        Order() {}

        Order(long id) {
            this.id = id;
        }
    }
}
