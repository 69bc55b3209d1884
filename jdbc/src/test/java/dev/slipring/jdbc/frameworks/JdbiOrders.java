package dev.slipring.jdbc.frameworks;

import javax.sql.DataSource;
import org.jdbi.v3.core.Jdbi;

/** Orders with Jdbi. */
final class JdbiOrders implements Orders {
    private final Jdbi jdbi;
    private final String table;

    JdbiOrders(DataSource source, String schema) {
        jdbi = Jdbi.create(source);
        table = schema + ".orders";
    }

    @Override
    public void place(long id) {
        jdbi.useTransaction(handle -> {
            handle.execute("INSERT INTO " + table + " VALUES (?, 'new')", id);
            handle.execute("UPDATE " + table + " SET note = 'placed' WHERE id = ?", id);
        });
    }

    @Override
    public long count() {
        return jdbi.withHandle(handle -> handle.createQuery("SELECT count(*) FROM " + table + " WHERE note = 'placed'")
                .mapTo(Long.class)
                .one());
    }
}
